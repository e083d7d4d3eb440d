"""A sum of sigmoids with its arrays arranged for fast evaluation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import Activation
from .coefficients import Coefficients

Floats = NDArray[np.floating[Any]]

ROWS_AT_ONCE = 512  # their hidden units fit into the processor's cache


@dataclass(frozen=True)
class CompiledSum:
    """u(x · slopes + offsets) · amplitudes + x · v, with u the activation's centred form.

    The constant is stored as one more unit whose output is always 1: this saves a numpy call for each
    prediction.

    Attributes
    ----------
    slopes : ndarray of shape (n_features, n_sigmoids + 1)
    offsets : ndarray of shape (1, n_sigmoids + 1)
        Two axes, because adding arrays of the same shape takes a third of the time for one row of X.
    apply : callable
        Replaces p by u(p).
    amplitudes : ndarray of shape (n_sigmoids + 1, n_outputs)
    linear_weights : ndarray of shape (n_features, n_outputs) or None
        v; None when all are zero.
    limits : ndarray of shape (1, n_features)
        Inputs within these limits, in absolute value, cannot overflow.
    dtype : numpy dtype
    n_columns : int
        Number of columns of an array that needs no conversion; -1 when column names have to be checked.
    """

    slopes: Floats
    offsets: Floats
    apply: Callable[[Floats], None]
    amplitudes: Floats
    linear_weights: Floats | None
    limits: Floats
    dtype: np.dtype[Any]
    n_columns: int

    @classmethod
    def of(cls, coefficients: Coefficients, activation: Activation, has_names: bool = False) -> CompiledSum:
        """Fold the constant and the activation's inner, outer and shift into the coefficients."""
        shifts = activation.shift * coefficients.amplitudes.sum(axis=0, dtype=np.float64)
        constant = (coefficients.constant + shifts).astype(coefficients.amplitudes.dtype)
        slopes = coefficients.weights.T * activation.inner
        offsets = coefficients.offsets * activation.inner
        linear_weights = coefficients.linear_weights
        steepest = max(float(np.abs(m).sum(axis=0).max(initial=0.0)) for m in (slopes, linear_weights))
        limit = float(np.finfo(slopes.dtype).max) / (4.0 + 4.0 * steepest)
        return cls(
            slopes=np.pad(slopes, ((0, 0), (0, 1))),
            offsets=np.append(offsets, offsets.dtype.type(activation.always_on))[None],
            apply=activation.apply,
            amplitudes=np.vstack([coefficients.amplitudes * activation.outer, constant]),
            linear_weights=linear_weights if linear_weights.any() else None,
            limits=np.full((1, len(slopes)), limit, slopes.dtype),
            dtype=slopes.dtype,
            n_columns=-1 if has_names else len(slopes),
        )

    def takes(self, X: Floats) -> bool:
        """Whether `outputs` accepts X without conversion: few rows, right type, finite, within the limits."""
        return (
            X.ndim == 2
            and X.shape[1] == self.n_columns
            and X.dtype is self.dtype
            and 0 < len(X) <= ROWS_AT_ONCE
            # False is a zero byte, so this replaces numpy's all() in half of the time.
            and 0 not in (abs(X) < self.limits).tobytes()
        )

    def outputs(self, X: Floats) -> Floats:
        """Evaluate the sum for a few rows; shape (n_rows, n_outputs)."""
        units = X.dot(self.slopes)
        units += self.offsets
        self.apply(units)
        outputs: Floats = units.dot(self.amplitudes)
        if self.linear_weights is not None:
            outputs += X.dot(self.linear_weights)
        return outputs

    def first_outputs(self, n: int) -> CompiledSum:
        """Give a view of the sum with the first n outputs only; nothing is copied."""
        linear_weights = None if self.linear_weights is None else self.linear_weights[:, :n]
        return replace(self, amplitudes=self.amplitudes[:, :n], linear_weights=linear_weights)

    def clipped(self, X: Floats) -> Floats:
        """Move entries of X that are beyond the limits to the limits."""
        largest = float(np.nextafter(self.limits[0, 0], 0)) if self.limits.size else 0.0
        if not X.size or max(float(X.max()), -float(X.min())) <= largest:
            return X
        return np.clip(X, -largest, largest)
