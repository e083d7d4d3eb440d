"""No finite input makes it overflow, and units do not matter. (Every warning is an error here.)"""

from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning

from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.checks import Floats
from training.sigmoids.solvers.registry import SOLVERS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def bends(n: int = 80) -> tuple[Floats, Floats]:
    random = np.random.default_rng(0)
    X = random.uniform(-2, 2, (n, 2))
    return X, np.tanh(2 * X[:, 0]) + 0.3 * X[:, 1]


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("unit", [1e-12, 1e12])
def test_units_of_the_target_do_not_matter(solver: str, unit: float) -> None:
    X, y = bends()
    model = SumOfSigmoidsRegressor(6, solver=solver, max_iter=4, random_state=0)
    plain = model.fit(X, y).predict(X)
    np.testing.assert_allclose(model.fit(X, y * unit).predict(X) / unit, plain, rtol=0, atol=1e-4)
    assert model.loss_curve_[-1] == pytest.approx(np.mean((y - plain) ** 2) * unit**2, rel=0.5)


@pytest.mark.parametrize("solver", SOLVERS)
def test_scales_and_offsets_of_the_inputs_do_not_matter(solver: str) -> None:
    X, y = bends()
    model = SumOfSigmoidsRegressor(6, solver=solver, max_iter=4, random_state=0)
    plain = model.fit(X, y).predict(X)
    shifted = X * [1e8, 1e-8] + [1e9, 1e-7]
    np.testing.assert_allclose(model.fit(shifted, y).predict(shifted), plain, rtol=0, atol=1e-3)


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e12])
def test_gauss_newton_comes_as_low_in_any_unit(unit: float) -> None:
    X, y = bends()
    model = SumOfSigmoidsRegressor(6, solver="gauss_newton", max_iter=30, random_state=0)
    assert model.fit(X * unit + unit, y * unit).score(X * unit + unit, y * unit) > 0.999


@pytest.mark.parametrize("solver", SOLVERS)
def test_constant_collinear_and_duplicate_columns_and_rows_are_no_trouble(solver: str) -> None:
    X, y = bends()
    X = np.column_stack([X, X[:, 0], X[:, 0] - X[:, 1], np.full(len(X), 7.0), np.zeros(len(X))])
    X, y = np.vstack([X, X[:20]]), np.concatenate([y, y[:20]])
    model = SumOfSigmoidsRegressor(6, solver=solver, max_iter=300, random_state=0, linear_term=True).fit(X, y)
    assert model.score(X, y) > 0.95


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("target", [0.0, 5.0, -1e12])
def test_one_sample_and_constant_targets_are_predicted_as_they_are(solver: str, target: float) -> None:
    model = SumOfSigmoidsRegressor(3, solver=solver, random_state=0).fit([[1.0, 2.0]], [target])
    assert model.predict([[1.0, 2.0]]) == pytest.approx([target], rel=1e-6, abs=1e-2)
    X, _ = bends()
    flat = SumOfSigmoidsRegressor(3, solver=solver, random_state=0).fit(X, np.full(len(X), target))
    np.testing.assert_allclose(flat.predict(X), target, rtol=1e-6, atol=0.05)


def finite(width: Literal[32, 64]) -> st.SearchStrategy[float]:
    largest = 2.0**114 if width == 32 else 2.0**1010  # a coefficient may be thousands of times a target
    return st.floats(-largest, largest, width=width)


@st.composite
def three_finite(draw: st.DrawFn, width: Literal[32, 64]) -> Floats:
    """Any three numbers, or three that differ by about as much as rounding does."""
    dtype = np.dtype(f"f{width // 8}")
    if draw(st.booleans()):
        return np.array(draw(st.lists(finite(width), min_size=3, max_size=3)), dtype)
    steps = draw(st.lists(st.integers(-40, 40), min_size=3, max_size=3))
    return (draw(finite(width)) * (1 + np.array(steps) * np.finfo(dtype).eps)).astype(dtype)


