"""Adam on minibatches (Kingma and Ba, 2015), with a decaying learning rate."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic.objective import Objective
from ..arithmetic.parameters import Parameters
from .solver import Problem, Solver
from .stop_reasons import MAX_ITER, SCHEDULED, VALIDATION

Floats = NDArray[np.floating[Any]]

# This small epsilon lets outputs with a millionth of another output's weight be learned, too.
FIRST_DECAY, SECOND_DECAY, EPSILON = 0.9, 0.999, 1e-12
LEARNING_RATE = 0.01
STEPS = 10_000
FEWEST_EPOCHS, MOST_EPOCHS = 10, 2_000


def cosine_decay(fraction_done: float) -> float:
    """Decay from 1 to 0 along half a cosine (Loshchilov and Hutter, 2017)."""
    return 0.5 * (1.0 + math.cos(math.pi * fraction_done))


def linear_decay(fraction_done: float) -> float:
    return 1.0 - fraction_done


def no_decay(fraction_done: float) -> float:
    return 1.0


SCHEDULES: dict[str, Callable[[float], float]] = {
    "cosine": cosine_decay,
    "linear": linear_decay,
    "constant": no_decay,
}


@dataclass
class AdamState:
    """Running means of the gradient and its square, and the number of steps in them."""

    first: Floats
    second: Floats
    n_steps: int = 0

    @classmethod
    def zeros_like(cls, flat: Floats) -> AdamState:
        return cls(np.zeros_like(flat), np.zeros_like(flat))


class Adam:
    """One run of Adam over an objective's rows.

    Parameters
    ----------
    objective : Objective
        The objective; its block size is the size of the minibatches.
    parameters : Parameters
        The start; changed in place.
    learning_rate : float
        Size of the first steps, in standardised units.
    schedule : callable
        Maps the fraction of steps done to a factor of the learning rate.
    n_epochs : int
        Number of epochs of the schedule.
    state : AdamState or None
        The state in which an earlier run ended, to continue it.
    """

    def __init__(
        self,
        objective: Objective,
        parameters: Parameters,
        *,
        learning_rate: float,
        schedule: Callable[[float], float],
        n_epochs: int,
        random: np.random.RandomState,
        state: AdamState | None = None,
    ) -> None:
        self.objective, self.parameters, self.random = objective, parameters, random
        self.learning_rate, self.schedule = learning_rate, schedule
        self.state = AdamState.zeros_like(parameters.flat) if state is None else state
        self.gradient = Parameters.zeros(parameters.shape, parameters.flat.dtype)
        self._spent = np.empty_like(parameters.flat)
        self._batch_size = objective.block_size
        self._n_batches = math.ceil(len(objective.rows) / self._batch_size)
        self._n_planned = n_epochs * self._n_batches
        self._n_done = 0

    @classmethod
    def of(
        cls,
        problem: Problem,
        schedule: Callable[[float], float],
        n_epochs: int,
        state: AdamState | None = None,
    ) -> Adam:
        """Make a run over a problem's rows, with its settings."""
        given = problem.settings.learning_rate
        return cls(
            problem.objective_by_block(problem.settings.batch_size),
            problem.parameters,
            learning_rate=LEARNING_RATE if given is None else given,
            schedule=schedule,
            n_epochs=n_epochs,
            random=problem.random,
            state=state,
        )

    def epoch(self) -> float:
        """Run over all rows once, in random order; return the mean of the minibatch losses."""
        n_rows = len(self.objective.rows)
        if self._n_batches == 1:
            return self._step(slice(0, n_rows), n_rows) / self.objective.total_weight
        order = self.random.permutation(n_rows)
        total = 0.0
        for start in range(0, n_rows, self._batch_size):
            batch = order[start : start + self._batch_size]
            total += self._step(batch, len(batch))
        return total / self.objective.total_weight

    def _step(self, selection: slice | NDArray[np.intp], n_selected: int) -> float:
        objective, gradient = self.objective, self.gradient.flat
        total = objective.accumulate(self.parameters, selection, self.gradient)
        gradient *= len(objective.rows) / (n_selected * objective.total_weight)
        if objective.penalty is not None:
            objective.penalty.add_gradient(self.parameters.flat, gradient)
        self._descend(self.learning_rate * self.schedule(self._n_done / self._n_planned))
        self._n_done += 1
        return total

    def _descend(self, learning_rate: float) -> None:
        state, gradient, spent = self.state, self.gradient.flat, self._spent
        state.n_steps += 1
        state.first *= FIRST_DECAY
        np.multiply(gradient, 1.0 - FIRST_DECAY, out=spent)
        state.first += spent
        state.second *= SECOND_DECAY
        np.multiply(gradient, gradient, out=spent)
        spent *= 1.0 - SECOND_DECAY
        state.second += spent
        np.sqrt(state.second, out=spent)
        # The bias corrections of both means, combined into two numbers.
        second_correction = math.sqrt(1.0 - SECOND_DECAY**state.n_steps)
        spent += EPSILON * second_correction
        np.divide(state.first, spent, out=spent)
        spent *= learning_rate * second_correction / (1.0 - FIRST_DECAY**state.n_steps)
        self.parameters.flat -= spent


def _minimise(problem: Problem) -> str:
    settings = problem.settings
    n_epochs = settings.max_iter or _usual_epochs(len(problem.rows), settings.batch_size)
    adam = Adam.of(problem, SCHEDULES[settings.learning_rate_schedule], n_epochs)
    for _ in range(n_epochs):
        if problem.monitor.iteration(adam.epoch(), problem.parameters.flat):
            return VALIDATION
    return MAX_ITER if settings.learning_rate_schedule == "constant" else SCHEDULED


def _usual_epochs(n_rows: int, batch_size: int) -> int:
    n_batches = math.ceil(n_rows / batch_size)
    return min(max(STEPS // n_batches, FEWEST_EPOCHS), MOST_EPOCHS)


ADAM = Solver(_minimise)
