"""Checks of a fit's arguments that scikit-learn does not have: targets with gaps, weights for each target."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_array, check_consistent_length

from .arithmetic.coefficients import Coefficients
from .arithmetic.parameters import Shape

Floats = NDArray[np.floating[Any]]


def checked_targets(y: ArrayLike, X: Floats) -> tuple[Floats, int]:
    """Give y as an array of shape (n_rows, n_targets) with X's type, and the number of axes of y.

    Raises
    ------
    ValueError
        When y is infinite somewhere, its length differs from X's, or a target is unknown in every row.
    """
    Y = check_array(y, dtype=X.dtype, ensure_2d=False, ensure_all_finite="allow-nan", input_name="y")
    if Y.ndim not in (1, 2):
        raise ValueError(f"y has {Y.ndim} axes; it takes (n_samples,) or (n_samples, n_targets).")
    check_consistent_length(X, Y)
    ndim = Y.ndim
    Y = np.ascontiguousarray(Y.reshape(len(Y), -1))
    unknown = np.isnan(Y).all(axis=0)
    if unknown.any():
        raise ValueError(
            f"Input y contains NaN in every row of target {int(np.argmax(unknown))}; "
            "each target has to be known in one row at least."
        )
    return Y, ndim


def checked_weights(sample_weight: ArrayLike | None, X: Floats, Y: Floats) -> Floats | None:
    """Give weights of shape (n_rows, 1) or (n_rows, n_targets), or None when there are none.

    Raises
    ------
    ValueError
        When a weight is negative or not finite, or when all known targets have weight zero.
    """
    if sample_weight is None:
        return None
    weights = check_array(sample_weight, dtype=X.dtype, ensure_2d=False, input_name="sample_weight")
    if weights.shape not in ((len(X),), Y.shape):
        raise ValueError(
            f"sample_weight has shape {weights.shape}; it takes ({len(X)},) or {Y.shape}, "
            "a weight for each row, or for each row and target."
        )
    weights = np.ascontiguousarray(weights.reshape(len(X), -1))
    if (weights < 0).any():
        raise ValueError("sample_weight has negative entries; weights are zero or more.")
    if not (weights * ~np.isnan(Y)).sum(axis=0).all():
        raise ValueError("sample_weight is zero wherever a target is known; there is nothing to learn from.")
    return weights


def check_start(start: Coefficients, shape: Shape) -> None:
    """Raise a ValueError when a fit of this shape cannot start from these coefficients."""
    of_start = (start.weights.shape[1], *start.amplitudes.shape)
    of_fit = (shape.n_features, shape.n_sigmoids, shape.n_outputs)
    for name, theirs, ours in zip(("features", "sigmoids", "outputs"), of_start, of_fit, strict=True):
        if theirs != ours:
            raise ValueError(
                f"The start has {theirs} {name}, and this fit has {ours}; they have to be as many."
            )
