"""Gauss-Newton steps by conjugate gradients within a trust region, for squared and Huber errors.

Each step minimises the loss of the linearised sum by Steihaug's truncated conjugate gradients (Nocedal and
Wright, Numerical Optimization, 2006, algorithms 4.1 and 7.2), as in Martens, Deep learning via Hessian-free
optimization, 2010. Whitened inputs reduce the number of conjugate gradients. Each residual is made orthogonal
to those before it; without this, rounding errors would grow a hundredfold with each iteration and decide in
which minimum a fit ends (Golub and Van Loan, Matrix Computations, 2013, §10.3).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic.objective import Objective
from ..arithmetic.parameters import Parameters
from .linearisation import Linearisation
from .monitor import Monitor
from .solver import Problem, Solver
from .starts import cancelling_start, shrink_to_loss
from .stop_reasons import MAX_ITER, STALLED, VALIDATION, VANISHED
from .whitening import Whitening

Floats = NDArray[np.floating[Any]]

ITERATIONS = 100
MAX_CONJUGATE_GRADIENTS = 200
SMALLEST_PROGRESS = 1e-3  # a step ends when its last iterations each lower the model by a smaller share
ROUNDING = 100.0  # residuals below this many rounding errors of the longest are noise
FIRST_RADIUS = 10.0  # of the trust region, for each unknown


def gauss_newton(
    objective: Objective, flat: Floats, monitor: Monitor, *, whitening: Whitening, max_iter: int, tol: float
) -> str:
    """Minimise from `flat`, changing it in place; return the reason for stopping."""
    shape = objective.shape
    linearisation = Linearisation(objective)
    gradient, trial_gradient = np.empty_like(flat), np.empty_like(flat)
    value, loss = objective.value_and_gradient(flat, gradient)
    linearisation.at(Parameters(shape, flat))
    resolution = float(np.finfo(flat.dtype).eps)
    radius = FIRST_RADIUS * math.sqrt(flat.size)

    def curvature_times(step: Floats) -> Floats:
        return whitening.transposed(shape, linearisation.product(whitening.to_parameters(shape, step)))

    for _ in range(max_iter):
        if float(np.linalg.norm(gradient)) <= tol:
            return VANISHED
        downhill = -whitening.transposed(shape, gradient)
        step, promised = truncated_conjugate_gradients(curvature_times, downhill, radius)
        length = float(np.linalg.norm(step))
        trial = flat + whitening.to_parameters(shape, step)
        trial_value, trial_loss = objective.value_and_gradient(trial, trial_gradient)
        decrease = value - trial_value
        if abs(decrease) <= 10.0 * resolution * abs(value):
            # The decrease is lost in rounding; the slopes at both ends are not (Hager and Zhang, 2005).
            decrease = -0.5 * float(np.vdot(gradient + trial_gradient, trial - flat))
        kept_promise = decrease / promised if promised > 0 else -1.0
        if kept_promise > 1e-4:
            flat[:], value, loss = trial, trial_value, trial_loss
            gradient, trial_gradient = trial_gradient, gradient
            linearisation.at(Parameters(shape, flat))
        if not kept_promise >= 0.25:
            radius = 0.25 * length
        elif kept_promise > 0.75 and length > 0.9 * radius:
            radius *= 2.0
        if monitor.iteration(loss, flat):
            return VALIDATION
        if radius < resolution * (1.0 + float(np.linalg.norm(flat))):
            return STALLED
    return MAX_ITER


def truncated_conjugate_gradients(
    curvature_times: Callable[[Floats], Floats], downhill: Floats, radius: float
) -> tuple[Floats, float]:
    """Minimise ½ s·A s - s·downhill over |s| <= radius, until further iterations gain little.

    Returns
    -------
    step : ndarray
    decrease : float
        The value of the quadratic at zero minus that at the step.
    """
    step = np.zeros_like(downhill)
    residual, direction = downhill.copy(), downhill.copy()
    earlier = np.empty((MAX_CONJUGATE_GRADIENTS, downhill.size), downhill.dtype)
    length = longest = float(np.linalg.norm(residual))
    decreases = [0.0]
    for n in range(MAX_CONJUGATE_GRADIENTS):
        if length <= ROUNDING * float(np.finfo(residual.dtype).eps) * longest:
            break
        np.divide(residual, length, out=earlier[n])
        curved = curvature_times(direction)
        curvature = float(np.vdot(direction, curved))
        inside = length * length / curvature if curvature > 0 else math.inf
        boundary = _to_boundary(step, direction, radius)
        if math.isinf(min(inside, boundary)):
            break
        step += min(inside, boundary) * direction
        residual -= min(inside, boundary) * curved
        decreases.append(0.5 * float(np.vdot(step, downhill + residual)))
        if boundary <= inside or _is_deep_enough(decreases):
            break
        residual -= (earlier[: n + 1] @ residual) @ earlier[: n + 1]
        new_length = float(np.linalg.norm(residual))
        longest = max(longest, new_length)
        direction *= (new_length / length) ** 2
        direction += residual
        length = new_length
    return step, decreases[-1]


def _is_deep_enough(decreases: list[float]) -> bool:
    """Apply Martens' rule: the last tenth of the iterations has hardly lowered the quadratic."""
    n_last = max(10, len(decreases) // 10)
    if len(decreases) <= n_last:
        return False
    return decreases[-1] - decreases[-1 - n_last] < n_last * SMALLEST_PROGRESS * decreases[-1]


def _to_boundary(step: Floats, direction: Floats, radius: float) -> float:
    """Give the distance from `step` along `direction` to the boundary of the trust region."""
    if math.isinf(radius):
        return math.inf
    a, b, c = (float(np.vdot(u, v)) for u, v in ((direction, direction), (step, direction), (step, step)))
    root = math.sqrt(max(b * b + a * (radius * radius - c), 0.0))
    return max(root - b, 0.0) / a


def _start(problem: Problem) -> None:
    parameters = problem.parameters
    pairs = cancelling_start(parameters.shape, problem.random, Whitening(problem.rows))
    parameters.flat[:] = pairs.flat
    shrink_to_loss(parameters, problem.objective())


def _minimise(problem: Problem) -> str:
    return gauss_newton(
        problem.objective(),
        problem.parameters.flat,
        problem.monitor,
        whitening=Whitening(problem.rows),
        max_iter=problem.settings.max_iter or ITERATIONS,
        tol=problem.settings.tol,
    )


GAUSS_NEWTON = Solver(_minimise, needs_smooth_loss=True, start=_start)
