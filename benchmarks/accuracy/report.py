"""The table: Markdown for people, JSON for programs."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from math import isnan, nan
from pathlib import Path

from benchmarks.accuracy.comparison import OWN, Section, overall, rows
from benchmarks.accuracy.evaluation import Evaluation
from benchmarks.accuracy.measures import HORIZONS
from benchmarks.accuracy.methods import LEVELS


def write_json(sections: Sequence[Section], path: Path) -> None:
    """Write every measure, with a line for each method, history, setting and horizon."""
    lines = ",\n".join(map(json.dumps, rows(sections)))
    text = f'{{"machine": {json.dumps(_machine())}, "rows": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8")


def markdown(sections: Sequence[Section], most_series: int | None = None) -> str:
    """Write the overall table, Viewcast beside the best peer of each cell, and a table for each section."""
    parts = [_overall_table(sections), _sample(most_series), _cell_table(sections), *map(_section, sections)]
    return "\n\n".join(part for part in parts if part) + f"\n\nMeasured on {_machine()}.\n"


def _overall_table(sections: Sequence[Section]) -> str:
    n_cells = len(sections) * len(HORIZONS)
    header = [
        "method",
        "MAE / weekly copy",
        *_per_level("interval score"),
        *_per_level("coverage"),
        "seconds",
    ]
    lines = [
        [
            summary.method,
            f"{summary.relative_mae:.3f}",
            *(_number(summary.msis.get(level, nan), ".2f") for level in LEVELS),
            *(_number(summary.coverage.get(level, nan), ".1%") for level in LEVELS),
            f"{summary.seconds:.0f}",
        ]
        for summary in overall(sections, LEVELS)
    ]
    return f"### Over all {n_cells} cells\n\n{_table(header, lines)}"


def _sample(most_series: int | None) -> str:
    if most_series is None:
        return ""
    return (
        f"Of a history with more series, {most_series} are scored, drawn by a seed, the same for every "
        "method; pooled, all of them are there to learn from."
    )


def _cell_table(sections: Sequence[Section]) -> str:
    header = ["history", "setting", "days ahead", OWN, "best peer", "", "difference", "95 % interval"]
    lines = []
    for section in sections:
        for viewcast in (evaluation for evaluation in section.evaluations if evaluation.method == OWN):
            for horizon in HORIZONS:
                best = section.best_peer(horizon)
                difference, low, high = section.difference(viewcast, horizon)
                relative = [f"{evaluation.relative_mae(horizon):.3f}" for evaluation in (viewcast, best)]
                cell = [section.history, section.setting, horizon, relative[0], best.method, relative[1]]
                lines.append([*cell, f"{difference:+.1%}", f"{low:+.1%} to {high:+.1%}"])
    return f"### {OWN} against the best peer of each cell\n\n{_table(header, lines)}" if lines else ""


def _section(section: Section) -> str:
    first = section.evaluations[0].series
    n_origins = len(first[0].actual)
    size = f"{len(first)} series, {n_origins} origin{'s' if n_origins > 1 else ''}"
    header = ["method", "MAE / weekly copy", "WAPE", *_per_level("interval score"), *_per_level("coverage")]
    header += ["seconds to fit", "to forecast"]
    ordered = sorted(section.evaluations, key=lambda evaluation: evaluation.relative_mae("1-28"))
    lines = [_section_line(evaluation) for evaluation in ordered]
    return f"### {section.history}, {section.setting}\n\n{size}.\n\n{_table(header, lines)}"


def _section_line(evaluation: Evaluation) -> list[str]:
    scores = evaluation.scores()

    def triple(measure: str, form: str) -> str:
        return " / ".join(_number(cell[measure], form) for cell in scores.values() if measure in cell)

    return [
        evaluation.method,
        triple("relative_mae", ".3f"),
        triple("wape", ".3f"),
        *(triple(f"msis_{level}", ".2f") for level in LEVELS),
        *(triple(f"coverage_{level}", ".2f") for level in LEVELS),
        f"{evaluation.seconds_to_fit:.1f}",
        f"{evaluation.seconds_to_forecast:.1f}",
    ]


def _number(value: float, form: str) -> str:
    return "" if isnan(value) else format(value, form)


def _per_level(measure: str) -> list[str]:
    return [f"{measure} {level} %" for level in LEVELS]


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    cells = [header, ["---"] * len(header), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _machine() -> str:
    cores = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{cores}, Python {platform.python_version()}"
