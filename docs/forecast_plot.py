"""Draws the README's picture: `python -m docs.forecast_plot`, from the repository's root.

A generated history that the model has not seen, its forecast of 28 days, and what those days brought.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np

from training.fitting.kept_prior import load_prior
from training.history.synthetic import generate_history
from training.model.forecast_model import LEVELS
from training.model.windows import CONTEXT_DAYS, HORIZON_DAYS

PICTURE = Path(__file__).with_name("pictures") / "forecast.svg"
# The prior learns from seed 0; this is another history.
SEED, SERIES = 2026, 1


def draw() -> None:
    """Let the prior forecast, and save the picture."""
    one = generate_history(8, 500, np.datetime64("2026-11-20"), SEED).series[SERIES]
    known, actual = one.views[:-HORIZON_DAYS], one.views[-HORIZON_DAYS:]
    days = one.last_date - np.arange(HORIZON_DAYS + CONTEXT_DAYS)[::-1].astype("timedelta64[D]")
    past, ahead = days[:CONTEXT_DAYS], days[CONTEXT_DAYS:]
    forecasts = load_prior().predict([known], past[-1:], HORIZON_DAYS, LEVELS)

    figure, ax = plt.subplots(figsize=(9, 3.6))
    for number, level in reversed(list(enumerate(LEVELS))):
        ax.fill_between(
            ahead,
            forecasts.lower[number, 0],
            forecasts.upper[number, 0],
            color="#7aa6d8",
            alpha=0.55 - 0.25 * number,
            linewidth=0,
            label=f"{level} % interval",
        )
    ax.plot(past, known[-CONTEXT_DAYS:], color="#333333", label="views a day")
    ax.plot(ahead, forecasts.median[0], color="#c0392b", label="forecast")
    ax.plot(ahead, actual, color="#333333", linestyle="none", marker="o", markersize=3, label="what came")
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(mdates.WeekdayLocator(mdates.MO, interval=2))
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%d %b"))
    ax.legend(loc="upper left", ncols=2, fontsize="small", frameon=False)
    ax.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Date": None})


if __name__ == "__main__":
    plt.switch_backend("svg")
    plt.rcParams["svg.hashsalt"] = "forecast"  # the same picture makes the same file
    draw()
