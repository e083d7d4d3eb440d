"""Features of the days before the context: earlier levels, the same weeks a year ago, the weekly pattern."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from training.history.calendar_features import WEEK

N_WEEKS = 60
# Ranges of weeks before the context, counted back from the end, with one mean level each.
LEVEL_BANDS = ((8, 10), (10, 13), (13, 17), (17, 26), (26, 39), (39, 52))
# One column for each band, with 1 in the rows of its weeks; a product with this matrix sums all bands.
BAND_WEEKS = np.array(
    [[first < N_WEEKS - week <= last for first, last in LEVEL_BANDS] for week in range(N_WEEKS)], dtype=float
)
# The eight weeks around the day 364 days ago: four before it, four after.
YEAR_AGO = slice(N_WEEKS - 52 - 4, N_WEEKS - 52 + 4)
# Weeks of the weekly pattern: 26 to 9 weeks back, before the context.
PROFILE_WEEKS = slice(N_WEEKS - 26, N_WEEKS - 8)
N_LONG_FEATURES = 2 * len(LEVEL_BANDS) + 9 + WEEK

_ONE_EACH = np.ones(N_WEEKS)

Float64 = NDArray[np.float64]


def long_features(scaled: Float64) -> Float64:
    """Compute features of the days before the context.

    Parameters
    ----------
    scaled : ndarray of shape (n_windows, N_WEEKS * 7)
        As returned by `scale_windows`; the context is the last eight weeks.

    Returns
    -------
    ndarray of shape (n_windows, 28)
        In this order: the mean level of each band of weeks (6); whether each is known (6); the means of the
        eight weeks around the same day a year ago, minus the mean of the first four (8); whether those four
        are known (1); the mean of each weekday minus the mean of its week, over `PROFILE_WEEKS` (7). Unknown
        values are 0.
    """
    by_week = scaled.reshape(len(scaled), N_WEEKS, WEEK)
    weeks = _mean_by_product(by_week, lambda days: days @ _ONE_EACH[:WEEK])
    known_weeks = ~np.isnan(weeks)
    n_known = known_weeks @ BAND_WEEKS
    levels = np.where(known_weeks, weeks, 0.0) @ BAND_WEEKS / np.maximum(n_known, 1.0)
    season = weeks[:, YEAR_AGO]
    before = _mean_by_product(season[:, :4], lambda four: four @ _ONE_EACH[:4])[:, None]
    around = by_week[:, PROFILE_WEEKS] - weeks[:, PROFILE_WEEKS, None]
    profile = _mean_by_product(around, lambda days: _ONE_EACH[: days.shape[1]] @ days)
    columns = np.concatenate([levels, n_known > 0, season - before, ~np.isnan(before), profile], axis=1)
    return np.asarray(np.nan_to_num(columns))


def _mean_by_product(values: Float64, sum_up: Callable[[Float64], Float64]) -> Float64:
    """Mean of the known values; NaN where none is known.

    `sum_up` sums by a product with ones, because numpy's sums over seven days take four times as long.
    """
    missing = np.isnan(values)
    if not np.count_nonzero(missing):
        return sum_up(values) / sum_up(np.ones_like(values[:1]))
    n_known = sum_up((~missing).astype(np.float64))
    total = sum_up(np.where(missing, 0.0, values))
    return np.asarray(np.where(n_known > 0, total / np.maximum(n_known, 1.0), np.nan))
