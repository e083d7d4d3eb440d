"""All unknowns of a sum of sigmoids, θ, as one flat vector with named views.

In standardised units, and in the centred form u of the activation (see `activations`):

    f(x) = [x, 1] · output + u([x, 1] · hidden) · amplitudes

Without a linear term, `output` has only the row of the constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Shape:
    """The numbers of features, sigmoids and outputs."""

    n_features: int
    n_sigmoids: int
    n_outputs: int
    linear_term: bool

    @property
    def n_output_rows(self) -> int:
        return self.n_features + 1 if self.linear_term else 1

    @property
    def size(self) -> int:
        """The number of unknowns."""
        n_hidden = (self.n_features + 1) * self.n_sigmoids
        return n_hidden + (self.n_sigmoids + self.n_output_rows) * self.n_outputs


class Parameters:
    """Named views into a flat vector.

    Attributes
    ----------
    hidden : ndarray of shape (n_features + 1, n_sigmoids)
        Slopes of each unit's input; the last row holds the offsets.
    amplitudes : ndarray of shape (n_sigmoids, n_outputs)
    output : ndarray of shape (n_features + 1, n_outputs) or (1, n_outputs)
        The linear term; the last row holds the constant.
    """

    def __init__(self, shape: Shape, flat: Floats) -> None:
        self.shape = shape
        self.flat = flat
        n_inputs, n_sigmoids, n_outputs = shape.n_features + 1, shape.n_sigmoids, shape.n_outputs
        first, second = n_inputs * n_sigmoids, (n_inputs + n_outputs) * n_sigmoids
        self.hidden = flat[:first].reshape(n_inputs, n_sigmoids)
        self.amplitudes = flat[first:second].reshape(n_sigmoids, n_outputs)
        self.output = flat[second:].reshape(shape.n_output_rows, n_outputs)

    @classmethod
    def zeros(cls, shape: Shape, dtype: np.dtype[Any]) -> Parameters:
        return cls(shape, np.zeros(shape.size, dtype))

    def copy(self) -> Parameters:
        return Parameters(self.shape, self.flat.copy())
