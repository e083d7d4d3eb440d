"""Gradient descent with a fixed step, as in the lecture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic.objective import Objective
from .monitor import Monitor
from .solver import Problem, Solver
from .stop_reasons import MAX_ITER, VALIDATION, VANISHED

Floats = NDArray[np.floating[Any]]

ITERATIONS = 10_000
LEARNING_RATE = 0.1


def gradient_descent(
    objective: Objective, flat: Floats, monitor: Monitor, *, learning_rate: float, max_iter: int, tol: float
) -> str:
    """θ ← θ - η ∂L/∂θ, changing `flat` in place; return the reason for stopping."""
    gradient = np.empty_like(flat)
    for _ in range(max_iter):
        _, loss = objective.value_and_gradient(flat, gradient)
        if float(np.linalg.norm(gradient)) <= tol:
            return VANISHED
        if monitor.iteration(loss, flat):
            return VALIDATION
        gradient *= learning_rate
        flat -= gradient
    return MAX_ITER


def _minimise(problem: Problem) -> str:
    settings = problem.settings
    return gradient_descent(
        problem.objective(),
        problem.parameters.flat,
        problem.monitor,
        learning_rate=LEARNING_RATE if settings.learning_rate is None else settings.learning_rate,
        max_iter=settings.max_iter or ITERATIONS,
        tol=settings.tol,
    )


GRADIENT_DESCENT = Solver(_minimise)
