"""Forecast the total of all series for the day after a history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.history.series import DAY, History
from training.model.forecaster import Forecaster
from training.model.totals import SumOfSeries
from training.model.windows import MINIMUM_DAYS

_LEVEL = 80


@dataclass(frozen=True)
class Tomorrow:
    """The forecast total of one day.

    Attributes
    ----------
    date : datetime64[D]
    n_series : int
        Number of series in the total.
    views, lower, upper : float
        Sum of the medians, and the ends of its 80 % interval.
    """

    date: np.datetime64
    n_series: int
    views: float
    lower: float
    upper: float


def tomorrow(model: Forecaster, history: History) -> Tomorrow | None:
    """Forecast the total views of the day after a history.

    Parameters
    ----------
    model : Forecaster
    history : History
        Series are left out if they end before the history, have fewer than 7 days, or have another metric
        than the first series.

    Returns
    -------
    Tomorrow or None
        None when no series is left.
    """
    last = history.last_date
    metric = history.series[0].metric
    up_to_last = [series for series in history.series if series.last_date == last and series.metric == metric]
    series = [member for member in up_to_last if member.views.size >= MINIMUM_DAYS]
    if not series:
        return None
    forecasts = model.predict(
        [member.views for member in series],
        np.full(len(series), last),
        1,
        (_LEVEL,),
        events=history.events_of(series),
    )
    together = SumOfSeries(model.total_widths)
    together.add(model.total_widths.totals(forecasts.views, (_LEVEL,), forecasts.own_share))
    views, lower, upper = together.totals().numbers[0, 0].tolist()
    return Tomorrow(last + DAY, len(series), views, lower, upper)
