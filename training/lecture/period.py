"""The period of seven days, found in the data, and the copy of the day one period ago as a model."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.history.calendar_features import WEEK
from training.history.known_days import Float64, mean_of_known

LARGEST_LAG = 28


def period_step(views: Float64, first_date: np.datetime64) -> dict[str, Any]:
    """Find what repeats.

    Parameters
    ----------
    views : ndarray of shape (n_days,)
        NaN where missing.
    first_date : datetime64[D]

    Returns
    -------
    dict
        `lags` and the `autocorrelation` of the changes from a day to the next, in logs of (1 + views), which
        a slow rise or fall does not blur; the `profile`, each weekday from Monday relative to its week; and
        the mean absolute `copy_errors` of copying each of the lags.
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
    """Mean of each weekday, Monday first, divided by the mean of all; 1 where nothing is known."""
    weekday = (first_date.astype("datetime64[D]").astype(int) + 3 + np.arange(len(views))) % WEEK
    means = np.array([mean_of_known(views[weekday == day][None], 1)[0] for day in range(WEEK)])
    overall = mean_of_known(means[None], 1)[0]
    return np.nan_to_num(means / overall, nan=1.0) if overall > 0 else np.ones(WEEK)
