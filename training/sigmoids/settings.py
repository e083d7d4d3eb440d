"""The constructor arguments of the estimator: their types and valid ranges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, Protocol

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .arithmetic.activations import ACTIVATIONS
from .solvers.adam import SCHEDULES
from .solvers.registry import SOLVERS
from .solvers.solver import SolverSettings

SMOOTH_LOSSES = ("squared_error", "huber")

PARAMETER_CONSTRAINTS: dict[str, list[Any]] = {
    "n_sigmoids": [Interval(Integral, 0, None, closed="left")],
    "activation": [StrOptions(set(ACTIVATIONS))],
    "loss": [StrOptions({"squared_error", "absolute_error", "huber", "quantile"})],
    "quantiles": ["array-like"],
    "huber_delta": [Interval(Real, 0, None, closed="neither")],
    "linear_term": ["boolean"],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "pull_to": [StrOptions({"zero", "start"})],
    "solver": [StrOptions({"auto", *SOLVERS})],
    "learning_rate": [Interval(Real, 0, None, closed="neither"), None],
    "learning_rate_schedule": [StrOptions(set(SCHEDULES))],
    "batch_size": [Interval(Integral, 1, None, closed="left")],
    "max_iter": [Interval(Integral, 1, None, closed="left"), None],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
    "tol": [Interval(Real, 0, None, closed="left")],
    "n_restarts": [Interval(Integral, 1, None, closed="left")],
    "n_jobs": [Integral, None],
    "warm_start": ["boolean"],
    "random_state": ["random_state"],
    "callback": [callable, None],
    "verbose": ["verbose"],
}


class Settings(SolverSettings, Protocol):
    """The estimator's constructor arguments, as a fit reads them. `SumOfSigmoidsRegressor` describes them."""

    @property
    def n_sigmoids(self) -> int: ...
    @property
    def activation(self) -> str: ...
    @property
    def loss(self) -> str: ...
    @property
    def quantiles(self) -> Sequence[float]: ...
    @property
    def huber_delta(self) -> float: ...
    @property
    def linear_term(self) -> bool: ...
    @property
    def alpha(self) -> float: ...
    @property
    def pull_to(self) -> str: ...
    @property
    def solver(self) -> str: ...
    @property
    def early_stopping(self) -> bool: ...
    @property
    def validation_fraction(self) -> float: ...
    @property
    def n_iter_no_change(self) -> int: ...
    @property
    def n_restarts(self) -> int: ...
    @property
    def n_jobs(self) -> int | None: ...
    @property
    def warm_start(self) -> bool: ...
    @property
    def random_state(self) -> int | np.random.RandomState | None: ...
    @property
    def callback(self) -> Callable[[int, float], None] | None: ...
    @property
    def verbose(self) -> bool: ...


def check_settings(settings: Settings) -> None:
    """Check settings that depend on each other, or that a range cannot describe.

    Raises
    ------
    ValueError
        When a quantile is not between 0 and 1, or a solver does not support the loss.
    """
    if settings.loss == "quantile":
        quantiles = np.asarray(settings.quantiles, float)
        if quantiles.ndim != 1 or not len(quantiles) or not ((quantiles > 0) & (quantiles < 1)).all():
            raise ValueError(
                f"quantiles are numbers between 0 and 1, such as (0.1, 0.5, 0.9); found {quantiles}."
            )
    solver = SOLVERS.get(settings.solver)
    if solver is not None and solver.needs_smooth_loss and settings.loss not in SMOOTH_LOSSES:
        raise ValueError(
            f'solver="{settings.solver}" needs a loss without a kink, one of {SMOOTH_LOSSES}; '
            f'with loss="{settings.loss}" use solver="adam".'
        )
