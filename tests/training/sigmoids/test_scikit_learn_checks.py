"""scikit-learn's own suite, for every solver and the losses it applies to; no check is expected to fail."""

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from training.sigmoids import SumOfSigmoidsRegressor

# A strong penalty and a small tol take the full-batch solvers to one and the same minimum, whether a row has
# weight two or is there twice; without the penalty, 15 rows leave too much open.
CONVERGED: dict[str, Any] = {"n_sigmoids": 4, "alpha": 10.0, "tol": 1e-9, "max_iter": 200}
ESTIMATORS = [
    SumOfSigmoidsRegressor(),
    SumOfSigmoidsRegressor(solver="lbfgs", **CONVERGED),
    SumOfSigmoidsRegressor(solver="lbfgs", loss="huber", linear_term=True, **CONVERGED),
    SumOfSigmoidsRegressor(solver="gauss_newton", **CONVERGED),
    SumOfSigmoidsRegressor(solver="gauss_newton", loss="huber", linear_term=True, **CONVERGED),
    *(
        SumOfSigmoidsRegressor(10, solver=solver, loss=loss, max_iter=200)
        for solver in ("adam", "gd")
        for loss in ("squared_error", "absolute_error", "huber", "quantile")
    ),
    SumOfSigmoidsRegressor(10, solver="adam", max_iter=200, activation="hard_sigmoid", linear_term=True),
    SumOfSigmoidsRegressor(10, solver="adam", max_iter=200, activation="relu", n_restarts=2),
    SumOfSigmoidsRegressor(0, linear_term=True),
]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(ESTIMATORS)  # type: ignore[untyped-decorator]
def test_it_keeps_scikit_learns_promises(
    estimator: SumOfSigmoidsRegressor, check: Callable[[SumOfSigmoidsRegressor], object]
) -> None:
    check(estimator)
