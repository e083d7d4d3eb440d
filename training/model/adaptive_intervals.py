"""Adapt the intervals of a series to its last days: a day outside widens them, a day inside narrows them.

The method is adaptive conformal inference (Gibbs and Candès 2021), applied to the logarithm of the widths as
quantile tracking (Angelopoulos, Candès, Tibshirani 2023). In the long run, the coverage approaches its level
for any series, as long as the factors stay within their bounds. `python -m benchmarks.replay` measures it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from training.model.interval_levels import nest
from training.model.windows import Float64

# Expected shares of days outside the intervals of 80 and 95 %.
OUTSIDE_SHARES = np.array([0.2, 0.05])
# Numbers of days ahead for which factors are learned; near and far forecasts have different errors.
DAYS_AHEAD = (1, 14)
# Step sizes for each of `DAYS_AHEAD`. One day ahead, a day outside the 80 % interval widens it by 4 %, a day
# inside narrows it by 1 %. Errors of earlier forecasts are less informative, so the second step is smaller.
STEPS = (0.05, 0.03)
# Factors are limited to the range 1 / e to e.
LARGEST_LOG_FACTOR = 1.0
# For each of `DAYS_AHEAD`, the factors of the half-widths of 80 and 95 %.
WidthFactors = tuple[tuple[float, ...], ...]
UNCHANGED: WidthFactors = ((1.0, 1.0), (1.0, 1.0))
NO_FACTORS = np.array([UNCHANGED])


def widen(logs: Float64, levels: Sequence[int], factors: Float64) -> None:
    """Multiply the half-widths of intervals, in place.

    Parameters
    ----------
    logs : ndarray of shape (n_series, n_days, 1 + 2 * n_levels)
        Logs of (1 + views): the median, and the lower and the upper end of each level's interval.
    levels : sequence of int
        In percent. An interval is never narrower than those of lower levels.
    factors : ndarray of shape (n_series, 2, n_levels)
        Factors of the half-widths at each of `DAYS_AHEAD`. Between these days, the logs of the factors are
        interpolated linearly; later days have the factors of the last one.
    """
    nearest, farthest = factors[:, :1], factors[:, 1:]
    shares = np.interp(np.arange(1, logs.shape[1] + 1), DAYS_AHEAD, (0.0, 1.0))[:, None]
    half_widths = logs[..., 1:] - logs[..., :1]
    half_widths *= np.repeat(nearest * (farthest / nearest) ** shares, 2, axis=2)
    nest(half_widths, levels)
    logs[..., 1:] = logs[..., :1] + half_widths


class MetIntervals(NamedTuple):
    """Intervals that were forecast, and the counts of their days.

    Attributes
    ----------
    ends : ndarray of shape (2, 2, n_days)
        For 80 and 95 %, the lower and the upper ends, in views a day.
    counts : ndarray of shape (n_days,)
        Observed views, NaN where unknown.
    """

    ends: Float64
    counts: Float64


def next_width_factors(factors: WidthFactors, met: Sequence[MetIntervals]) -> WidthFactors:
    """Adapt the widths of a series' intervals to the counts since the last forecast.

    Parameters
    ----------
    factors : factors of the half-widths in the last forecast
    met : for each of `DAYS_AHEAD`, the intervals that were forecast that many days ahead, and the counts

    Returns
    -------
    Factors of the half-widths for the next forecast.
    """
    return tuple(_adapted(*each) for each in zip(factors, STEPS, met, strict=True))


def _adapted(factors: Sequence[float], step: float, met: MetIntervals) -> tuple[float, ...]:
    outside = (met.counts < met.ends[:, 0]) | (met.counts > met.ends[:, 1])
    logs = np.log(factors)
    for day in np.flatnonzero(~np.isnan(met.counts)):
        logs += step * (outside[:, day] - OUTSIDE_SHARES)
        np.clip(logs, -LARGEST_LOG_FACTOR, LARGEST_LOG_FACTOR, out=logs)
    return tuple(np.exp(logs).tolist())
