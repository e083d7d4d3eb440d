"""Reasons why a series is hard to forecast, from simple statistics of its days.

Each reason is a short text with its numbers. A series may have several reasons or none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.history.series import DAY, Series
from training.model.windows import CONTEXT_DAYS, HORIZON_DAYS, Days, Float64

# Spikes: the 3 days with the largest errors cause at least this share of the whole error.
SPIKE_DAYS = 3
SPIKE_SHARE = 0.4
# Changed level: the median of the held-out days and that of the four weeks before differ by this factor or
# more, in either direction.
LEVEL_FACTOR = 1.3
# Missing days: at least this share of the held-out days and the eight weeks before them.
MISSING_SHARE = 0.2
# Few views: below a mean of 30 a day, the standard deviation of a Poisson count is 18 % or more (1 / √30).
FEW_VIEWS = 30.0


def reasons(series: Series, origins: Days, truth: Float64, error: Float64) -> list[str]:
    """Find reasons why a series is hard to forecast.

    Parameters
    ----------
    series : Series
    origins : ndarray of datetime64[D], shape (n_origins,)
        First days of the forecasts, in increasing order.
    truth, error : ndarray of shape (n_origins, 28)
        Observed views and absolute errors of their forecasts, in views a day; NaN where unknown.

    Returns
    -------
    list of str
        One text for each reason.
    """
    begin = series.index_of(origins[0])
    end = begin + int((origins[-1] - origins[0]).astype(int)) + HORIZON_DAYS
    before, held_out = series.views[:begin], series.views[begin:end]
    candidates = [
        _spikes(origins, truth, error),
        _short_history(before),
        _changed_level(before[-HORIZON_DAYS:], held_out),
        _missing_days(series.views[max(begin - CONTEXT_DAYS, 0) : end]),
        _few_views(held_out),
    ]
    return [reason for reason in candidates if reason]


def _spikes(origins: Days, truth: Float64, error: Float64) -> str:
    days = origins[:, None] + np.arange(HORIZON_DAYS) * DAY
    known = ~np.isnan(truth)
    dates, which = np.unique(days[known], return_inverse=True)
    by_day = np.bincount(which, weights=error[known])
    if len(dates) <= 2 * SPIKE_DAYS or by_day.sum() <= 0:
        return ""
    worst = np.argsort(by_day)[::-1][:SPIKE_DAYS]
    share = by_day[worst].sum() / by_day.sum()
    if share < SPIKE_SHARE:
        return ""
    return f"spikes: {share:.0%} of the error comes from {SPIKE_DAYS} days, most from {dates[worst[0]]}"


def _short_history(before: Float64) -> str:
    n_known = int(np.count_nonzero(~np.isnan(before)))
    return f"short history: {n_known} days known before the first forecast" if n_known < CONTEXT_DAYS else ""


def _changed_level(before: Float64, held_out: Float64) -> str:
    if not (_any_known(before) and _any_known(held_out)):
        return ""
    usual, now = float(np.nanmedian(before)), float(np.nanmedian(held_out))
    # Adding 1 keeps a difference of one view from counting as a changed level.
    factor = (now + 1.0) / (usual + 1.0)
    if 1 / LEVEL_FACTOR < factor < LEVEL_FACTOR:
        return ""
    return f"changed level: {now:,.0f} views a day, {usual:,.0f} in the four weeks before"


def _missing_days(days: Float64) -> str:
    share = float(np.isnan(days).mean())
    return f"missing days: {share:.0%} of them" if share >= MISSING_SHARE else ""


def _few_views(held_out: Float64) -> str:
    if not _any_known(held_out):
        return ""
    mean = float(np.nanmean(held_out))
    return f"few views: {mean:,.1f} a day, so that chance alone moves them" if mean < FEW_VIEWS else ""


def _any_known(days: NDArray[np.float64]) -> bool:
    return bool((~np.isnan(days)).any())
