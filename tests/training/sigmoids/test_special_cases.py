"""Where another estimator computes the same thing, the two agree."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import HuberRegressor, QuantileRegressor, Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler

from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.arithmetic.coefficients import Coefficients
from training.sigmoids.checks import Floats


@pytest.fixture
def lines() -> tuple[Floats, Floats]:
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 3)) * [1, 10, 0.1] + [0, 100, -5]
    return X, X @ [1.0, -0.3, 20.0] + 7 + random.standard_t(3, 200)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("n_targets", [1, 3])
def test_one_hidden_layer_of_a_perceptron_is_a_sum_of_sigmoids(n_targets: int) -> None:
    random = np.random.default_rng(0)
    X, Y = random.normal(size=(60, 4)), random.normal(size=(60, n_targets))
    perceptron = MLPRegressor(hidden_layer_sizes=(7,), activation="logistic", max_iter=5, random_state=0)
    perceptron.fit(X, Y if n_targets > 1 else Y[:, 0])
    ours = SumOfSigmoidsRegressor(solver="adam", max_iter=1).fit(X, Y if n_targets > 1 else Y[:, 0])
    same = ours.with_coefficients(
        Coefficients(
            constant=perceptron.intercepts_[1],
            amplitudes=perceptron.coefs_[1],
            offsets=perceptron.intercepts_[0],
            weights=perceptron.coefs_[0].T,
            linear_weights=np.zeros((4, n_targets)),
        ),
        "a perceptron's",
    )
    np.testing.assert_allclose(same.predict(X), perceptron.predict(X), rtol=0, atol=1e-14)


def linear(loss: str, **settings: Any) -> SumOfSigmoidsRegressor:
    return SumOfSigmoidsRegressor(0, loss=loss, linear_term=True, random_state=0, **settings)


@pytest.mark.parametrize("solver", ["lbfgs", "gauss_newton", "gd"])
@pytest.mark.parametrize("alpha", [0.0, 10.0])
def test_without_sigmoids_squared_error_is_ridge_regression(
    lines: tuple[Floats, Floats], solver: str, alpha: float
) -> None:
    X, y = lines
    ours = linear("squared_error", solver=solver, alpha=alpha, tol=1e-9).fit(X, y)
    standardised = StandardScaler().fit_transform(X)
    ridge = Ridge(alpha=alpha).fit(standardised, y)
    np.testing.assert_allclose(ours.predict(X), ridge.predict(standardised), rtol=1e-6)


def test_without_sigmoids_the_loss_of_huber_is_hubers_regression(lines: tuple[Floats, Floats]) -> None:
    X, y = lines
    standardised = StandardScaler().fit_transform(X)
    theirs = HuberRegressor(epsilon=1.35, alpha=0.0, tol=1e-9, max_iter=1000).fit(standardised, y)
    delta = 1.35 * theirs.scale_
    for solver in ("lbfgs", "gauss_newton"):
        ours = linear("huber", huber_delta=delta, solver=solver, alpha=0.0, tol=1e-9).fit(X, y)
        np.testing.assert_allclose(ours.predict(X), theirs.predict(standardised), atol=1e-4)


@pytest.mark.parametrize(
    ("loss", "quantile"), [("quantile", 0.2), ("quantile", 0.9), ("absolute_error", 0.5)]
)
def test_without_sigmoids_the_pinball_loss_is_quantile_regression(
    lines: tuple[Floats, Floats], loss: str, quantile: float
) -> None:
    X, y = lines
    theirs = QuantileRegressor(quantile=quantile, alpha=0.0).fit(X, y)
    ours = linear(loss, quantiles=(quantile,), alpha=0.0, max_iter=3000).fit(X, y)

    def pinball(predicted: Floats) -> np.floating[Any]:
        return np.mean(np.maximum(quantile * (y - predicted), (quantile - 1) * (y - predicted)))

    assert pinball(ours.predict(X)) <= 1.005 * pinball(theirs.predict(X))


def test_two_relus_make_a_hard_sigmoid() -> None:
    X = np.linspace(-5, 5, 101)[:, None]
    zero = np.zeros((1, 1))
    flat_slope_flat = Coefficients(np.zeros(1), np.ones((1, 1)), np.zeros(1), np.ones((1, 1)), zero)
    kinks = Coefficients(
        np.zeros(1), np.array([[0.25], [-0.25]]), np.array([2.0, -2.0]), np.ones((2, 1)), zero
    )
    hard = SumOfSigmoidsRegressor(activation="hard_sigmoid").with_coefficients(flat_slope_flat, "")
    two = SumOfSigmoidsRegressor(activation="relu").with_coefficients(kinks, "")
    np.testing.assert_allclose(hard.predict(X), two.predict(X), atol=1e-15)
