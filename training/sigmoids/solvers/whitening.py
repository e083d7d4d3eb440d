"""Whitening: a change of variables that makes the inputs uncorrelated, which some solvers need."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic.parameters import Parameters, Shape
from ..arithmetic.rows import Rows, row_weights

Floats = NDArray[np.floating[Any]]

# Relative to the largest, or to the 1 of a standardised input: directions with less variance are not scaled.
SMALLEST_VARIANCE = 1e-4


class Whitening:
    """θ = L φ, where the slopes in φ belong to uncorrelated inputs with spread 1.

    L is symmetric. A factor made of eigenvectors alone would depend on rounding: their signs are arbitrary,
    and so are their directions where variances are equal (zero, with fewer rows than inputs).

    Parameters
    ----------
    rows : Rows
    """

    def __init__(self, rows: Rows) -> None:
        n_features = rows.X.shape[1]
        covariance = np.zeros((n_features, n_features))
        buffer = np.ones((min(1024, len(rows)), n_features + 1), rows.X.dtype)
        weights = row_weights(rows.Y, rows.weights)
        for start in range(0, len(rows), len(buffer)):
            inputs = buffer[: min(len(buffer), len(rows) - start)]
            block = slice(start, start + len(inputs))
            rows.load_inputs(block, inputs)
            columns = inputs[:, :-1]
            covariance += columns.T @ (columns if weights is None else columns * weights[block, None])
        covariance /= len(rows) if weights is None else weights.sum()
        variances, directions = np.linalg.eigh(covariance)
        varies = variances > SMALLEST_VARIANCE * variances.max(initial=1.0)
        scale = 1.0 / np.sqrt(np.where(varies, variances, 1.0))
        self.matrix = ((directions * scale) @ directions.T).astype(rows.X.dtype)

    def to_parameters(self, shape: Shape, flat: Floats) -> Floats:
        """Compute L φ."""
        return _times(self.matrix, shape, flat)

    def transposed(self, shape: Shape, flat: Floats) -> Floats:
        """Compute Lᵀ g."""
        return _times(self.matrix.T, shape, flat)


def _times(matrix: Floats, shape: Shape, flat: Floats) -> Floats:
    given, result = Parameters(shape, flat), Parameters(shape, flat.copy())
    np.matmul(matrix, given.hidden[:-1], out=result.hidden[:-1])
    if shape.linear_term:
        np.matmul(matrix, given.output[:-1], out=result.output[:-1])
    return result.flat
