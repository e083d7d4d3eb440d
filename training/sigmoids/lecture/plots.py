"""Plots of a sum of sigmoids and of the lecture's error surface; matplotlib is needed (extra `plots`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..lecture import lecture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..estimator import SumOfSigmoidsRegressor

Floats = NDArray[np.floating[Any]]


def plot_components(model: SumOfSigmoidsRegressor, X: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Plot the prediction (red), and its parts (blue): the constant and each sigmoid's contribution.

    Parameters
    ----------
    model : SumOfSigmoidsRegressor
        A fitted estimator with one output.
    X : array-like of shape (n_samples, n_features)
        The points to plot, by their first feature; the other features are usually constant.
    ax : matplotlib Axes, default=None
        None means the current axes.
    """
    ax = ax or _current_axes()
    rows = np.asarray(X)
    rows = rows[np.argsort(rows[:, 0])]
    parts = model.components(rows)
    along = rows[:, 0]
    ax.plot(along, parts[:, 1:], color="tab:blue", linewidth=0.8, alpha=0.6)
    ax.plot(along, parts[:, 0], color="grey", linestyle="--", label="constant")
    ax.plot([], [], color="tab:blue", label="each sigmoid")
    ax.plot(along, parts.sum(axis=1), color="tab:red", linewidth=2, label="their sum")
    ax.legend()
    return ax


def plot_error_surface(
    x: ArrayLike,
    y: ArrayLike,
    w: ArrayLike,
    b: ArrayLike,
    *,
    loss: str = "absolute_error",
    path: Floats | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot L(w, b) of y = b + w x as filled contours, with the path of gradient descent if given.

    Parameters
    ----------
    x, y, w, b, loss
        As in `lecture.error_surface`.
    path : ndarray of shape (n_steps + 1, 3), default=None
        As returned by `lecture.gradient_descent_path`.
    ax : matplotlib Axes, default=None
        None means the current axes.
    """
    ax = ax or _current_axes()
    surface = lecture.error_surface(x, y, w, b, loss)
    ax.contourf(np.asarray(w), np.asarray(b), surface, levels=20, cmap="viridis")
    if path is not None:
        ax.plot(path[:, 0], path[:, 1], color="white", marker=".", linewidth=1)
        ax.plot(path[-1, 0], path[-1, 1], color="tab:red", marker="o")
    ax.set_xlabel("w")
    ax.set_ylabel("b")
    return ax


def _current_axes() -> Axes:
    import matplotlib.pyplot as plt  # an optional extra, and slow to import

    return plt.gca()
