"""Loss functions, each given by its derivative, from which the value follows.

For a residual r = prediction - target, `slope` writes dℓ/dr, and `value` sums w ℓ from residuals, slopes and
weighted slopes: every loss here is a combination of r·dℓ/dr and (dℓ/dr)², so it costs a dot product or two.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


class Loss(ABC):
    """A loss of residuals in units of the target.

    Attributes
    ----------
    degree : int
        ℓ(s r) = s^degree ℓ(r) (for Huber's, when its delta is scaled by s too).
    """

    degree: int = 1

    @abstractmethod
    def slope(self, residual: Floats, out: Floats) -> None:
        """Write dℓ/dr into `out`, both of shape (n_rows, n_outputs)."""

    def value(self, residual: Floats, slope: Floats, weighted_slope: Floats) -> float:
        """The sum of w ℓ over all entries."""
        return float(np.vdot(residual, weighted_slope))

    def curvature(self, residual: Floats) -> Floats:
        """d²ℓ/dr², for the smooth losses."""
        raise NotImplementedError

    def scaled(self, scale: Floats) -> Loss:
        """Give the same loss for residuals divided by `scale`, of shape (n_outputs,)."""
        return self


class SquaredError(Loss):
    """ℓ = r². Its mean is scikit-learn's `mean_squared_error`."""

    degree = 2

    def slope(self, residual: Floats, out: Floats) -> None:
        np.multiply(residual, 2.0, out=out)

    def value(self, residual: Floats, slope: Floats, weighted_slope: Floats) -> float:
        return 0.5 * float(np.vdot(residual, weighted_slope))

    def curvature(self, residual: Floats) -> Floats:
        return np.full_like(residual, 2.0)


class AbsoluteError(Loss):
    """ℓ = |r|. Its mean is scikit-learn's `mean_absolute_error`."""

    def slope(self, residual: Floats, out: Floats) -> None:
        np.sign(residual, out=out)


class Huber(Loss):
    """ℓ = r² / 2 up to |r| = delta, and delta (|r| - delta / 2) beyond (Huber, 1964)."""

    degree = 2

    def __init__(self, delta: Floats) -> None:
        self.delta = delta
        self._minus_delta = -delta

    def slope(self, residual: Floats, out: Floats) -> None:
        np.clip(residual, self._minus_delta, self.delta, out=out)

    def value(self, residual: Floats, slope: Floats, weighted_slope: Floats) -> float:
        return float(np.vdot(residual, weighted_slope)) - 0.5 * float(np.vdot(slope, weighted_slope))

    def curvature(self, residual: Floats) -> Floats:
        return (np.abs(residual) <= self.delta).astype(residual.dtype)

    def scaled(self, scale: Floats) -> Huber:
        return Huber((self.delta / scale).astype(scale.dtype))


class Pinball(Loss):
    """ℓ = (1 - q) r above the target and -q r below it. Its mean is scikit-learn's `mean_pinball_loss`.

    Parameters
    ----------
    quantiles : ndarray of shape (n_outputs,)
        The quantile that each output is to estimate.
    """

    def __init__(self, quantiles: Floats) -> None:
        self.quantiles = quantiles

    def slope(self, residual: Floats, out: Floats) -> None:
        np.greater(residual, 0.0, out=out, casting="unsafe")
        np.subtract(out, self.quantiles, out=out)

    def scaled(self, scale: Floats) -> Pinball:
        return Pinball(self.quantiles.astype(scale.dtype))
