"""Choose series and origins for held-out forecasts, and split views at an origin."""

from __future__ import annotations

import numpy as np

from training.fitting.training_windows import counted_series
from training.history.series import DAY, History, Series
from training.model.windows import HORIZON_DAYS, MINIMUM_DAYS, Days, Float64

# With a step of five days, the origins go through all weekdays.
ORIGIN_STEP_DAYS = 5


def scorable_series(history: History, first_origin: np.datetime64) -> list[Series]:
    """Select from `counted_series` those with 7 days before `first_origin` and a day on or after it."""
    return [series for series in counted_series(history).series if _is_scorable(series, first_origin)]


def origins_of(history: History, first_origin: np.datetime64) -> Days:
    """Give the first days of the forecasts: every five days from `first_origin`.

    Only origins with 28 days up to the end of the history are returned, or `first_origin` if there are none.
    """
    origins = np.arange(first_origin, history.last_date + DAY, ORIGIN_STEP_DAYS * DAY)
    complete = origins[origins <= history.last_date - np.timedelta64(HORIZON_DAYS - 1, "D")]
    return complete if len(complete) else origins[:1]


def _is_scorable(series: Series, first_origin: np.datetime64) -> bool:
    """Whether a series has 7 days before the first origin, and a day on or after it."""
    n_before = series.index_of(first_origin)
    return n_before >= MINIMUM_DAYS and bool(series.last_date >= first_origin)


def known_until(series: list[Series], origin: np.datetime64) -> list[Float64]:
    """Cut each series' views before the origin; a series that ended earlier is filled up with NaN."""
    known = []
    for each in series:
        n_days = each.index_of(origin)
        views = each.views[:n_days]
        missing = n_days - len(views)
        known.append(np.pad(views, (0, missing), constant_values=np.nan) if missing else views)
    return known


def days_after(series: list[Series], origin: np.datetime64) -> Float64:
    """Give the observed views of the 28 days from the origin on, shape (n_series, 28); NaN where unknown."""
    following = np.full((len(series), HORIZON_DAYS), np.nan)
    for row, each in zip(following, series, strict=True):
        begin = each.index_of(origin)
        days = each.views[begin : begin + HORIZON_DAYS]
        row[: len(days)] = days
    return following
