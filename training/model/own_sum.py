"""The own sum: the sum of sigmoids that was fitted on a history, and its weight for a given window.

A fitted sum is reliable only within the range of its training inputs; outside, its linear term can give any
value. So its inputs are clipped to that range, and its weight decreases with the distance from the range. A
logistic function of eleven window statistics, fitted to separate the windows of the history from generated
ones, decreases the weight further.
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

# Upper limit of the distance of one input from its range, in standard deviations.
MOST_EXCESS = 5.0
# A sum of distances of this many standard deviations, over all inputs, divides the weight by e.
EXCESS_SCALE = 20.0
N_TRAITS = 11
_LEVEL, _SPREAD, _GAPS = CONTEXT_DAYS, CONTEXT_DAYS + 1, CONTEXT_DAYS + 2


@dataclass(frozen=True)
class Familiarity:
    """Measures how similar a window is to those of a history.

    Parameters
    ----------
    lowest, highest : ndarray of shape (n_features,)
        The range of each input in training.
    inverse_deviations : ndarray of shape (n_features,)
        1 / standard deviation of each input in training; 0 for inputs that the sum does not use.
    slopes : ndarray of shape (n_traits,)
    offset : ndarray of shape (1,)
        The weight is σ(offset + slopes · traits) · exp(-excess / 20).

    Raises
    ------
    ValueError
        When an array has another shape or a number that is not finite.
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
        """Clip inputs to the range of training; shape (n_windows, n_features)."""
        return np.minimum(np.maximum(X, self.lowest), self.highest)

    def traits(self, X: Float32, held: Float32) -> Float32:
        """Compute the statistics of each window that its weight depends on.

        Parameters
        ----------
        X : ndarray of float32, shape (n_windows, n_features)
        held : ndarray of float32, same shape
            Result of the method `held` for X.

        Returns
        -------
        ndarray of float32, shape (n_windows, 11)
            Level and spread; their squares and product; mean absolute change from day to day and from week
            to week; mean and largest absolute value of the scaled days; the input for missing days; and the
            excess, the sum over all inputs of their distance from the range in standard deviations.
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
        """Weight of the own sum for each window, 0 to 1, of shape (n_windows,); `held` is as in `traits`."""
        traits = self.traits(X, held)
        with np.errstate(over="ignore"):
            share: Float32 = np.exp(traits[:, -1] * np.float32(-1 / EXCESS_SCALE))
            share /= 1.0 + np.exp(-(traits @ self.slopes + self.offset))
        return share


@dataclass(frozen=True)
class OwnSum:
    """A sum of sigmoids that was fitted on a history, and its weights in the forecast.

    Parameters
    ----------
    coefficients : Coefficients
        With `N_FEATURES` features and 5 * 28 outputs.
    shares : ndarray of shape (28,)
        Weight for each day ahead, for windows like those of the history; the prior has the rest.
    familiarity : Familiarity
        Gives the weight for each window; both weights are multiplied.
    growth_power : ndarray of shape (1,), default=1
        Exponent of the growth factors of half-widths beyond 28 days, for windows like those of the history.
        With 0, intervals do not grow, as for series that return to their level.

    Raises
    ------
    ValueError
        When an array has another shape or a number that is not finite.
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
        """Replace the prior's quantiles by the weighted mean of the prior and the own sum, in place.

        Parameters
        ----------
        quantiles : ndarray of float32, shape (n_windows, n_days, 5)
            Quantiles from the prior.
        X : ndarray of float32, shape (n_windows, n_features)

        Returns
        -------
        ndarray of float32, shape (n_windows,)
            Weight of the own sum for each window, 0 to 1, without the weights by day ahead.
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
        """Return all arrays, by name."""
        of_its_own = {"shares": self.shares, "growth_power": self.growth_power}
        return {**vars(self.coefficients), **of_its_own, **vars(self.familiarity)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.floating]]) -> OwnSum:
        """Rebuild an own sum from a result of `to_arrays`.

        Raises
        ------
        ValueError
            When an array is missing, unknown or not valid.
        """
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
    """Mean of each row; numpy's mean takes ten times as long for one window."""
    return np.asarray(np.add.reduce(days, axis=1) / np.float32(days.shape[1]))
