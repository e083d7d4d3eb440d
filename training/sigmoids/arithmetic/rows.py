"""Training rows for the solvers, standardised block by block without copying all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Selection = slice | NDArray[np.intp]


@dataclass(frozen=True)
class Scaling:
    """Centre and spread of inputs and targets: z = (x - x_centre) / x_spread.

    A column that varies only by rounding has a spread of 1, or of the rounding error if that is larger.
    """

    x_centre: Floats
    x_spread: Floats
    y_centre: Floats
    y_spread: Floats

    @classmethod
    def of(cls, X: Floats, Y: Floats, weights: Floats | None) -> Scaling:
        """Compute it from the rows with positive weight. Targets may contain NaN."""
        x_weights = row_weights(Y, weights)
        return cls(*_centre_and_spread(X, x_weights), *_target_centre_and_spread(Y, weights))


def row_weights(Y: Floats, weights: Floats | None) -> Floats | None:
    """Give each row's weight, averaged over its known targets; None when all are equal."""
    known = ~np.isnan(Y)
    if weights is None and known.all():
        return None
    weighted: Floats = known if weights is None else weights * known
    return weighted.mean(axis=1, dtype=np.float64)  # type: ignore[no-any-return]


def _centre_and_spread(X: Floats, weights: Floats | None) -> tuple[Floats, Floats]:
    blocks = [slice(start, start + 512) for start in range(0, len(X), 512)]  # small copies in float64
    total = len(X) if weights is None else weights.sum(dtype=np.float64)

    def mean_of(change: Callable[[Floats], Floats]) -> Floats:
        sums = (
            np.add.reduce(change(X[block]), axis=0, dtype=np.float64)
            if weights is None
            else weights[block] @ change(X[block]).astype(np.float64)
            for block in blocks
        )
        return np.add.reduce([part / total for part in sums])  # type: ignore[no-any-return]

    centre = mean_of(lambda rows: rows)
    largest = max(float(X.max()), -float(X.min())) or 1.0  # keeps squares of finite numbers finite
    spread = np.sqrt(mean_of(lambda rows: ((rows - centre) / largest) ** 2)) * largest
    number = np.finfo(X.dtype)
    resolution = 10 * number.eps * np.abs(centre) + number.tiny / number.eps
    spread = np.where(spread > resolution, spread, np.maximum(resolution, 1.0))
    return centre.astype(X.dtype), spread.astype(X.dtype)


def _target_centre_and_spread(Y: Floats, weights: Floats | None) -> tuple[Floats, Floats]:
    centres, spreads = [], []
    for output in range(Y.shape[1]):
        column = Y[:, output]
        known = ~np.isnan(column)
        w = None if weights is None else weights[known, min(output, weights.shape[1] - 1)]
        centre, spread = _centre_and_spread(column[known, None], w)
        centres.append(centre[0])
        spreads.append(spread[0])
    return np.array(centres, Y.dtype), np.array(spreads, Y.dtype)


class Rows:
    """X, Y and weights, and methods that load some rows into buffers.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
    Y : ndarray of shape (n_rows, n_targets)
        NaN where a target is unknown.
    weights : ndarray of shape (n_rows, 1) or (n_rows, n_targets), or None
    scaling : Scaling
    """

    def __init__(self, X: Floats, Y: Floats, weights: Floats | None, scaling: Scaling) -> None:
        self.X, self.Y, self.weights, self.scaling = X, Y, weights, scaling
        self.has_missing = bool(np.isnan(Y).any())
        self.total_weight = self._total_weight()
        self.total_row_weight = self.total_weight / Y.shape[1]

    def __len__(self) -> int:
        return len(self.X)

    def _total_weight(self) -> float:
        if self.weights is None:
            return float(self.Y.size - (np.isnan(self.Y).sum() if self.has_missing else 0))
        known = ~np.isnan(self.Y) if self.has_missing else np.ones(self.Y.shape, bool)
        return float((self.weights * known).sum(dtype=np.float64))

    def load_inputs(self, selection: Selection, inputs: Floats) -> None:
        """Fill `inputs` with standardised rows.

        The last column of `inputs` holds ones, which multiply the offsets; it is not changed.
        """
        columns = inputs[:, :-1]
        np.subtract(_rows(self.X, selection), self.scaling.x_centre, out=columns)
        columns /= self.scaling.x_spread

    def load(self, selection: Selection, inputs: Floats, targets: Floats) -> Floats | None:
        """Fill `inputs` and `targets` with standardised rows; return their weights, or None when all are 1.

        Unknown targets are set to zero and have weight zero.
        """
        self.load_inputs(selection, inputs)
        np.subtract(_rows(self.Y, selection), self.scaling.y_centre, out=targets)
        targets /= self.scaling.y_spread
        weights = None if self.weights is None else _rows(self.weights, selection)
        if self.has_missing:
            unknown = np.isnan(targets)
            targets[unknown] = 0.0
            known = (~unknown).astype(targets.dtype)
            weights = known if weights is None else known * weights
        return weights


def _rows(array: Floats, selection: Selection) -> Floats:
    return array[selection] if isinstance(selection, slice) else array.take(selection, axis=0)
