"""Intervals that are derived from the learned ones: of levels other than 80 and 95 %, and beyond 28 days.

`python -m benchmarks.robustness` measures their coverage.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from training.model.quantile_sum import MEDIAN
from training.model.windows import HORIZON_DAYS, Float64

SMALLEST_LEVEL, LARGEST_LEVEL = 50, 99
# Ratios of half-widths: 50 % to 80 %, and 99 % to 95 %. The tails are heavier than those of a normal
# distribution, which has 0.53 and 1.31.
HALF_OF_80, TAIL_OF_95 = 0.48, 1.9
# Days ahead at which the growth of half-widths since the fourth week is measured, with linear interpolation
# in between. The first one is the middle of the fourth week.
GROWTH_DAYS = (25, 35, 49, 63, 91, 119, 182, 273, 350)
# For 80 and 95 %, and each of these days.
NO_GROWTH = np.ones((2, len(GROWTH_DAYS)))
# Beyond 28 days, forecasts are limited to this many times (1 + the largest day) of the window.
LARGEST_FAR_RISE = 5.0


@lru_cache
def half_width_shares(level: int) -> tuple[float, float]:
    """Weights of the half-widths of 80 and 95 % in those of another level.

    Half-widths are interpolated linearly in the quantiles of the normal distribution.

    Parameters
    ----------
    level : int
        50 to 99, in percent.

    Returns
    -------
    tuple of two floats
        (1, 0) for 80 and (0, 1) for 95.
    """
    half, eighty, ninety_five, tail = (_normal_quantile(known) for known in (50, 80, 95, 99))
    z = _normal_quantile(level)
    if level <= 80:
        return float(np.interp(z, (half, eighty), (HALF_OF_80, 1.0))), 0.0
    if level >= 95:
        return 0.0, float(np.interp(z, (ninety_five, tail), (1.0, TAIL_OF_95)))
    share = (z - eighty) / (ninety_five - eighty)
    return 1.0 - share, share


@lru_cache
def other_levels(levels: tuple[int, ...]) -> Float64:
    """Matrix that converts the learned quantiles, in logs, to the median and the intervals of other levels.

    Parameters
    ----------
    levels : tuple of int
        In percent.

    Returns
    -------
    ndarray of shape (5, 1 + 2 * n_levels)
        Rows: the median, and the lower and upper ends of 80 and 95 %. Columns: the median, and the lower and
        upper end of each level.
    """
    columns = [[1.0, 0.0, 0.0, 0.0, 0.0]]
    for level in levels:
        eighty, ninety_five = half_width_shares(level)
        rest = 1.0 - eighty - ninety_five
        columns += [[rest, eighty, 0.0, ninety_five, 0.0], [rest, 0.0, eighty, 0.0, ninety_five]]
    return np.array(columns).T


@lru_cache
def interval_columns(levels: tuple[int, ...], learned: tuple[int, ...]) -> NDArray[np.intp]:
    """Give the indices in `QUANTILES` of the median, and of the lower and the upper end of each interval.

    Parameters
    ----------
    levels : tuple of int
        In percent, each one of `learned`.
    learned : tuple of int
        The levels whose ends are in `QUANTILES`, rising.
    """
    distances = [1 + learned.index(level) for level in levels]
    return np.array([MEDIAN, *(MEDIAN + side * distance for distance in distances for side in (-1, 1))])


def grown_half_widths(growth: Float64, n_days: int) -> Float64:
    """Interpolate the growth factors of half-widths for each day ahead.

    Parameters
    ----------
    growth : ndarray of shape (2, 9)
        Growth factors for 80 and 95 %, at each of `GROWTH_DAYS`.
    n_days : int
        Number of days ahead.

    Returns
    -------
    ndarray of shape (n_days, 5)
        Factors from one day ahead on, for each of the learned quantiles; 1 for the median.
    """
    days = np.arange(1, n_days + 1)
    eighty, ninety_five = (np.interp(days, GROWTH_DAYS, of_level) for of_level in growth)
    return np.stack([ninety_five, eighty, np.ones(n_days), eighty, ninety_five], axis=1)


def nest(half_widths: Float64, levels: Sequence[int]) -> None:
    """Widen intervals that are narrower than one of a lower level, in place.

    Parameters
    ----------
    half_widths : ndarray of shape (..., 2 * n_levels)
        For each level, the lower end minus the median (not positive), and the upper end minus the median.
    levels : sequence of int
        In percent.
    """
    rising = sorted(range(len(levels)), key=levels.__getitem__)
    for lower, higher in pairwise(rising):
        for side, wider in enumerate((np.minimum, np.maximum)):
            ends = half_widths[..., 2 * higher + side]
            wider(ends, half_widths[..., 2 * lower + side], out=ends)


def same_weekdays(begun: int, n_days: int) -> NDArray[np.intp]:
    """Give the index (21 to 27) of the day with the same weekday in week four, for days from `begun` on."""
    return HORIZON_DAYS - 7 + np.arange(begun, begun + n_days) % 7


def far_ceiling(window: Float64) -> Float64:
    """Upper limit of forecasts beyond 28 days, in logs of (1 + views), of shape (n, 1, 1).

    Parameters
    ----------
    window : ndarray of shape (n, n_days)
        Views a day, NaN where missing.
    """
    highest = np.log1p(np.fmax.reduce(window, axis=1, initial=0.0))
    return np.asarray((highest + np.log(LARGEST_FAR_RISE))[:, None, None])


def _normal_quantile(level: int) -> float:
    return NormalDist().inv_cdf(0.5 + level / 200)
