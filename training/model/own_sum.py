"""What was learned from a history, and how much it counts for windows that are unlike those of that history.

A sum of sigmoids holds where it was learned; elsewhere it goes on in straight lines, to any number. So its
inputs are held to the range that was seen, and its share falls with what had to be held, and by one more
sigmoid that has learned to tell the windows of the history from generated ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from training.history.calendar_features import WEEK
from training.model.quantile_sum import QuantileSum, check_array, check_coefficients
from training.model.windows import CONTEXT_DAYS, HORIZON_DAYS, N_FEATURES, Float32
from training.sigmoids.arithmetic.coefficients import Coefficients

# Of one input, more standard deviations outside of the range say no more.
MOST_EXCESS = 5.0
# So many standard deviations outside, over all inputs, divide the share by e.
EXCESS_SCALE = 20.0
N_TRAITS = 11
_LEVEL, _SPREAD, _GAPS = CONTEXT_DAYS, CONTEXT_DAYS + 1, CONTEXT_DAYS + 2


@dataclass(frozen=True)
class Familiarity:
    """Tells how like the windows of a history a window is.

    Parameters
    ----------
    lowest, highest : ndarray of shape (n_features,)
        The range of each input that was learned from.
    inverse_deviations : ndarray of shape (n_features,)
        One by the standard deviation of each input there; 0 for inputs that the sum does not see.
    slopes : ndarray of shape (n_traits,)
    offset : ndarray of shape (1,)
        The share is σ(offset + slopes · traits), times exp(-excess / 20).
    """

    lowest: Float32
    highest: Float32
    inverse_deviations: Float32
    slopes: Float32
    offset: Float32

    def __post_init__(self) -> None:
        for name in "lowest", "highest", "inverse_deviations":
            check_array(name, getattr(self, name), (N_FEATURES,))
        check_array("slopes", self.slopes, (N_TRAITS,))
        check_array("offset", self.offset, (1,))

    def held(self, X: Float32) -> Float32:
        """Hold inputs to the range that was learned from."""
        return np.minimum(np.maximum(X, self.lowest), self.highest)

    def traits(self, X: Float32, held: Float32) -> Float32:
        """What a window is known by.

        Parameters
        ----------
        X : ndarray of float32, shape (n_windows, n_features)
        held : ndarray of float32, same shape
            What `held` made of it.

        Returns
        -------
        ndarray of float32, shape (n_windows, 11)
            Level and spread, their squares and product, the mean change from day to day and from week to
            week, mean and largest distance of a day from the level, gaps, and the excess: how far the inputs
            lie outside of the range, in standard deviations over all inputs.
        """
        days = X[:, :CONTEXT_DAYS]
        distance = np.abs(days)
        traits = np.empty((len(X), N_TRAITS), np.float32)
        traits[:, :2] = X[:, _LEVEL:_GAPS]
        traits[:, 2:4] = X[:, _LEVEL:_GAPS] ** 2
        traits[:, 4] = X[:, _LEVEL] * X[:, _SPREAD]
        traits[:, 5] = _mean(np.abs(days[:, 1:] - days[:, :-1]))
        traits[:, 6] = _mean(np.abs(days[:, WEEK:] - days[:, :-WEEK]))
        traits[:, 7] = _mean(distance)
        traits[:, 8] = distance.max(axis=1)
        traits[:, 9] = X[:, _GAPS]
        excess = np.abs(X - held)
        excess *= self.inverse_deviations
        traits[:, 10] = np.minimum(excess, MOST_EXCESS, out=excess).sum(axis=1)
        return traits

    def share(self, X: Float32, held: Float32) -> Float32:
        """How much what was learned from the history counts, 0 to 1, of shape (n_windows,)."""
        traits = self.traits(X, held)
        with np.errstate(over="ignore"):
            share: Float32 = np.exp(traits[:, -1] * np.float32(-1 / EXCESS_SCALE))
            share /= 1.0 + np.exp(-(traits @ self.slopes + self.offset))
        return share


@dataclass(frozen=True)
class OwnSum:
    """A sum of sigmoids that was learned from a history, and where it counts.

    Parameters
    ----------
    coefficients : Coefficients
        Of `N_FEATURES` features and 5 * 28 outputs.
    shares : ndarray of shape (28,)
        How much it counts for each day ahead beside the prior, for windows like those of the history.
    familiarity : Familiarity
        Which windows those are.
    growth_power : ndarray of shape (1,), default=1
        The power that the usual growth of half-widths beyond 28 days is raised to for such windows: 0 where
        series return to their level, so that a year ahead is no less sure than a month.
    """

    coefficients: Coefficients
    shares: Float32
    familiarity: Familiarity
    growth_power: Float32 = field(default_factory=lambda: np.ones(1, np.float32))

    def __post_init__(self) -> None:
        check_coefficients(self.coefficients)
        check_array("shares", self.shares, (HORIZON_DAYS,))
        check_array("growth_power", self.growth_power, (1,))

    @cached_property
    def _sum(self) -> QuantileSum:
        return QuantileSum(self.coefficients)

    def draw(self, quantiles: Float32, X: Float32) -> Float32:
        """Draw the prior's quantiles towards those learned from the history, in place.

        Parameters
        ----------
        quantiles : ndarray of float32, shape (n_windows, n_days, 5)
            The prior's.
        X : ndarray of float32, shape (n_windows, n_features)

        Returns
        -------
        ndarray of float32, shape (n_windows,)
            How much what was learned from the history counted, 0 to 1.
        """
        n_days = quantiles.shape[1]
        held = self.familiarity.held(X)
        share = self.familiarity.share(X, held)
        difference = self._sum.outputs(held, n_days)
        difference -= quantiles
        difference *= self.shares[:n_days, None] * share[:, None, None]
        quantiles += difference
        return share

    def to_arrays(self) -> dict[str, NDArray[np.floating]]:
        """Return everything that was learned, as plain arrays by name."""
        of_its_own = {"shares": self.shares, "growth_power": self.growth_power}
        return {**vars(self.coefficients), **of_its_own, **vars(self.familiarity)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.floating]]) -> OwnSum:
        """Rebuild what `to_arrays` returned; raises `ValueError` when an array is missing or unknown."""
        of_sum, of_familiarity = (list(kind.__dataclass_fields__) for kind in (Coefficients, Familiarity))
        expected = {*of_sum, "shares", "growth_power", *of_familiarity}
        if set(arrays) != expected:
            raise ValueError(f"the own sum has arrays {sorted(arrays)}; it must have {sorted(expected)}")
        return cls(
            Coefficients(**{name: arrays[name] for name in of_sum}),
            arrays["shares"],
            Familiarity(**{name: arrays[name] for name in of_familiarity}),
            arrays["growth_power"],
        )


def _mean(days: Float32) -> Float32:
    """The mean of each row; numpy's own takes ten times as long for one window."""
    return np.asarray(np.add.reduce(days, axis=1) / np.float32(days.shape[1]))
