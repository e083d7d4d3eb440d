"""One fit, from checked rows to coefficients."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from .activations import ACTIVATIONS
from .adam import SCHEDULES, Adam, AdamState, no_decay
from .coefficients import Coefficients, random_parameters
from .losses import AbsoluteError, Huber, Loss, Pinball, SquaredError
from .objective import Objective, Penalty
from .parameters import Parameters, Shape
from .rows import Rows, Scaling

if TYPE_CHECKING:
    from .estimator import SumOfSigmoidsRegressor

Floats = NDArray[np.floating[Any]]

STEPS_OF_ADAM = 10_000


class Training:
    """The state of a fit: standardised units, parameters, and how it went.

    Parameters
    ----------
    settings : SumOfSigmoidsRegressor
        The estimator, for its constructor's arguments.
    X, Y, weights : ndarrays
        Checked rows.
    start : Coefficients or None
        Where to start; None for a random start.
    """

    def __init__(
        self,
        settings: SumOfSigmoidsRegressor,
        X: Floats,
        Y: Floats,
        weights: Floats | None,
        start: Coefficients | None,
    ) -> None:
        self.random = check_random_state(settings.random_state)
        self.activation = ACTIVATIONS[settings.activation]
        self.scaling = Scaling.of(X, Y, weights)
        self.n_targets = Y.shape[1]
        n_quantiles = len(settings.quantiles) if settings.loss == "quantile" else 1
        self.shape = Shape(
            X.shape[1], settings.n_sigmoids, self.n_targets * n_quantiles, settings.linear_term
        )
        if start is None:
            self.parameters = random_parameters(self.shape, self.random, X.dtype)
        else:
            self.parameters = start.to_parameters(self.shape, self.scaling, self.activation)
        self._anchor = self.parameters.flat.copy() if settings.pull_to == "start" else None
        self.loss_curve: list[float] = []
        self.gradient_norm = math.nan
        self.stop_reason = ""
        self._state: AdamState | None = None
        self.continue_with(settings, X, Y, weights)

    def continue_with(
        self, settings: SumOfSigmoidsRegressor, X: Floats, Y: Floats, weights: Floats | None
    ) -> None:
        """Take other rows, keeping units and parameters."""
        self.settings = settings
        self.rows = Rows(X, Y, weights, self.scaling)
        self.loss, self.output_weights, self.loss_unit = self._standardised_loss()

    def run(self) -> None:
        """Fit until done."""
        adam = self._adam(SCHEDULES[self.settings.learning_rate_schedule], self._n_epochs())
        for epoch in range(self._n_epochs()):
            self._record(epoch, adam.epoch() * self.loss_unit)
        self.stop_reason = "max_iter reached"

    def run_epoch(self) -> None:
        """Go over the rows once."""
        adam = self._adam(no_decay, 1)
        self._record(len(self.loss_curve), adam.epoch() * self.loss_unit)
        self._state = adam.state
        self.stop_reason = "partial_fit: one epoch a call"

    def coefficients(self) -> Coefficients:
        return Coefficients.from_parameters(self.parameters, self.scaling, self.activation)

    def _adam(self, schedule: Any, n_epochs: int) -> Adam:
        return Adam(
            self._objective(),
            self.parameters,
            learning_rate=self.settings.learning_rate,
            schedule=schedule,
            n_epochs=n_epochs,
            random=self.random,
            state=self._state,
        )

    def _objective(self) -> Objective:
        return Objective(
            self.shape,
            self.activation,
            self.loss,
            self.rows,
            output_weights=self.output_weights,
            penalty=self._penalty(),
            block_size=self.settings.batch_size,
        )

    def _record(self, iteration: int, loss: float) -> None:
        self.loss_curve.append(loss)
        if self.settings.verbose:
            print(f"iteration {iteration + 1}: loss {loss:.6g}")
        if self.settings.callback is not None:
            self.settings.callback(iteration + 1, loss)

    def _n_epochs(self) -> int:
        if self.settings.max_iter is not None:
            return self.settings.max_iter
        n_batches = math.ceil(len(self.rows) / self.settings.batch_size)
        return min(max(STEPS_OF_ADAM // n_batches, 10), 400)

    def _standardised_loss(self) -> tuple[Loss, Floats | None, float]:
        """The loss in standardised units, each output's weight in it, and one unit of it in the user's."""
        spread = self.scaling.y_spread
        per_output = np.tile(spread, self.shape.n_outputs // self.n_targets)
        loss = self._loss().scaled(per_output)
        largest = spread.max()
        weights = (per_output / largest) ** loss.degree
        return loss, None if (weights == 1.0).all() else weights, float(largest) ** loss.degree

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
        """alpha on c, w and v as the user knows them, whatever the activation's centred form."""
        if not self.settings.alpha:
            return None
        strength = Parameters.zeros(self.shape, self.parameters.flat.dtype)
        strength.hidden[:-1] = 1.0 / self.activation.inner**2
        strength.amplitudes[:] = 1.0 / self.activation.outer**2
        strength.output[:-1] = 1.0
        if self._anchor is not None:
            strength.hidden[-1] = 1.0 / self.activation.inner**2
            strength.output[-1] = 1.0
        strength.flat *= self.settings.alpha
        centre = np.zeros_like(strength.flat) if self._anchor is None else self._anchor
        return Penalty(strength.flat, centre)
