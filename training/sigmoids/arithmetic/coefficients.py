"""y = b + Σ cᵢ a(bᵢ + Σ wᵢⱼ xⱼ) + v·x in the user's units, and the way to and from those of training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import Activation
from .parameters import Parameters, Shape
from .rows import Scaling

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Coefficients:
    """One sum of sigmoids.

    Attributes
    ----------
    constant : ndarray of shape (n_outputs,)
    amplitudes : ndarray of shape (n_sigmoids, n_outputs)
    offsets : ndarray of shape (n_sigmoids,)
    weights : ndarray of shape (n_sigmoids, n_features)
    linear_weights : ndarray of shape (n_features, n_outputs)
        All zero when there is no linear term.
    """

    constant: Floats
    amplitudes: Floats
    offsets: Floats
    weights: Floats
    linear_weights: Floats

    def components(self, X: Floats, activation: Activation) -> Floats:
        """The constant, each sigmoid's part and the linear term: (n_rows, n_sigmoids + 2, n_outputs)."""
        units = X @ self.weights.T
        units += self.offsets
        parts = np.empty((len(X), len(self.offsets) + 2, len(self.constant)), units.dtype)
        parts[:, 0] = self.constant
        np.multiply(activation(units)[:, :, None], self.amplitudes, out=parts[:, 1:-1])
        np.matmul(X, self.linear_weights, out=parts[:, -1])
        return parts

    @classmethod
    def from_parameters(
        cls, parameters: Parameters, scaling: Scaling, activation: Activation
    ) -> Coefficients:
        """Undo the standardisation and the centring of the activation; arithmetic in float64."""
        dtype = parameters.flat.dtype
        n_targets = len(scaling.y_spread)
        n_quantiles = parameters.shape.n_outputs // n_targets
        x_centre, x_spread = scaling.x_centre.astype(np.float64), scaling.x_spread.astype(np.float64)
        y_centre, y_spread = (
            np.tile(v.astype(np.float64), n_quantiles) for v in (scaling.y_centre, scaling.y_spread)
        )
        slopes = parameters.hidden[:-1].astype(np.float64) / x_spread[:, None]
        offsets = parameters.hidden[-1] - x_centre @ slopes
        amplitudes = parameters.amplitudes * y_spread
        largest = np.finfo(dtype).max
        linear = np.zeros((parameters.shape.n_features, parameters.shape.n_outputs))
        if parameters.shape.linear_term:
            with np.errstate(over="ignore"):  # huge targets over tiny inputs
                linear = np.clip(parameters.output[:-1] / x_spread[:, None] * y_spread, -largest, largest)
        constant = y_centre + parameters.output[-1] * y_spread - x_centre @ linear
        constant -= activation.shift / activation.outer * amplitudes.sum(axis=0)

        def rounded(array: Floats) -> Floats:
            return np.clip(array, -largest, largest).astype(dtype)

        return cls(
            rounded(constant),
            rounded(amplitudes / activation.outer),
            rounded(offsets / activation.inner),
            np.ascontiguousarray(rounded(slopes / activation.inner).T),
            rounded(linear),
        )

    def to_parameters(self, shape: Shape, scaling: Scaling, activation: Activation) -> Parameters:
        """The same function in standardised units and the activation's centred form."""
        n_quantiles = shape.n_outputs // len(scaling.y_spread)
        x_centre, x_spread = scaling.x_centre.astype(np.float64), scaling.x_spread.astype(np.float64)
        y_centre, y_spread = (
            np.tile(v.astype(np.float64), n_quantiles) for v in (scaling.y_centre, scaling.y_spread)
        )
        parameters = Parameters.zeros(shape, scaling.x_centre.dtype)
        slopes = self.weights.T.astype(np.float64) * activation.inner
        amplitudes = self.amplitudes.astype(np.float64) * activation.outer
        linear = self.linear_weights.astype(np.float64)
        parameters.hidden[:-1] = slopes * x_spread[:, None]
        parameters.hidden[-1] = self.offsets * activation.inner + x_centre @ slopes
        parameters.amplitudes[:] = amplitudes / y_spread
        constant = self.constant + activation.shift / activation.outer * amplitudes.sum(axis=0)
        parameters.output[-1] = (constant + x_centre @ linear - y_centre) / y_spread
        if shape.linear_term:
            parameters.output[:-1] = linear * x_spread[:, None] / y_spread
        return parameters
