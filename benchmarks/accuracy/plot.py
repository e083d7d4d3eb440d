"""The picture: each method's error against the weekly copy, one panel a history and setting."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmarks.accuracy.comparison import OWN, Section
from benchmarks.accuracy.measures import HORIZONS


def plot(sections: Sequence[Section], path: Path) -> None:
    """Draw relative MAE at the three horizons; the file's ending decides its format."""
    histories = list(dict.fromkeys(section.history for section in sections))
    settings = list(dict.fromkeys(section.setting for section in sections))
    figure = Figure(figsize=(6 * len(settings), 3.4 * len(histories)), layout="constrained")
    panels = figure.subplots(len(histories), len(settings), squeeze=False)
    for section in sections:
        axes = panels[histories.index(section.history), settings.index(section.setting)]
        ordered = sorted(section.evaluations, key=lambda evaluation: -evaluation.relative_mae("1-28"))
        for horizon, marker in zip(HORIZONS, "osD", strict=True):
            errors = [evaluation.relative_mae(horizon) for evaluation in ordered]
            axes.plot(errors, range(len(ordered)), marker, label=f"days {horizon} ahead", alpha=0.8)
        axes.set_yticks(range(len(ordered)), [evaluation.method for evaluation in ordered])
        for label in axes.get_yticklabels():
            label.set_fontweight("bold" if label.get_text() == OWN else "normal")
        axes.axvline(1, color="grey", linewidth=0.8)
        axes.set_title(f"{section.history}, {section.setting}", fontsize="medium")
        axes.set_xlabel("MAE / MAE of the weekly copy")
    panels[0, 0].legend(fontsize="small")
    # Text stays text: a quarter of the size, and it can be searched.
    with rc_context({"svg.fonttype": "none"}):
        figure.savefig(path)
