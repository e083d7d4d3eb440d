"""One fit, from checked rows to coefficients."""

from __future__ import annotations

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
from .solvers.adam import Adam, AdamState, no_decay
from .solvers.monitor import Monitor, Validation
from .solvers.registry import SOLVERS
from .solvers.solver import FULL_BATCH_BLOCK, Problem
from .solvers.stop_reasons import MAX_ITER, PARTIAL, VANISHED

Floats = NDArray[np.floating[Any]]


class Fit:
    """One fit: standardised units, parameters, and the course of the fit.

    Parameters
    ----------
    settings : Settings
        The estimator's constructor arguments.
    X, Y, weights : ndarrays
        Checked arrays.
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
        self.solver = SOLVERS[self._best_solver() if settings.solver == "auto" else settings.solver]
        self._anchor: Floats | None = None
        if start is None:
            self.parameters = Parameters.zeros(self.shape, self.rows.X.dtype)
            self.solver.start(self._problem())
        else:
            check_start(start, self.shape)
            self.parameters = start.to_parameters(self.shape, self.scaling, self.activation)
        if settings.pull_to == "start":
            self._anchor = self.parameters.flat.copy()

    def continue_with(self, settings: Settings, X: Floats, Y: Floats, weights: Floats | None) -> None:
        """Replace the rows, keeping units and parameters."""
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
        self.stop_reason = self.solver.minimise(self._problem())
        self.final_loss, self.gradient_norm = self._where_it_ended()
        if self.stop_reason == MAX_ITER and self.gradient_norm <= self.settings.tol:
            self.stop_reason = VANISHED
        if validation is not None and validation.best is not None:
            self.parameters.flat[:] = validation.best
            self.final_loss = validation.best_loss

    def run_epoch(self) -> None:
        """Go over the rows once with Adam."""
        adam = Adam.of(self._problem(), no_decay, 1, self._adam_state)
        loss = adam.epoch()
        self._adam_state = adam.state
        self.monitor.iteration(loss, self.parameters.flat)
        self.gradient_norm = float(np.linalg.norm(adam.gradient.flat))

    def forget_rows(self) -> None:
        """Keep only what the next call of `partial_fit` needs."""
        self.__dict__.pop("rows", None)
        self.__dict__.pop("settings", None)
        self.monitor.callback = self.monitor.validation = None

    def coefficients(self) -> Coefficients:
        return Coefficients.from_parameters(self.parameters, self.scaling, self.activation)

    def _where_it_ended(self) -> tuple[float, float]:
        objective = self._objective(self.rows, FULL_BATCH_BLOCK)
        gradient = np.empty_like(self.parameters.flat)
        value, _ = objective.value_and_gradient(self.parameters.flat, gradient)
        return value, float(np.linalg.norm(gradient))

    def _best_solver(self) -> str:
        """Choose L-BFGS for a smooth loss, more targets than unknowns and a small problem; otherwise Adam."""
        n_unknowns, n_rows = self.shape.size, len(self.rows)
        is_smooth = self.settings.loss in SMOOTH_LOSSES
        is_determined = n_unknowns <= n_rows * self.n_targets
        return "lbfgs" if is_smooth and is_determined and n_unknowns * n_rows <= 10_000_000 else "adam"

    def _problem(self) -> Problem:
        def objective(block_size: int) -> Objective:
            return self._objective(self.rows, block_size)

        return Problem(self.parameters, self.rows, objective, self.settings, self.monitor, self.random)

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

    def _standardised_loss(self) -> tuple[Loss, Floats | None, float]:
        """Give the standardised loss, each output's weight in it, and its unit in the user's units."""
        spread = self.scaling.y_spread
        per_output = np.tile(spread, self.shape.n_outputs // self.n_targets)
        loss = self._loss().scaled(per_output)
        largest = spread.max()
        weights = (per_output / largest) ** loss.degree
        with np.errstate(over="ignore"):  # the square of a huge error may be infinite
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
        """Make the penalty: alpha on c, w and v in the form the user knows, not the centred one.

        The penalty on an output's coefficients has the same weight as its errors.
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
