"""Rounding does not decide where a fit ends: the same rows, said otherwise, give the same sum."""

import numpy as np
import pytest

from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.checks import Floats

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
FULL_BATCH = [
    ("gauss_newton", "squared_error"),
    ("gauss_newton", "huber"),
    ("lbfgs", "squared_error"),
    ("lbfgs", "huber"),
    ("gd", "squared_error"),
    ("gd", "absolute_error"),
    ("gd", "huber"),
    ("gd", "quantile"),
]
EVERY = [*FULL_BATCH, *(("adam", loss) for loss in ("squared_error", "absolute_error", "huber", "quantile"))]
MAX_ITER = {"gauss_newton": 300, "lbfgs": 1000, "gd": 100, "adam": 20}


def bends(seed: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    X = random.uniform(-2, 2, (60, 2))
    return X, np.tanh(2 * X[:, 0]) + 0.3 * X[:, 1] + random.normal(0, 0.1, 60)


def fewer_rows_than_columns(seed: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    return random.random((15, 30)), random.integers(0, 3, 15).astype(float)


def weeks(seed: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    views = 1000 + 50 * np.sin(np.arange(90) * (2 * np.pi / 7)) + random.normal(0, 10, 90)
    return np.lib.stride_tricks.sliding_window_view(views, 8)[:, :7].copy(), views[7:]


@pytest.fixture(params=[bends, fewer_rows_than_columns, weeks])
def rows(request: pytest.FixtureRequest) -> tuple[Floats, Floats]:
    return request.param(0)


def fitted(
    solver: str, loss: str, X: Floats, y: Floats, sample_weight: Floats | None = None
) -> SumOfSigmoidsRegressor:
    model = SumOfSigmoidsRegressor(
        4, solver=solver, loss=loss, alpha=1.0, tol=1e-7, max_iter=MAX_ITER[solver], random_state=0
    )
    return model.fit(X, y, sample_weight)


def assert_same(model: SumOfSigmoidsRegressor, other: SumOfSigmoidsRegressor, X: Floats, y: Floats) -> None:
    np.testing.assert_allclose(model.predict(X), other.predict(X), rtol=0, atol=1e-3 * y.std())


@pytest.mark.parametrize(("solver", "loss"), EVERY)
def test_rows_that_differ_by_rounding(solver: str, loss: str, rows: tuple[Floats, Floats]) -> None:
    X, y = rows
    nudged = X * (1 + 1e-13 * np.random.default_rng(1).standard_normal(X.shape))
    assert_same(fitted(solver, loss, X, y), fitted(solver, loss, nudged, y), X, y)


@pytest.mark.parametrize(("solver", "loss"), FULL_BATCH)
def test_rows_in_another_order(solver: str, loss: str, rows: tuple[Floats, Floats]) -> None:
    X, y = rows
    order = np.random.default_rng(1).permutation(len(X))
    assert_same(fitted(solver, loss, X, y), fitted(solver, loss, X[order], y[order]), X, y)


@pytest.mark.parametrize(("solver", "loss"), FULL_BATCH)
def test_a_row_of_weight_k_is_k_rows_and_of_weight_zero_none(
    solver: str, loss: str, rows: tuple[Floats, Floats]
) -> None:
    X, y = rows
    times = np.random.default_rng(1).integers(0, 4, len(X))
    repeated = fitted(solver, loss, X.repeat(times, axis=0), y.repeat(times))
    assert_same(repeated, fitted(solver, loss, X, y, times.astype(float)), X, y)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("alpha", [0.1, 1.0])
def test_gauss_newton_does_not_leap_to_the_constant_from_a_penalised_start(alpha: float, seed: int) -> None:
    X, y = bends(seed)
    model = SumOfSigmoidsRegressor(4, solver="gauss_newton", alpha=alpha, random_state=seed)
    assert model.fit(X, y).score(X, y) > 0.8
