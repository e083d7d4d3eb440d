"""Totals of the forecast days, for one series and for several, with their intervals.

A total is the sum of the medians of its days; the total of several series is the sum of their totals. The
ends of intervals do not add up, because positive and negative errors cancel, more so for longer totals. So
the half-width of a total is the sum of the half-widths of its days times a measured factor. The half-width
for several series follows from those of the series and from the correlation of their errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.model.interval_levels import half_width_shares, nest
from training.model.quantile_sum import check_array
from training.model.windows import Float64

# Numbers of days of the totals that are given if the horizon is longer, besides that of the whole horizon.
USUAL_TOTALS = (7, 28)
# Numbers of days for which factors are measured; in between, they are linear in the logarithm of the number.
MEASURED_DAYS = (1, 7, 28, 91, 182, 365)
# The learned intervals, each with a lower and an upper end.
_N_LEVELS, _N_ENDS = 2, 2
# Size of the cache of factors, by days and levels.
_MOST_KNOWN = 256


def total_days(horizon: int) -> tuple[int, ...]:
    """Give the numbers of days of the totals: 7 and 28 if the horizon is longer, and the whole horizon.

    >>> total_days(3), total_days(7), total_days(60)
    ((3,), (7,), (7, 28, 60))
    """
    return (*(days for days in USUAL_TOTALS if days < horizon), horizon)


@dataclass(frozen=True)
class Totals:
    """Totals of several series, in views.

    Attributes
    ----------
    days : tuple of n_totals ints
        Number of days of each total, from the first forecast day on.
    total : ndarray of shape (n_series, n_totals)
        Sum of the medians.
    half_widths : ndarray of shape (n_series, n_totals, 2 * n_levels)
        For each level, the lower end minus the total (not positive), and the upper end minus the total.
    """

    days: tuple[int, ...]
    total: Float64
    half_widths: Float64

    @property
    def numbers(self) -> Float64:
        """Totals and ends of their intervals, not below 0: (n_series, n_totals, 1 + 2 * n_levels)."""
        total = self.total[..., None]
        return np.concatenate([total, np.maximum(total + self.half_widths, 0.0)], axis=2)


@dataclass(frozen=True)
class TotalWidths:
    """Factors for the intervals of totals.

    Parameters
    ----------
    factors : ndarray of shape (2, 2, 6)
        Factors of the sum of the days' half-widths, by level (80, 95 %), end (lower, upper) and
        `MEASURED_DAYS`.
    correlations : ndarray of shape (6,)
        Correlation of the errors of two series' totals, 0 to 1, for each of `MEASURED_DAYS`.
    own_factors : ndarray of shape (2, 2, 6)
        Like `factors`, for series like those of the history that the model was fitted on.

    Raises
    ------
    ValueError
        When a shape is different, a factor is not positive, or a correlation is not in 0 to 1.
    """

    factors: Float64
    correlations: Float64
    own_factors: Float64
    _known: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[Float64, Float64]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for name, factors in ("total_factors", self.factors), ("total_own_factors", self.own_factors):
            check_array(name, factors, (_N_LEVELS, _N_ENDS, len(MEASURED_DAYS)))
            if (factors <= 0).any():
                raise ValueError(f"{name} must be positive")
        check_array("total_correlations", self.correlations, (len(MEASURED_DAYS),))
        if (self.correlations < 0).any() or (self.correlations > 1).any():
            raise ValueError("total_correlations must be 0 to 1")

    def totals(self, views: Float64, levels: Sequence[int], own_share: NDArray[np.floating]) -> Totals:
        """Sum up the coming days of each series.

        Parameters
        ----------
        views : ndarray of shape (n_series, horizon, 1 + 2 * n_levels)
            Medians, and the lower and upper ends of the intervals, in views a day.
        levels : sequence of int
            Levels of the intervals, in percent.
        own_share : ndarray of shape (n_series,)
            Weight of `own_factors` for each series, 0 to 1, from `Forecasts.own_share`.

        Returns
        -------
        Totals
            With the days of `total_days`.
        """
        days = total_days(views.shape[1])
        sums = [np.add.reduce(views[:, :n], axis=1) for n in days]
        by_days = sums[0][:, None] if len(days) == 1 else np.stack(sums, axis=1)
        half_widths = by_days[..., 1:] - by_days[..., :1]
        usual, difference_of_own = self._factors(days, tuple(levels))
        half_widths *= usual + own_share[:, None, None] * difference_of_own
        if len(levels) > 1:
            nest(half_widths, levels)
        return Totals(days, by_days[..., 0], half_widths)

    def _factors(self, days: tuple[int, ...], levels: tuple[int, ...]) -> tuple[Float64, Float64]:
        """Give `factors`, and `own_factors` minus `factors`, each of shape (n_totals, 2 * n_levels)."""
        if (days, levels) not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            usual = _factors_at(self.factors, days, levels)
            self._known[days, levels] = usual, _factors_at(self.own_factors, days, levels) - usual
        return self._known[days, levels]


def have_a_sum(series: Iterable[Any]) -> bool:
    """Whether all series have the same `last_date` and `metric`, so that their forecasts can be summed."""
    return len(set(map(attrgetter("last_date", "metric"), series))) == 1


class SumOfSeries:
    """Sums the totals of many series, in batches.

    The half-width W of the sum follows from the half-widths wᵢ of the series and the correlation ρ of their
    errors: W² = ρ (Σ wᵢ)² + (1 - ρ) Σ wᵢ². With ρ = 0 the squares add up, with ρ = 1 the half-widths.

    Parameters
    ----------
    widths : TotalWidths
        From the model that made the forecasts.
    """

    def __init__(self, widths: TotalWidths) -> None:
        self._widths = widths
        self._days: tuple[int, ...] = ()
        self._total: Float64 | float = 0.0
        self._half_widths: Float64 | float = 0.0
        self._squares: Float64 | float = 0.0

    def add(self, totals: Totals) -> None:
        """Add the totals of more series; all must have the same days and levels."""
        self._days = totals.days
        self._total = self._total + totals.total.sum(axis=0)
        self._half_widths = self._half_widths + totals.half_widths.sum(axis=0)
        self._squares = self._squares + (totals.half_widths**2).sum(axis=0)

    def totals(self) -> Totals:
        """Give the totals over all added series, as `Totals` of one series."""
        together, squares = np.asarray(self._half_widths), np.asarray(self._squares)
        correlation = _at(self._widths.correlations, self._days)[:, None]
        width = np.sqrt(correlation * together**2 + (1.0 - correlation) * squares)
        return Totals(self._days, np.asarray(self._total)[None], np.copysign(width, together)[None])


def _factors_at(factors: Float64, days: tuple[int, ...], levels: tuple[int, ...]) -> Float64:
    of_learned = _at(factors, days)
    columns = [_of_level(of_learned, level) for level in levels]
    return np.concatenate([np.empty((len(days), 0)), *columns], axis=1)


def _of_level(of_learned: Float64, level: int) -> Float64:
    """Interpolate the factors of both ends of a level, (n_totals, 2), from 80 and 95 %, (2, 2, n_totals)."""
    eighty, ninety_five = half_width_shares(level)
    share = ninety_five / (eighty + ninety_five)
    return np.asarray(((1.0 - share) * of_learned[0] + share * of_learned[1]).T)


def _at(measured: Float64, days: tuple[int, ...]) -> Float64:
    """Interpolate values at `MEASURED_DAYS`, along the last axis, at other numbers of days."""
    where = np.interp(np.log(days), np.log(MEASURED_DAYS), np.arange(len(MEASURED_DAYS)))
    below = np.minimum(where.astype(int), len(MEASURED_DAYS) - 2)
    share = where - below
    return np.asarray((1.0 - share) * measured[..., below] + share * measured[..., below + 1])


# Default without measurements: the errors of all days and all series are fully correlated.
_ALIKE = np.ones((_N_LEVELS, _N_ENDS, len(MEASURED_DAYS)))
ALL_ALIKE = TotalWidths(_ALIKE, np.ones(len(MEASURED_DAYS)), _ALIKE)
