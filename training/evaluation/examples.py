"""Choose example forecasts: of typical series, of the worst series, and of the days after the history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.evaluation.held_out import HeldOutForecasts
from training.history.known_days import mean_of_known
from training.history.series import DAY, History, Series
from training.model.forecaster import Forecaster
from training.model.windows import HORIZON_DAYS, MINIMUM_DAYS, Float64

SHOWN = 4
# Past days before each example; enough to see the weekly pattern and the level.
PAST_DAYS = 56


@dataclass(frozen=True)
class Example:
    """One forecast of a series, with the observed days before and after its origin.

    Attributes
    ----------
    name : name of the series
    origin : first day of the forecast
    views : observed views of the 56 days before `origin` and of 28 days from it on, shape (84,); NaN where
        unknown
    median : forecast views a day, shape (28,)
    lower, upper : ends of the intervals in views a day, shape (n_levels, 28)
    relative_error : error of the series over all its forecasts, divided by that of the weekly copy; NaN when
        unknown
    """

    name: str
    origin: np.datetime64
    views: Float64
    median: Float64
    lower: Float64
    upper: Float64
    relative_error: float


def typical_and_worst(forecasts: HeldOutForecasts) -> tuple[list[Example], list[Example]]:
    """Choose held-out forecasts to show.

    Parameters
    ----------
    forecasts : HeldOutForecasts

    Returns
    -------
    typical : list of Example
        Up to 4 series with relative errors closest to the median, each at the origin of its median error.
    worst : list of Example
        Up to 4 series with the largest relative errors, largest first, each at the origin of its largest
        error.
    """
    ranked = _known_in_order(forecasts.relative_errors(forecasts.median))
    middle = np.argsort(np.abs(np.arange(len(ranked)) - (len(ranked) - 1) / 2), kind="stable")
    typical = ranked[middle[:SHOWN]].tolist()
    others = [i for i in ranked[::-1].tolist() if i not in typical]
    # A single series is shown in both lists.
    worst = others[:SHOWN] or ranked[-1:].tolist()
    return [_at(forecasts, i, 0.5) for i in typical], [_at(forecasts, i, 1.0) for i in worst]


def coming_days(model: Forecaster, history: History) -> list[Example]:
    """Forecast the 28 days after the end of the 4 series with the highest mean views."""
    long_enough = [series for series in history.series if len(series.views) >= MINIMUM_DAYS]
    busiest = sorted(long_enough, key=lambda series: -float(np.nanmean(series.views)))[:SHOWN]
    if not busiest:
        return []
    last_dates = np.array([series.last_date for series in busiest])
    views, events = [series.views for series in busiest], history.events_of(busiest)
    forecasts = model.predict(views, last_dates, HORIZON_DAYS, events=events)
    return [
        Example(
            series.name,
            origin := series.last_date + DAY,
            _around(series, origin),
            forecasts.median[i],
            forecasts.lower[:, i],
            forecasts.upper[:, i],
            np.nan,
        )
        for i, series in enumerate(busiest)
    ]


def _known_in_order(values: Float64) -> NDArray[np.intp]:
    """Give the indices of the known values, in increasing order of the values."""
    return np.argsort(values)[: np.count_nonzero(~np.isnan(values))]


def _at(forecasts: HeldOutForecasts, index: int, quantile: float) -> Example:
    """Give a series' forecast at the origin whose error is the given quantile of its errors by origin."""
    errors = mean_of_known(np.abs(forecasts.median - forecasts.truth)[:, index], 1)
    order = _known_in_order(errors)
    number = order[round(quantile * (len(order) - 1))] if len(order) else 0
    series, origin = forecasts.series[index], forecasts.origins[number]
    return Example(
        series.name,
        origin,
        _around(series, origin),
        forecasts.median[number, index],
        forecasts.lower[number, :, index],
        forecasts.upper[number, :, index],
        float(forecasts.relative_errors(forecasts.median)[index]),
    )


def _around(series: Series, origin: np.datetime64) -> Float64:
    """Give the views of the 56 days before a day and of 28 days from it on, shape (84,)."""
    views = np.full(PAST_DAYS + HORIZON_DAYS, np.nan)
    begin = series.index_of(origin) - PAST_DAYS
    days = series.views[max(begin, 0) : begin + len(views)]
    views[max(-begin, 0) :][: len(days)] = days
    return views
