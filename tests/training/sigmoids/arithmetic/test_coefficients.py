"""Coefficients in the user's units, in those of training, and among others."""

import numpy as np
import pytest

from training.sigmoids.arithmetic.activations import ACTIVATIONS
from training.sigmoids.arithmetic.coefficients import Coefficients
from training.sigmoids.arithmetic.compiled_sum import CompiledSum
from training.sigmoids.arithmetic.losses import AbsoluteError, Huber, Loss, Pinball, SquaredError
from training.sigmoids.arithmetic.parameters import Shape
from training.sigmoids.arithmetic.rows import Scaling

N_FEATURES, N_SIGMOIDS, N_OUTPUTS = 3, 4, 2
SCALING = Scaling(np.array([1.0, -2.0, 50.0]), np.array([0.5, 3.0, 10.0]), np.array([7.0]), np.array([4.0]))


def some_coefficients() -> Coefficients:
    random = np.random.default_rng(0)
    return Coefficients(
        constant=random.normal(size=N_OUTPUTS),
        amplitudes=random.normal(size=(N_SIGMOIDS, N_OUTPUTS)),
        offsets=random.normal(size=N_SIGMOIDS),
        weights=random.normal(size=(N_SIGMOIDS, N_FEATURES)),
        linear_weights=random.normal(size=(N_FEATURES, N_OUTPUTS)),
    )


def sum_at(coefficients: Coefficients, X: np.ndarray, activation: str = "sigmoid") -> np.ndarray:
    return coefficients.components(X, ACTIVATIONS[activation]).sum(axis=1)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_way_to_trainings_units_and_back_changes_nothing(activation: str) -> None:
    shape = Shape(N_FEATURES, N_SIGMOIDS, N_OUTPUTS, linear_term=True)
    unit = ACTIVATIONS[activation]
    given = some_coefficients()
    back = Coefficients.from_parameters(given.to_parameters(shape, SCALING, unit), SCALING, unit)
    for name, array in vars(given).items():
        np.testing.assert_allclose(getattr(back, name), array, atol=1e-12, err_msg=name)


def test_in_trainings_units_it_is_the_same_function() -> None:
    shape = Shape(N_FEATURES, N_SIGMOIDS, N_OUTPUTS, linear_term=True)
    unit, given = ACTIVATIONS["sigmoid"], some_coefficients()
    parameters = given.to_parameters(shape, SCALING, unit)
    X = np.random.default_rng(1).normal(size=(5, N_FEATURES)) * SCALING.x_spread + SCALING.x_centre
    inputs = np.hstack([(X - SCALING.x_centre) / SCALING.x_spread, np.ones((5, 1))])
    units = inputs @ parameters.hidden
    unit.apply(units)
    standardised = inputs @ parameters.output + units @ parameters.amplitudes
    np.testing.assert_allclose(standardised * 4.0 + 7.0, sum_at(given, X), atol=1e-10)


def test_selected_features_and_outputs_can_be_put_back_in_their_places() -> None:
    given, features, outputs = some_coefficients(), np.array([2, 0]), np.array([1])
    part = given.select(features, outputs)
    again = part.embed(N_FEATURES, features, N_OUTPUTS, outputs)
    X = np.random.default_rng(2).normal(size=(6, N_FEATURES))
    X[:, 1] = 0.0  # the feature that was not selected
    np.testing.assert_allclose(sum_at(again, X)[:, 1], sum_at(given, X)[:, 1])
    np.testing.assert_array_equal(sum_at(again, X)[:, 0], 0.0)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_compiled_sum_is_the_sum_and_its_first_outputs_are_theirs(activation: str) -> None:
    given, X = some_coefficients(), np.random.default_rng(3).normal(size=(6, N_FEATURES))
    compiled = CompiledSum.of(given, ACTIVATIONS[activation])
    np.testing.assert_allclose(compiled.outputs(X), sum_at(given, X, activation))
    np.testing.assert_allclose(compiled.first_outputs(1).outputs(X), sum_at(given, X, activation)[:, :1])


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("steepness", [1e-3, 1.0, 1e100])
def test_the_largest_input_that_is_taken_overflows_nothing(steepness: float, sign: float) -> None:
    given = Coefficients(
        np.zeros(1), np.ones((1, 1)), np.zeros(1), np.full((1, 2), steepness), np.full((2, 1), steepness)
    )
    compiled = CompiledSum.of(given, ACTIVATIONS["relu"])
    huge = compiled.clipped(np.full((1, 2), sign * np.finfo(float).max))
    assert compiled.takes(huge)
    assert np.isfinite(compiled.outputs(huge)).all()
    assert max(steepness, 1.0) * abs(huge).max() > np.finfo(float).max / 100


@pytest.mark.parametrize("loss", [SquaredError(), AbsoluteError(), Pinball(np.array([0.3]))])
def test_a_losss_degree_says_how_it_grows_with_the_residual(loss: Loss) -> None:
    def value(residual: np.ndarray) -> float:
        slope = np.empty_like(residual)
        loss.slope(residual, slope)
        return loss.value(residual, slope, slope)

    residual = np.random.default_rng(4).normal(size=(20, 1))
    assert value(3.0 * residual) == pytest.approx(3.0**loss.degree * value(residual))


def test_hubers_degree_holds_when_its_delta_is_scaled_too() -> None:
    def value(delta: float, residual: np.ndarray) -> float:
        loss, slope = Huber(np.array([delta])), np.empty_like(residual)
        loss.slope(residual, slope)
        return loss.value(residual, slope, slope)

    residual = np.random.default_rng(5).normal(size=(20, 1))
    degree = Huber(np.array([1.0])).degree
    assert value(3.0, 3.0 * residual) == pytest.approx(3.0**degree * value(1.0, residual))
