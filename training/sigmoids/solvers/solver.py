"""The interface of a solver, and its input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..arithmetic.objective import Objective
from ..arithmetic.parameters import Parameters
from ..arithmetic.rows import Rows
from .monitor import Monitor
from .starts import random_start

FULL_BATCH_BLOCK = 256  # rows at a time: their hidden units fit into the processor's cache


class SolverSettings(Protocol):
    """The estimator's constructor arguments that solvers read; None lets the solver choose."""

    @property
    def learning_rate(self) -> float | None: ...
    @property
    def learning_rate_schedule(self) -> str: ...
    @property
    def batch_size(self) -> int: ...
    @property
    def max_iter(self) -> int | None: ...
    @property
    def tol(self) -> float: ...


@dataclass(frozen=True)
class Problem:
    """The input of a solver.

    Attributes
    ----------
    parameters : Parameters
        The start; changed in place.
    rows : Rows
    objective_by_block : callable
        Makes the objective for a given number of rows at a time.
    settings : SolverSettings
    monitor : Monitor
        The solver reports each iteration to it, and stops when it says so.
    random : RandomState
    """

    parameters: Parameters
    rows: Rows
    objective_by_block: Callable[[int], Objective]
    settings: SolverSettings
    monitor: Monitor
    random: np.random.RandomState

    def objective(self) -> Objective:
        """Make the objective for solvers that use all rows in each iteration."""
        return self.objective_by_block(FULL_BATCH_BLOCK)


def start_at_random(problem: Problem) -> None:
    """Fill a problem's parameters with the usual random start."""
    parameters = problem.parameters
    parameters.flat[:] = random_start(parameters.shape, problem.random, parameters.flat.dtype).flat


@dataclass(frozen=True)
class Solver:
    """One algorithm that minimises a loss.

    Attributes
    ----------
    minimise : callable
        Changes a problem's parameters in place, and returns why it stopped, one of `stop_reasons`.
    needs_smooth_loss : bool, default=False
        Whether it requires a differentiable loss.
    start : callable, default=start_at_random
        Fills a problem's parameters when no start is given.
    """

    minimise: Callable[[Problem], str]
    needs_smooth_loss: bool = False
    start: Callable[[Problem], None] = start_at_random
