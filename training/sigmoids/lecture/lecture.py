"""The first steps of the lecture, on y = b + w x: error surface, exhaustive search, gradient descent.

Hung-yi Lee, Machine Learning 2021, lecture 1. For illustration; the estimator does the fitting.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating[Any]]


def error_surface(
    x: ArrayLike, y: ArrayLike, w: ArrayLike, b: ArrayLike, loss: str = "absolute_error"
) -> Floats:
    """Compute L(w, b), the mean error of y = b + w x, over a grid.

    Parameters
    ----------
    x, y : array-like of shape (n_samples,)
    w : array-like of shape (n_w,)
    b : array-like of shape (n_b,)
    loss : {"absolute_error", "squared_error"}, default="absolute_error"

    Returns
    -------
    ndarray of shape (n_b, n_w)
    """
    x, y, w, b = (np.asarray(v, float) for v in (x, y, w, b))
    surface = np.empty((len(b), len(w)))
    for column, slope in enumerate(w):
        error = y - slope * x - b[:, None]
        surface[:, column] = _cost(error, loss).mean(axis=1)
    return surface


def exhaustive_search(
    x: ArrayLike, y: ArrayLike, w: ArrayLike, b: ArrayLike, loss: str = "absolute_error"
) -> tuple[float, float, float]:
    """Try every (w, b) of the grid; return the best w, the best b and the loss there."""
    surface = error_surface(x, y, w, b, loss)
    row, column = np.unravel_index(np.argmin(surface), surface.shape)
    return float(np.asarray(w)[column]), float(np.asarray(b)[row]), float(surface[row, column])


def gradient_descent_path(
    x: ArrayLike,
    y: ArrayLike,
    *,
    start: tuple[float, float],
    learning_rate: float | tuple[float, float],
    n_steps: int,
    loss: str = "absolute_error",
) -> Floats:
    """Follow gradient descent: (w, b) ← (w, b) - η ∂L/∂(w, b), step by step.

    Parameters
    ----------
    x, y : array-like of shape (n_samples,)
    start : (w⁰, b⁰)
    learning_rate : float or (η_w, η_b)
    n_steps : int
    loss : {"absolute_error", "squared_error"}, default="absolute_error"

    Returns
    -------
    ndarray of shape (n_steps + 1, 3)
        w, b and the loss after each step; the first row is the start.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    position = np.array(start, float)
    path = np.empty((n_steps + 1, 3))
    for step in range(n_steps + 1):
        error = y - position[0] * x - position[1]
        path[step] = *position, _cost(error, loss).mean()
        slope = -np.sign(error) if loss == "absolute_error" else -2.0 * error
        position -= np.asarray(learning_rate) * np.array([(slope * x).mean(), slope.mean()])
    return path


def _cost(error: Floats, loss: str) -> Floats:
    if loss not in ("absolute_error", "squared_error"):
        raise ValueError(f'loss is "absolute_error" or "squared_error"; found {loss!r}.')
    return np.abs(error) if loss == "absolute_error" else error * error
