"""Intervals that adapt to how they did on a series: a day outside widens the next, a day inside narrows them.

Adaptive conformal inference (Gibbs and Candès 2021) on the logarithm of the widths, as quantile tracking
(Angelopoulos, Candès, Tibshirani 2023): in the long run the share of days outside is the promised one,
whatever the days are like. `python -m benchmarks.replay` measures it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.model.interval_levels import nest
from training.model.windows import Float64

# Of the learned levels, 80 and 95 %.
OUTSIDE_SHARES = np.array([0.2, 0.05])
# A day outside of the 80 % interval widens it by 4 %, a day inside narrows it by 1 %.
STEP = 0.05
# No interval becomes more than e times as wide, or as narrow, as calibration made it.
LARGEST_LOG_FACTOR = 1.0
UNCHANGED = (1.0, 1.0)


def widen(logs: Float64, levels: Sequence[int], factors: Float64) -> None:
    """Multiply the half-widths of intervals, in place.

    Parameters
    ----------
    logs : ndarray of shape (n_series, n_days, 1 + 2 * n_levels)
        The median, and the lower and the upper end of each level, in logs.
    levels : sequence of int
        In percent. No interval becomes narrower than one of a lower level.
    factors : ndarray of shape (n_series, n_levels)
        What the half-widths of each level are multiplied with.
    """
    half_widths = logs[..., 1:] - logs[..., :1]
    half_widths *= np.repeat(factors, 2, axis=1)[:, None]
    nest(half_widths, levels)
    logs[..., 1:] = logs[..., :1] + half_widths


def next_width_factors(factors: Sequence[float], intervals: Float64, counts: Float64) -> tuple[float, ...]:
    """Adapt the widths of a series' intervals to the days that have come since they were forecast.

    Parameters
    ----------
    factors : sequence of two floats
        What the half-widths of these intervals were multiplied with.
    intervals : ndarray of shape (2, 2, n_days)
        Of 80 and 95 %, the lower and the upper ends.
    counts : ndarray of shape (n_days,)
        What came, NaN where nothing is known.

    Returns
    -------
    tuple of two floats
        What those of the next forecast are to be multiplied with.
    """
    came = ~np.isnan(counts)
    outside = (counts < intervals[:, 0]) | (counts > intervals[:, 1])
    logs = np.log(factors)
    for day in np.flatnonzero(came):
        logs += STEP * (outside[:, day] - OUTSIDE_SHARES)
        np.clip(logs, -LARGEST_LOG_FACTOR, LARGEST_LOG_FACTOR, out=logs)
    return tuple(np.exp(logs).tolist())
