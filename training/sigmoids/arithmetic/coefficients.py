"""The coefficients of y = b + Σ cᵢ a(bᵢ + Σ wᵢⱼ xⱼ) + v·x, and their conversion to the units of training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import Activation
from .parameters import Parameters, Shape
from .rows import Scaling

Floats = NDArray[np.floating[Any]]
Places = slice | NDArray[np.intp]

ALL = slice(None)


@dataclass(frozen=True)
class Coefficients:
    """The coefficients of one sum of sigmoids, in the user's units.

    Attributes
    ----------
    constant : ndarray of shape (n_outputs,)
    amplitudes : ndarray of shape (n_sigmoids, n_outputs)
    offsets : ndarray of shape (n_sigmoids,)
    weights : ndarray of shape (n_sigmoids, n_features)
    linear_weights : ndarray of shape (n_features, n_outputs)
        All zeros when there is no linear term.
    """

    constant: Floats
    amplitudes: Floats
    offsets: Floats
    weights: Floats
    linear_weights: Floats

    def components(self, X: Floats, activation: Activation) -> Floats:
        """Give the constant, each sigmoid's part and the linear term: (n_rows, n_sigmoids + 2, n_outputs)."""
        units = X @ self.weights.T
        units += self.offsets
        parts = np.empty((len(X), len(self.offsets) + 2, len(self.constant)), units.dtype)
        parts[:, 0] = self.constant
        np.multiply(activation(units)[:, :, None], self.amplitudes, out=parts[:, 1:-1])
        np.matmul(X, self.linear_weights, out=parts[:, -1])
        return parts

    @classmethod
    def average(cls, sums: Sequence[Coefficients], shares: Floats) -> Coefficients:
        """Make the sum that equals the weighted average of several sums.

        Parameters
        ----------
        sums : sequence of Coefficients
            All with the same activation, features and outputs.
        shares : ndarray of shape (n_sums,) or (n_sums, n_outputs)
            Weight of each sum, for all outputs or for each output; the weights need not add up to one.

        Returns
        -------
        Coefficients
            The sigmoids of all sums, with amplitudes multiplied by the shares.
        """
        dtype = np.result_type(*(s.weights for s in sums))
        weighted = list(zip(shares, sums, strict=True))
        return cls(
            constant=np.sum([share * s.constant for share, s in weighted], axis=0).astype(dtype),
            amplitudes=np.concatenate([share * s.amplitudes for share, s in weighted]).astype(dtype),
            offsets=np.concatenate([s.offsets for s in sums]),
            weights=np.concatenate([s.weights for s in sums]),
            linear_weights=np.sum([share * s.linear_weights for share, s in weighted], axis=0).astype(dtype),
        )

    def select(self, features: Places = ALL, outputs: Places = ALL) -> Coefficients:
        """Select features and outputs, in the given order."""
        return Coefficients(
            constant=self.constant[outputs],
            amplitudes=self.amplitudes[:, outputs],
            offsets=self.offsets,
            weights=self.weights[:, features],
            linear_weights=self.linear_weights[features][:, outputs],
        )

    def embed(self, n_features: int, features: Places, n_outputs: int, outputs: Places) -> Coefficients:
        """Place this sum among more features and outputs, at the positions `features` and `outputs`.

        All other coefficients are zero.
        """
        n_sigmoids, dtype = len(self.offsets), self.weights.dtype
        wider = Coefficients(
            constant=np.zeros(n_outputs, dtype),
            amplitudes=np.zeros((n_sigmoids, n_outputs), dtype),
            offsets=self.offsets,
            weights=np.zeros((n_sigmoids, n_features), dtype),
            linear_weights=np.zeros((n_features, n_outputs), dtype),
        )
        wider.constant[outputs] = self.constant
        wider.amplitudes[:, outputs] = self.amplitudes
        wider.weights[:, features] = self.weights
        by_feature = np.zeros((n_features, len(self.constant)), dtype)
        by_feature[features] = self.linear_weights
        wider.linear_weights[:, outputs] = by_feature
        return wider

    @classmethod
    def from_parameters(
        cls, parameters: Parameters, scaling: Scaling, activation: Activation
    ) -> Coefficients:
        """Convert from standardised units and the activation's centred form; computed in float64."""
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
            # Beyond it, no number holds the slope or its part of the constant: huge targets of inputs that
            # vary by next to nothing have such slopes.
            limit = (largest / (4 * len(x_centre)) / np.maximum(1.0, np.abs(x_centre)))[:, None]
            with np.errstate(over="ignore"):
                linear = np.clip(parameters.output[:-1] / x_spread[:, None] * y_spread, -limit, limit)
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
        """Convert to standardised units and the activation's centred form."""
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
