"""Totals of the coming days, of a series and of many together, with intervals of their own.

A total is the sum of its days' medians, and that of many series the sum of theirs, so that parts and totals
agree. The ends of intervals do not add up: days that err upwards make up for days that err downwards, the
more the longer the total. So the half-width of a total is the sum of its days' half-widths times a factor
that was measured on totals; that of many series follows from theirs and from how much they err together.
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

# Totals that are always given, where the horizon reaches so far.
USUAL_TOTALS = (7, 28)
# Days at which factors are measured; in between they are linear in the logarithm of the days.
MEASURED_DAYS = (1, 7, 28, 91, 182, 365)
# The learned intervals, each with a lower and an upper end.
_N_LEVELS, _N_ENDS = 2, 2
# Choices of days and levels whose factors are kept at hand.
_MOST_KNOWN = 256


def total_days(horizon: int) -> tuple[int, ...]:
    """How many of the coming days are summed up: the next 7 and 28, and all.

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
        How many of the coming days each total sums up.
    total : ndarray of shape (n_series, n_totals)
        The sum of the days' medians.
    half_widths : ndarray of shape (n_series, n_totals, 2 * n_levels)
        For each level how far the lower end lies from the total, which is not positive, and the upper end.
    """

    days: tuple[int, ...]
    total: Float64
    half_widths: Float64

    @property
    def numbers(self) -> Float64:
        """The total, and for each level the lower and the upper end: (n_series, n_totals, 1 + 2 n_levels)."""
        total = self.total[..., None]
        return np.concatenate([total, np.maximum(total + self.half_widths, 0.0)], axis=2)


@dataclass(frozen=True)
class TotalWidths:
    """How wide the intervals of totals are beside those of their parts.

    Parameters
    ----------
    factors : ndarray of shape (2, 2, 6)
        For 80 and 95 %, the lower and the upper end, and each of `MEASURED_DAYS`: what the sum of the days'
        half-widths is multiplied with.
    correlations : ndarray of shape (6,)
        How much the totals of two series err together, 0 to 1, for each of `MEASURED_DAYS`.
    own_factors : ndarray of shape (2, 2, 6)
        The same, for series like those that were learned from.

    Raises
    ------
    ValueError
        When shapes are others, a factor is not positive, or a correlation is not 0 to 1.
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
            The days' medians, and the lower and upper ends of their intervals.
        levels : sequence of int
            Those intervals, in percent.
        own_share : ndarray of shape (n_series,)
            How much of what was learned from a history counted for each series, 0 to 1.

        Returns
        -------
        Totals
            Of the next 7 and 28 days, as far as the horizon reaches, and of all days.
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
        """The usual factors, and how much larger own ones are, each of shape (n_totals, 2 * n_levels)."""
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
    """Sums up the totals of many series, some at a time.

    The half-widths of n series that err independently add up as their squares do, of series that err alike as
    they are: W² = ρ (Σ wᵢ)² + (1 - ρ) Σ wᵢ², ρ being the correlation of the errors.

    Parameters
    ----------
    widths : TotalWidths
        Those of the model that made the totals.
    """

    def __init__(self, widths: TotalWidths) -> None:
        self._widths = widths
        self._days: tuple[int, ...] = ()
        self._total: Float64 | float = 0.0
        self._half_widths: Float64 | float = 0.0
        self._squares: Float64 | float = 0.0

    def add(self, totals: Totals) -> None:
        """Count the totals of some more series in, which have the same days and levels."""
        self._days = totals.days
        self._total = self._total + totals.total.sum(axis=0)
        self._half_widths = self._half_widths + totals.half_widths.sum(axis=0)
        self._squares = self._squares + (totals.half_widths**2).sum(axis=0)

    def totals(self) -> Totals:
        """The totals over all series that were counted in, as those of a single series."""
        together, squares = np.asarray(self._half_widths), np.asarray(self._squares)
        correlation = _at(self._widths.correlations, self._days)[:, None]
        width = np.sqrt(correlation * together**2 + (1.0 - correlation) * squares)
        return Totals(self._days, np.asarray(self._total)[None], np.copysign(width, together)[None])


def _factors_at(factors: Float64, days: tuple[int, ...], levels: tuple[int, ...]) -> Float64:
    of_learned = _at(factors, days)
    columns = [_of_level(of_learned, level) for level in levels]
    return np.concatenate([np.empty((len(days), 0)), *columns], axis=1)


def _of_level(of_learned: Float64, level: int) -> Float64:
    """Factors of both ends of a level, (n_totals, 2), of those of 80 and 95 %: (2, 2, n_totals)."""
    eighty, ninety_five = half_width_shares(level)
    share = ninety_five / (eighty + ninety_five)
    return np.asarray(((1.0 - share) * of_learned[0] + share * of_learned[1]).T)


def _at(measured: Float64, days: tuple[int, ...]) -> Float64:
    """What was measured, along the last axis, at other numbers of days."""
    where = np.interp(np.log(days), np.log(MEASURED_DAYS), np.arange(len(MEASURED_DAYS)))
    below = np.minimum(where.astype(int), len(MEASURED_DAYS) - 2)
    share = where - below
    return np.asarray((1.0 - share) * measured[..., below] + share * measured[..., below + 1])


# Where nothing was measured: all days and all series err alike.
_ALIKE = np.ones((_N_LEVELS, _N_ENDS, len(MEASURED_DAYS)))
ALL_ALIKE = TotalWidths(_ALIKE, np.ones(len(MEASURED_DAYS)), _ALIKE)