@pytest.mark.parametrize("width", [32, 64])
@given(data=st.data(), solver=st.sampled_from(sorted(SOLVERS)), linear_term=st.booleans())
@settings(max_examples=100)
def test_no_finite_number_overflows(
    width: Literal[32, 64], data: st.DataObject, solver: str, linear_term: bool
) -> None:
    X, y = (data.draw(three_finite(width), label) for label in "Xy")
    model = SumOfSigmoidsRegressor(3, solver=solver, max_iter=3, random_state=0, linear_term=linear_term)
    assert np.isfinite(model.fit(X[:, None], y).predict(X[:, None])).all()


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_huge_target_that_varies_by_its_rounding_alone_does_not_overflow(solver: str) -> None:
    y = 1.2314909251892294e222 * (1 + np.array([0, -4, 3]) * np.finfo(float).eps)
    model = SumOfSigmoidsRegressor(3, solver=solver, max_iter=3, random_state=0)
    np.testing.assert_allclose(model.fit(np.zeros((3, 1)), y).predict([[0.0]]), y[0])


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_slope_that_no_number_holds_does_not_overflow(solver: str) -> None:
    X, y = np.array([[0.0], [0.0], [1e-241]]), np.array([0.0, 0.0, 1e69])
    model = SumOfSigmoidsRegressor(3, solver=solver, max_iter=3, random_state=0, linear_term=True)
    assert np.isfinite(model.fit(X, y).predict(X)).all()


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_line_whose_value_at_zero_no_number_holds_does_not_overflow(solver: str) -> None:
    X, y = 1.4625353537904434e16 + np.array([[0.0], [70.0], [76.0]]), np.array([0.0, 0.0, 4.7e295])
    model = SumOfSigmoidsRegressor(3, solver=solver, max_iter=3, random_state=0, linear_term=True)
    assert np.isfinite(model.fit(X, y).predict(X)).all()


@pytest.mark.parametrize("solver", SOLVERS)
def test_tiny_inputs_that_vary_by_their_rounding_alone_do_not_overflow(solver: str) -> None:
    X = -1.1760112142540395e-129 * (1 + np.array([[1], [0], [1]]) * np.finfo(float).eps)
    model = SumOfSigmoidsRegressor(3, solver=solver, max_iter=3, random_state=0)
    assert np.isfinite(model.fit(X, [1e304, 1e304, 0.0]).predict(X)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("linear_term", [False, True])
def test_the_largest_inputs_are_predicted_without_overflow(
    dtype: type[np.floating[Any]], linear_term: bool
) -> None:
    X, y = bends()
    model = SumOfSigmoidsRegressor(5, solver="lbfgs", random_state=0, linear_term=linear_term)
    model.fit(X.astype(dtype), y)
    largest = np.finfo(dtype).max
    corners = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], dtype) * largest
    assert np.isfinite(model.predict(corners)).all()


def test_far_beyond_the_training_rows_a_sum_of_sigmoids_is_flat() -> None:
    X, y = bends()
    model = SumOfSigmoidsRegressor(5, solver="lbfgs", random_state=0).fit(X, y)
    np.testing.assert_array_equal(model.predict([[1e200, 0.0]]), model.predict([[1e300, 0.0]]))


def test_outputs_of_different_units_are_learned_side_by_side() -> None:
    X, y = bends()
    Y = np.column_stack([1e3 * y, X[:, 0]])
    model = SumOfSigmoidsRegressor(10, solver="adam", max_iter=2000, random_state=0).fit(X, Y)
    assert model.score(X, Y) > 0.95


def test_a_fit_that_has_not_converged_says_what_to_change() -> None:
    X, y = bends()
    with pytest.warns(ConvergenceWarning, match="Raise max_iter or tol"):
        SumOfSigmoidsRegressor(3, solver="gd", max_iter=2).fit(X, y)
