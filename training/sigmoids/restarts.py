"""Fits from several random starts, with a validation split for early stopping."""

from __future__ import annotations

from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from .arithmetic.coefficients import Coefficients
from .fitting import Fit
from .settings import Settings

Floats = NDArray[np.floating[Any]]
CheckedRows = tuple[Floats, Floats, Floats | None]


def best_fit(
    settings: Settings, X: Floats, Y: Floats, weights: Floats | None, start: Coefficients | None
) -> Fit:
    """Run `settings.n_restarts` fits, and return the one with the smallest final loss."""
    random = check_random_state(settings.random_state)
    rows: CheckedRows = (X, Y, weights)
    validation_rows = None
    if settings.early_stopping:
        rows, validation_rows = _split(rows, settings.validation_fraction, random)
    if settings.n_restarts == 1:
        return _finished_fit(settings, rows, validation_rows, start, random)
    seeds = random.randint(np.iinfo(np.int32).max, size=settings.n_restarts)
    fits: list[Fit] = Parallel(n_jobs=settings.n_jobs)(
        delayed(_finished_fit)(settings, rows, validation_rows, start, np.random.RandomState(seed))
        for seed in seeds
    )
    return min(fits, key=lambda fit: fit.final_loss)


def _finished_fit(
    settings: Settings,
    rows: CheckedRows,
    validation_rows: CheckedRows | None,
    start: Coefficients | None,
    random: np.random.RandomState,
) -> Fit:
    fit = Fit(settings, *rows, start, random)
    fit.run(validation_rows)
    fit.forget_rows()
    return fit


def _split(
    rows: CheckedRows, fraction: float, random: np.random.RandomState
) -> tuple[CheckedRows, CheckedRows]:
    """Split the rows at random into two parts; the second has `fraction` of them.

    Raises
    ------
    ValueError
        When there are too few rows for both parts.
    """
    X, Y, weights = rows
    n_validation = round(fraction * len(X))
    if not 0 < n_validation < len(X):
        raise ValueError(
            f"early_stopping with validation_fraction={fraction:g} needs rows on both sides; "
            f"found n_samples={len(X)}. Give more rows or turn it off."
        )
    order = random.permutation(len(X))
    held_out, kept = order[:n_validation], order[n_validation:]
    first, second = (
        (X[part], Y[part], None if weights is None else weights[part]) for part in (kept, held_out)
    )
    return first, second
