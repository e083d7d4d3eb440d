"""L-BFGS on all rows at once (Liu and Nocedal, 1989), from scipy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ..arithmetic.objective import Objective
from .monitor import Monitor
from .solver import Problem, Solver
from .stop_reasons import MAX_ITER, STALLED, VALIDATION, VANISHED

Floats = NDArray[np.floating[Any]]

ITERATIONS = 1_000


def lbfgs(objective: Objective, flat: Floats, monitor: Monitor, *, max_iter: int, tol: float) -> str:
    """Minimise from `flat`, changing it in place; return the reason for stopping."""
    gradient = np.empty_like(flat)
    mean_loss = 0.0
    stopped_by_validation = False

    def value_and_gradient(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        nonlocal mean_loss
        value, mean_loss = objective.value_and_gradient(x.astype(flat.dtype), gradient)
        return value, gradient.astype(np.float64)

    def after_iteration(x: NDArray[np.float64]) -> None:
        nonlocal stopped_by_validation
        if monitor.iteration(mean_loss, x.astype(flat.dtype)):
            stopped_by_validation = True
            raise StopIteration

    result = minimize(  # type: ignore[call-overload]
        value_and_gradient,
        flat.astype(np.float64),
        jac=True,
        method="L-BFGS-B",
        callback=after_iteration,
        options={
            "maxiter": max_iter,
            "maxfun": 20 * max_iter,
            # scipy compares the largest entry; this keeps the length of the whole gradient below tol.
            "gtol": tol / math.sqrt(max(flat.size, 1)),
            "ftol": 0.0,
            "maxcor": 20,
        },
    )
    flat[:] = result.x
    if stopped_by_validation:
        return VALIDATION
    if result.nit >= max_iter or result.nfev >= 20 * max_iter:
        return MAX_ITER
    objective.value_and_gradient(flat, gradient)
    return VANISHED if float(np.linalg.norm(gradient)) <= tol else STALLED


def _minimise(problem: Problem) -> str:
    max_iter, tol = problem.settings.max_iter or ITERATIONS, problem.settings.tol
    return lbfgs(problem.objective(), problem.parameters.flat, problem.monitor, max_iter=max_iter, tol=tol)


LBFGS = Solver(_minimise, needs_smooth_loss=True)
