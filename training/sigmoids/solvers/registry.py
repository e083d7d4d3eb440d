"""The solvers by their names, as in the estimator's parameter `solver`."""

from __future__ import annotations

from .adam import ADAM
from .gauss_newton import GAUSS_NEWTON
from .gradient_descent import GRADIENT_DESCENT
from .lbfgs import LBFGS
from .solver import Solver

SOLVERS: dict[str, Solver] = {
    "adam": ADAM,
    "lbfgs": LBFGS,
    "gauss_newton": GAUSS_NEWTON,
    "gd": GRADIENT_DESCENT,
}
