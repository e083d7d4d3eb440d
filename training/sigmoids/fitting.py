"""One fit, from checked rows to coefficients."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arithmetic.activations import ACTIVATIONS
from .arithmetic.coefficients import Coefficients
from .arithmetic.losses import AbsoluteError, Huber, Loss, Pinball, SquaredError
from .arithmetic.objective import Objective, Penalty
from .arithmetic.parameters import Parameters, Shape
from .arithmetic.rows import Rows, Scaling
from .checks import check_start
from .settings import SMOOTH_LOSSES, Settings
from .solvers.adam import SCHEDULES, Adam, AdamState, no_decay
from .solvers.gauss_newton import gauss_newton
from .solvers.gradient_descent import gradient_descent
from .solvers.lbfgs import lbfgs
from .solvers.monitor import Monitor, Validation
from .solvers.stop_reasons import MAX_ITER, PARTIAL, SCHEDULED, VALIDATION, VANISHED
from .solvers.whitening import Whitening
from .starts import cancelling_start, random_start, shrink_to_loss

Floats = NDArray[np.floating[Any]]

STEPS_OF_ADAM = 10_000
FULL_BATCH_BLOCK = 256  # rows at a time: their units stay in the processor's cache
MAX_ITERATIONS = {"gd": 10_000, "lbfgs": 1_000, "gauss_newton": 100}
LEARNING_RATES = {"gd": 0.1, "adam": 0.01}


class Training:
    """The state of a fit: standardised units, parameters, and how it went.

    Parameters
    ----------
    settings : Settings
        The estimator's constructor arguments.
    X, Y, weights : ndarrays
        Checked rows.
    start : Coefficients or None
        Where to start; None for a random start.
    random : RandomState
    """

    def __init__(
        self,
        settings: Settings,
        X: Floats,
        Y: Floats,
        weights: Floats | None,
        start: Coefficients | None,
        random: np.random.RandomState,
    ) -> None:
        self.random = random
        self.activation = ACTIVATIONS[settings.activation]
        self.scaling = Scaling.of(X, Y, weights)
        self.n_targets = Y.shape[1]
        n_quantiles = len(settings.quantiles) if settings.loss == "quantile" else 1
        n_outputs = self.n_targets * n_quantiles
        self.shape = Shape(X.shape[1], settings.n_sigmoids, n_outputs, settings.linear_term)
        self.stop_reason = PARTIAL
        self._adam_state: AdamState | None = None
        self.continue_with(settings, X, Y, weights)
        self.solver = settings.solver if settings.solver != "auto" else self._best_solver()
        if start is None:
            self.parameters = self._random_start()
        else:
            check_start(start, self.shape)
            self.parameters = start.to_parameters(self.shape, self.scaling, self.activation)
        self._anchor = self.parameters.flat.copy() if settings.pull_to == "start" else None
        if start is None and self.solver == "gauss_newton":
            shrink_to_loss(self.parameters, self._objective(self.rows, FULL_BATCH_BLOCK))

    def continue_with(self, settings: Settings, X: Floats, Y: Floats, weights: Floats | None) -> None:
        """Take other rows, keeping units and parameters."""
        self.settings = settings
        self.rows = Rows(X, Y, weights, self.scaling)
        self.loss, self.output_weights, self.loss_unit = self._standardised_loss()
        if not hasattr(self, "monitor"):
            self.monitor = Monitor(self.loss_unit, settings.callback, settings.verbose)
        self.monitor.callback = settings.callback

    def run(self, validation_rows: tuple[Floats, Floats, Floats | None] | None) -> None:
        """Fit until done."""
        validation = None
        if validation_rows is not None:
            rows = Rows(*validation_rows, self.scaling)
            if not rows.total_weight:
                raise ValueError("early_stopping has held out only rows that weigh nothing; give more rows.")
            objective = self._objective(rows, FULL_BATCH_BLOCK)
            validation = Validation(objective, self.settings.n_iter_no_change, self.settings.tol)
        self.monitor.validation = validation
        self.stop_reason = self._run_adam() if self.solver == "adam" else self._run_full_batch()
        self.final_loss, self.gradient_norm = self._where_it_ended()
        if self.stop_reason == MAX_ITER and self.gradient_norm <= self.settings.tol:
            self.stop_reason = VANISHED
        if validation is not None and validation.best is not None:
            self.parameters.flat[:] = validation.best
            self.final_loss = validation.best_loss

    def run_epoch(self) -> None:
        """Go over the rows once with Adam."""
        adam = self._adam(no_decay, 1)
        loss = adam.epoch()
        self._adam_state = adam.state
        self.monitor.iteration(loss, self.parameters.flat)
        self.gradient_norm = float(np.linalg.norm(adam.gradient.flat))

    def forget_rows(self) -> None:
        """Keep only what another call of `partial_fit` needs."""
        self.__dict__.pop("rows", None)
        self.__dict__.pop("settings", None)
        self.monitor.callback = self.monitor.validation = None

    def coefficients(self) -> Coefficients:
        return Coefficients.from_parameters(self.parameters, self.scaling, self.activation)

    def _run_adam(self) -> str:
        n_epochs = self._n_epochs()
        adam = self._adam(SCHEDULES[self.settings.learning_rate_schedule], n_epochs)
        for _ in range(n_epochs):
            if self.monitor.iteration(adam.epoch(), self.parameters.flat):
                return VALIDATION
        return MAX_ITER if self.settings.learning_rate_schedule == "constant" else SCHEDULED

    def _run_full_batch(self) -> str:
        max_iter = self.settings.max_iter or MAX_ITERATIONS[self.solver]
        tol = self.settings.tol
        objective, flat = self._objective(self.rows, FULL_BATCH_BLOCK), self.parameters.flat
        if self.solver == "gd":
            rate = self._learning_rate("gd")
            return gradient_descent(
                objective, flat, self.monitor, learning_rate=rate, max_iter=max_iter, tol=tol
            )
        if self.solver == "lbfgs":
            return lbfgs(objective, flat, self.monitor, max_iter=max_iter, tol=tol)
        whitening = Whitening(self.rows)
        return gauss_newton(objective, flat, self.monitor, whitening=whitening, max_iter=max_iter, tol=tol)

    def _where_it_ended(self) -> tuple[float, float]:
        objective = self._objective(self.rows, FULL_BATCH_BLOCK)
        gradient = np.empty_like(self.parameters.flat)
        value, _ = objective.value_and_gradient(self.parameters.flat, gradient)
        return value, float(np.linalg.norm(gradient))

    def _best_solver(self) -> str:
        """L-BFGS where there are more targets than unknowns and a second of it goes far; else Adam."""
        n_unknowns, n_rows = self.shape.size, len(self.rows)
        is_smooth = self.settings.loss in SMOOTH_LOSSES
        is_determined = n_unknowns <= n_rows * self.n_targets
        return "lbfgs" if is_smooth and is_determined and n_unknowns * n_rows <= 10_000_000 else "adam"

    def _random_start(self) -> Parameters:
        if self.solver == "gauss_newton":
            return cancelling_start(self.shape, self.random, Whitening(self.rows))
        return random_start(self.shape, self.random, self.rows.X.dtype)

    def _learning_rate(self, solver: str) -> float:
        given = self.settings.learning_rate
        return LEARNING_RATES[solver] if given is None else given

    def _adam(self, schedule: Any, n_epochs: int) -> Adam:
        return Adam(
            self._objective(self.rows, self.settings.batch_size),
            self.parameters,
            learning_rate=self._learning_rate("adam"),
            schedule=schedule,
            n_epochs=n_epochs,
            random=self.random,
            state=self._adam_state,
        )

    def _objective(self, rows: Rows, block_size: int) -> Objective:
        return Objective(
            self.shape,
            self.activation,
            self.loss,
            rows,
            output_weights=self.output_weights,
            penalty=self._penalty(),
            block_size=block_size,
        )

    def _n_epochs(self) -> int:
        if self.settings.max_iter is not None:
            return self.settings.max_iter
        n_batches = math.ceil(len(self.rows) / self.settings.batch_size)
        return min(max(STEPS_OF_ADAM // n_batches, 10), 2000)

    def _standardised_loss(self) -> tuple[Loss, Floats | None, float]:
        """The loss in standardised units, each output's weight in it, and one unit of it in the user's."""
        spread = self.scaling.y_spread
        per_output = np.tile(spread, self.shape.n_outputs // self.n_targets)
        loss = self._loss().scaled(per_output)
        largest = spread.max()
        weights = (per_output / largest) ** loss.degree
        with np.errstate(over="ignore"):  # the square of a huge error may well be infinite
            unit = float(np.float64(largest) ** loss.degree)
        return loss, None if (weights == 1.0).all() else weights, unit

    def _loss(self) -> Loss:
        """The loss in the target's units."""
        if self.settings.loss == "squared_error":
            return SquaredError()
        if self.settings.loss == "absolute_error":
            return AbsoluteError()
        if self.settings.loss == "huber":
            return Huber(np.full(self.shape.n_outputs, self.settings.huber_delta))
        return Pinball(np.repeat(np.asarray(self.settings.quantiles, float), self.n_targets))

    def _penalty(self) -> Penalty | None:
        """alpha on c, w and v as the user knows them, whatever the activation's centred form.

        An output's own coefficients are pulled as hard as its errors count.
        """
        if not self.settings.alpha or not self.shape.size:
            return None
        strength = Parameters.zeros(self.shape, self.parameters.flat.dtype)
        strength.hidden[:-1] = 1.0 / self.activation.inner**2
        strength.amplitudes[:] = 1.0 / self.activation.outer**2
        strength.output[:-1] = 1.0
        if self._anchor is not None:
            strength.hidden[-1] = 1.0 / self.activation.inner**2
            strength.output[-1] = 1.0
        if self.output_weights is not None:
            strength.amplitudes *= self.output_weights
            strength.output *= self.output_weights
        strength.flat *= 2.0 * self.settings.alpha / self.rows.total_row_weight
        return Penalty(strength.flat, self._anchor)
