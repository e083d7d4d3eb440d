"""Draw one forecast: median and intervals, with the known views of the days before and of the same days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from training.model.windows import Days, Float64
from training.plots.pictures import BESIDE, OWN

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INTERVAL = "#7aa6d8"
# Opacity of the narrowest interval, and the difference to that of the widest.
_OPAQUE, _FADING = 0.55, 0.25


def draw_forecast(
    ax: Axes,
    days: Days,
    views: Float64,
    ahead: Days,
    median: Float64,
    lower: Float64,
    upper: Float64,
    levels: Sequence[int],
) -> None:
    """Draw a forecast.

    Parameters
    ----------
    ax : Axes
        The axes to draw into.
    days : ndarray of datetime64[D], shape (n_days,)
        Days with observed views.
    views : ndarray of shape (n_days,)
        Views per day; NaN where a day is missing.
    ahead : ndarray of datetime64[D], shape (horizon,)
        The forecast days.
    median : ndarray of shape (horizon,)
    lower, upper : ndarray of shape (n_levels, horizon)
        Ends of the intervals.
    levels : sequence of int
        Levels of the intervals in percent, the narrowest interval first.
    """
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    for number, level in reversed(list(enumerate(levels))):
        ax.fill_between(
            ahead,
            lower[number],
            upper[number],
            color=INTERVAL,
            alpha=_OPAQUE - _FADING * number / max(len(levels) - 1, 1),
            linewidth=0,
            label=f"{level} % interval",
        )
    ax.plot(days, views, color=BESIDE, linewidth=1, marker=".", markersize=3, label="views a day")
    ax.plot(ahead, median, color=OWN, label="forecast")
    ax.set_ylim(bottom=0)
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    ax.spines[["top", "right"]].set_visible(False)
