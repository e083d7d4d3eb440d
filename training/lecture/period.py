"""Step of the lecture about the weekly period: how to see it in data, and a model that copies past days."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.history.calendar_features import WEEK
from training.history.known_days import Float64, mean_of_known

LARGEST_LAG = 28


def period_step(views: Float64, first_date: np.datetime64) -> dict[str, Any]:
    """Compute the autocorrelation, the weekday profile, and the errors of copying earlier days.

    Parameters
    ----------
    views : ndarray of shape (n_days,)
        Views per day; NaN where missing.
    first_date : datetime64[D]
        The date of the first day.

    Returns
    -------
    dict
        `lags` in days; the `autocorrelation` of daily changes of log(1 + views), which are free of slow
        trends; the `profile`: the mean of each weekday from Monday on, relative to the mean of all weekdays;
        and `copy_errors`: the mean absolute error of copying the day `lag` days before, for each lag.
    """
    lags = np.arange(1, min(LARGEST_LAG, len(views) // 2) + 1)
    changes = np.diff(np.log1p(views))
    return {
        "lags": lags.tolist(),
        "autocorrelation": [round(_correlation(changes[lag:], changes[:-lag]), 4) for lag in lags],
        "copy_errors": [round(float(np.nanmean(np.abs(views[lag:] - views[:-lag]))), 2) for lag in lags],
        "profile": _profile(views, first_date).round(4).tolist(),
    }


def _correlation(a: Float64, b: Float64) -> float:
    known = ~np.isnan(a) & ~np.isnan(b)
    a, b = a[known], b[known]
    if a.size < 2 or a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _profile(views: Float64, first_date: np.datetime64) -> Float64:
    """Compute the mean of each weekday, Monday first, relative to the mean of all; 1 where unknown."""
    weekday = (first_date.astype("datetime64[D]").astype(int) + 3 + np.arange(len(views))) % WEEK
    means = np.array([mean_of_known(views[weekday == day][None], 1)[0] for day in range(WEEK)])
    overall = mean_of_known(means[None], 1)[0]
    return np.nan_to_num(means / overall, nan=1.0) if overall > 0 else np.ones(WEEK)
