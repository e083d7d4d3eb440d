"""Plot the forecasts of some series in one figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from training.history.series import DAY, History, shown
from training.model.forecaster import Forecaster
from training.model.windows import MINIMUM_DAYS
from training.plots.forecast import draw_forecast
from training.plots.pictures import check_matplotlib

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAST_DAYS = 56


def draw_forecasts(
    model: Forecaster, history: History, horizon: int, levels: Sequence[int], max_series: int
) -> Figure:
    """Plot the last days of some series, and the forecasts.

    Parameters
    ----------
    model : Forecaster
    history : History
    horizon : int
        Number of days to forecast.
    levels : sequence of int
        Intervals, in percent.
    max_series : int
        The largest number of series; those with the most views in the plotted days are chosen.

    Returns
    -------
    matplotlib.figure.Figure
        The figure belongs to no window; a notebook shows it.

    Raises
    ------
    PictureError
        When matplotlib is not installed.
    ValueError
        When no series has 7 days.
    """
    check_matplotlib()
    from matplotlib.figure import Figure

    long_enough = [series for series in history.series if series.views.size >= MINIMUM_DAYS]
    if not long_enough:
        raise ValueError(f"no series has {MINIMUM_DAYS} days, which a forecast needs at the least")
    ordered_by_views = sorted(long_enough, key=lambda series: -np.nansum(series.views[-PAST_DAYS:]))
    chosen = ordered_by_views[:max_series]
    ordered = sorted(levels)
    last_dates = np.array([series.last_date for series in chosen], dtype="datetime64[D]")
    forecasts = model.predict([series.views for series in chosen], last_dates, horizon, ordered)
    figure = Figure(figsize=(9.0, 2.6 * len(chosen)), layout="constrained")
    axes = figure.subplots(len(chosen), squeeze=False)[:, 0]
    for number, (ax, series) in enumerate(zip(axes, chosen, strict=True)):
        views = series.views[-PAST_DAYS:]
        days = series.last_date - np.arange(views.size)[::-1] * DAY
        ahead = series.last_date + np.arange(1, horizon + 1) * DAY
        lower, upper = forecasts.lower[:, number], forecasts.upper[:, number]
        draw_forecast(ax, days, views, ahead, forecasts.median[number], lower, upper, ordered)
        ax.set_title(shown(series.label), fontsize="medium", parse_math=False)
    axes[0].legend(frameon=False, fontsize="small", ncols=2)
    return figure
