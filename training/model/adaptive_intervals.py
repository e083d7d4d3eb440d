"""Intervals that adapt to how they did on a series: a day outside widens the next, a day inside narrows them.

Adaptive conformal inference (Gibbs and Candès 2021) on the logarithm of the widths, as quantile tracking
(Angelopoulos, Candès, Tibshirani 2023): in the long run the share of days outside is the promised one,
whatever the days are like. `python -m benchmarks.replay` measures it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from training.model.interval_levels import nest
from training.model.windows import Float64

# Of the learned levels, 80 and 95 %.
OUTSIDE_SHARES = np.array([0.2, 0.05])
# A week ahead is missed otherwise than tomorrow: factors are learned so many days ahead.
DAYS_AHEAD = (1, 14)
# A day outside of tomorrow's 80 % interval widens it by 4 %, a day inside narrows it by 1 %. What comes later
# says less of what to do now, so its steps are smaller.
STEPS = (0.05, 0.03)
# No interval becomes more than e times as wide, or as narrow, as calibration made it.
LARGEST_LOG_FACTOR = 1.0
# For each of `DAYS_AHEAD`, what the half-widths of 80 and 95 % are multiplied with.
WidthFactors = tuple[tuple[float, ...], ...]
UNCHANGED: WidthFactors = ((1.0, 1.0), (1.0, 1.0))


def widen(logs: Float64, levels: Sequence[int], factors: Float64) -> None:
    """Multiply the half-widths of intervals, in place.

    Parameters
    ----------
    logs : ndarray of shape (n_series, n_days, 1 + 2 * n_levels)
        The median, and the lower and the upper end of each level, in logs.
    levels : sequence of int
        In percent. No interval becomes narrower than one of a lower level.
    factors : ndarray of shape (n_series, 2, n_levels)
        What the half-widths of each level are multiplied with at each of `DAYS_AHEAD`; between these days
        their logarithms lie on a line, and later days are multiplied as the last.
    """
    nearest, farthest = factors[:, :1], factors[:, 1:]
    shares = np.interp(np.arange(1, logs.shape[1] + 1), DAYS_AHEAD, (0.0, 1.0))[:, None]
    half_widths = logs[..., 1:] - logs[..., :1]
    half_widths *= np.repeat(nearest * (farthest / nearest) ** shares, 2, axis=2)
    nest(half_widths, levels)
    logs[..., 1:] = logs[..., :1] + half_widths


class MetIntervals(NamedTuple):
    """Intervals of days that have come.

    Attributes
    ----------
    ends : ndarray of shape (2, 2, n_days)
        Of 80 and 95 %, the lower and the upper ends.
    counts : ndarray of shape (n_days,)
        What came, NaN where nothing is known.
    """

    ends: Float64
    counts: Float64


def next_width_factors(factors: WidthFactors, met: Sequence[MetIntervals]) -> WidthFactors:
    """Adapt the widths of a series' intervals to the days that have come since the last forecast.

    Parameters
    ----------
    factors : what the half-widths of the last forecast were multiplied with
    met : for each of `DAYS_AHEAD`, the intervals that were forecast so far ahead for the days that have come

    Returns
    -------
    What those of the next forecast are to be multiplied with.
    """
    return tuple(_adapted(*each) for each in zip(factors, STEPS, met, strict=True))


def _adapted(factors: Sequence[float], step: float, met: MetIntervals) -> tuple[float, ...]:
    outside = (met.counts < met.ends[:, 0]) | (met.counts > met.ends[:, 1])
    logs = np.log(factors)
    for day in np.flatnonzero(~np.isnan(met.counts)):
        logs += step * (outside[:, day] - OUTSIDE_SHARES)
        np.clip(logs, -LARGEST_LOG_FACTOR, LARGEST_LOG_FACTOR, out=logs)
    return tuple(np.exp(logs).tolist())
