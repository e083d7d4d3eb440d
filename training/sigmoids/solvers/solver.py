"""What a solver is, and what it is given."""

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

FULL_BATCH_BLOCK = 256  # rows at a time: their units stay in the processor's cache


class SolverSettings(Protocol):
    """What solvers read of the estimator's constructor arguments; None leaves the choice to the solver."""

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
    """What a solver is given.

    Attributes
    ----------
    parameters : Parameters
        Where to start; changed in place.
    rows : Rows
    objective_by_block : callable
        Makes the objective, to be worked on so many rows at a time.
    settings : SolverSettings
    monitor : Monitor
        To be told each iteration; it says when to stop.
    random : RandomState
    """

    parameters: Parameters
    rows: Rows
    objective_by_block: Callable[[int], Objective]
    settings: SolverSettings
    monitor: Monitor
    random: np.random.RandomState

    def objective(self) -> Objective:
        """The objective of all rows, for solvers that go over all of them in each iteration."""
        return self.objective_by_block(FULL_BATCH_BLOCK)


def start_at_random(problem: Problem) -> None:
    """Fill a problem's parameters with a start for any solver."""
    parameters = problem.parameters
    parameters.flat[:] = random_start(parameters.shape, problem.random, parameters.flat.dtype).flat


@dataclass(frozen=True)
class Solver:
    """One way to make a loss small.

    Attributes
    ----------
    minimise : callable
        Changes a problem's parameters in place and returns why it stopped, one of `stop_reasons`.
    needs_smooth_loss : bool, default=False
        Whether it cannot do losses with a kink.
    start : callable, default=start_at_random
        Fills a problem's parameters when nothing is given to start from.
    """

    minimise: Callable[[Problem], str]
    needs_smooth_loss: bool = False
    start: Callable[[Problem], None] = start_at_random
