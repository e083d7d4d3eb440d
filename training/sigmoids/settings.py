"""What each of the estimator's parameters may be, as scikit-learn checks it."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

from sklearn.utils._param_validation import Interval, StrOptions

from .arithmetic.activations import ACTIVATIONS
from .solvers.adam import SCHEDULES

PARAMETER_CONSTRAINTS: dict[str, list[Any]] = {
    "n_sigmoids": [Interval(Integral, 0, None, closed="left")],
    "activation": [StrOptions(set(ACTIVATIONS))],
    "loss": [StrOptions({"squared_error", "absolute_error", "huber", "quantile"})],
    "quantiles": ["array-like"],
    "huber_delta": [Interval(Real, 0, None, closed="neither")],
    "linear_term": ["boolean"],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "pull_to": [StrOptions({"zero", "start"})],
    "solver": [StrOptions({"auto", "adam", "lbfgs", "gauss_newton", "gd"})],
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
