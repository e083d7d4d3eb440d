"""Intervals that are not learned themselves: of other levels than 80 and 95 %, and beyond 28 days.

Both are made of the half-widths that are learned. `python -m benchmarks.robustness` measures what they cover.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from training.model.windows import HORIZON_DAYS, Float64

SMALLEST_LEVEL, LARGEST_LEVEL = 50, 99
# Half-widths of 50 % in those of 80 %, and of 99 % in those of 95 %: tails are heavier than a normal one's,
# of which it would be 0.53 and 1.31.
HALF_OF_80, TAIL_OF_95 = 0.48, 1.9
# Days ahead at which it is measured by how much half-widths have grown since the fourth week, whose middle
# the first of them is; in between, growth is linear.
GROWTH_DAYS = (25, 35, 49, 63, 91, 119, 182, 273, 350)
# For 80 and 95 %, and each of these days.
NO_GROWTH = np.ones((2, len(GROWTH_DAYS)))
# Beyond 28 days no end of an interval lies above so many times the largest day that a series has had.
LARGEST_FAR_RISE = 5.0


@lru_cache
def half_width_shares(level: int) -> tuple[float, float]:
    """What the half-widths of 80 and 95 % count in those of another level.

    In between, half-widths are taken to be linear in the normal distribution's quantiles.

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
    """How the median and the ends of intervals are made of the learned quantiles, in logs.

    Parameters
    ----------
    levels : tuple of int
        In percent.

    Returns
    -------
    ndarray of shape (5, 1 + 2 * n_levels)
        Rows: the median, and the lower and upper ends of 80 and 95 %. A product with it gives the median, and
        the lower and upper end of each level.
    """
    columns = [[1.0, 0.0, 0.0, 0.0, 0.0]]
    for level in levels:
        eighty, ninety_five = half_width_shares(level)
        rest = 1.0 - eighty - ninety_five
        columns += [[rest, eighty, 0.0, ninety_five, 0.0], [rest, 0.0, eighty, 0.0, ninety_five]]
    return np.array(columns).T


def grown_half_widths(growth: Float64, n_days: int) -> Float64:
    """By how much half-widths have grown beyond 28 days.

    Parameters
    ----------
    growth : ndarray of shape (2, 9)
        For 80 and 95 %, and each of `GROWTH_DAYS`.
    n_days : int

    Returns
    -------
    ndarray of shape (n_days, 5)
        From tomorrow on, for each of the learned quantiles, the median's being 1.
    """
    days = np.arange(1, n_days + 1)
    eighty, ninety_five = (np.interp(days, GROWTH_DAYS, of_level) for of_level in growth)
    return np.stack([ninety_five, eighty, np.ones(n_days), eighty, ninety_five], axis=1)


def nest(half_widths: Float64, levels: Sequence[int]) -> None:
    """Make no interval narrower than one of a lower level, in place: what widens them may differ so much.

    Parameters
    ----------
    half_widths : ndarray of shape (..., 2 * n_levels)
        From the median to the lower end, not above 0, and to the upper end of each level.
    levels : sequence of int
        In percent.
    """
    rising = sorted(range(len(levels)), key=levels.__getitem__)
    for lower, higher in pairwise(rising):
        for side, wider in enumerate((np.minimum, np.maximum)):
            ends = half_widths[..., 2 * higher + side]
            wider(ends, half_widths[..., 2 * lower + side], out=ends)


def same_weekdays(begun: int, n_days: int) -> NDArray[np.intp]:
    """The days of the fourth week, 0 to 27, that days beyond 28 have their weekday in common with."""
    return HORIZON_DAYS - 7 + np.arange(begun, begun + n_days) % 7


def far_ceiling(window: Float64) -> Float64:
    """The largest log that an interval may reach beyond 28 days, of shape (n, 1, 1).

    Parameters
    ----------
    window : ndarray of shape (n, n_days)
        Views, NaN where a day is missing.
    """
    highest = np.log1p(np.fmax.reduce(window, axis=1, initial=0.0))
    return np.asarray((highest + np.log(LARGEST_FAR_RISE))[:, None, None])


def _normal_quantile(level: int) -> float:
    return NormalDist().inv_cdf(0.5 + level / 200)
