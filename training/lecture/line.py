"""Step of the lecture about the line y = b + w x: error surface, exhaustive search and gradient descent."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.history.known_days import Float64
from training.sigmoids.lecture.lecture import error_surface, exhaustive_search, gradient_descent_path

N_STEPS = 2000
LEARNING_RATE = 0.01
# Grid of w and b, in steps of the sliders; b is in units of the median views per day.
SLOPES, CONSTANTS = np.linspace(-0.5, 1.5, 81), np.linspace(-0.5, 1.5, 81)


def line_step(views: Float64) -> dict[str, Any]:
    """Compute the straight line that predicts a day's views from those of the day before.

    Parameters
    ----------
    views : ndarray of shape (n_days,)
        Views per day; NaN where missing.

    Returns
    -------
    dict
        In units of views: the pairs `x`, `y`; the grid `w`, `b`; `surface`, the mean absolute error on the
        grid, one row for each b; `best`, the best point of the grid; `path`, the points (w, b, loss) of
        `n_steps` steps of gradient descent, a hundredth of them.
    """
    x, y = views[:-1], views[1:]
    known = ~np.isnan(x) & ~np.isnan(y)
    x, y = x[known], y[known]
    unit = max(float(np.median(y)), 1.0)
    surface = error_surface(x / unit, y / unit, SLOPES, CONSTANTS)
    best = exhaustive_search(x / unit, y / unit, SLOPES, CONSTANTS)
    path = gradient_descent_path(
        x / unit, y / unit, start=(-0.4, 1.4), learning_rate=LEARNING_RATE, n_steps=N_STEPS
    )
    in_views = np.array([1.0, unit, unit])
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "w": SLOPES.round(4).tolist(),
        "b": (CONSTANTS * unit).round(2).tolist(),
        "surface": (surface * unit).round(2).tolist(),
        "best": (np.array(best) * in_views).round(4).tolist(),
        "n_steps": N_STEPS,
        "path": (path[:: N_STEPS // 100] * in_views).round(4).tolist(),
    }
