"""Gradients and Gauss-Newton products against differences; losses against scikit-learn's metrics."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mean_absolute_error, mean_pinball_loss, mean_squared_error

from training.sigmoids.arithmetic.activations import ACTIVATIONS
from training.sigmoids.arithmetic.losses import AbsoluteError, Huber, Pinball, SquaredError
from training.sigmoids.arithmetic.objective import Objective, Penalty
from training.sigmoids.arithmetic.parameters import Parameters, Shape
from training.sigmoids.arithmetic.rows import Rows, Scaling
from training.sigmoids.checks import Floats
from training.sigmoids.solvers.linearisation import Linearisation

Problem = tuple[Objective, Floats, Floats]


@st.composite
def problems(
    draw: st.DrawFn,
    losses: Sequence[str] = ("squared_error", "absolute_error", "huber", "quantile"),
    activations: Sequence[str] = tuple(ACTIVATIONS),
) -> Problem:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_rows, n_targets = draw(st.integers(1, 12)), draw(st.integers(1, 3))
    loss = draw(st.sampled_from(losses))
    n_quantiles = draw(st.integers(1, 3)) if loss == "quantile" else 1
    shape = Shape(
        draw(st.integers(1, 5)), draw(st.integers(0, 6)), n_targets * n_quantiles, draw(st.booleans())
    )
    X, Y = random.normal(size=(n_rows, shape.n_features)), random.normal(size=(n_rows, n_targets))
    if draw(st.booleans()):
        Y[random.random(Y.shape) < 0.3] = np.nan
        Y[0] = 0.5
    weights_shape = draw(st.sampled_from([None, (n_rows, 1), (n_rows, n_targets)]))
    weights = None if weights_shape is None else random.uniform(0.1, 2, weights_shape)
    scaling = Scaling(
        *(np.zeros(shape.n_features), np.ones(shape.n_features)), *(np.zeros(n_targets), np.ones(n_targets))
    )
    quantiles = np.repeat(random.uniform(0.05, 0.95, n_quantiles), n_targets)
    of_outputs = {
        "squared_error": SquaredError(),
        "absolute_error": AbsoluteError(),
        "huber": Huber(random.uniform(0.5, 2, shape.n_outputs)),
        "quantile": Pinball(quantiles),
    }
    penalty = (
        Penalty(random.uniform(0, 1, shape.size), random.normal(size=shape.size))
        if draw(st.booleans())
        else None
    )
    objective = Objective(
        shape,
        ACTIVATIONS[draw(st.sampled_from(activations))],
        of_outputs[loss],
        Rows(X, Y, weights, scaling),
        output_weights=random.uniform(0.5, 2, shape.n_outputs) if draw(st.booleans()) else None,
        penalty=penalty,
        block_size=draw(st.integers(1, 12)),
    )
    return objective, random.normal(size=shape.size), random.normal(size=shape.size)


@given(problem=problems())
@settings(max_examples=300)
def test_gradients_are_what_differences_say(problem: Problem) -> None:
    objective, theta, direction = problem
    direction /= np.linalg.norm(direction)
    gradient, elsewhere = np.empty_like(theta), np.empty_like(theta)
    objective.value_and_gradient(theta, gradient)
    step = 1e-6
    ahead, _ = objective.value_and_gradient(theta + step * direction, elsewhere)
    slope_ahead = elsewhere @ direction
    behind, _ = objective.value_and_gradient(theta - step * direction, elsewhere)
    slope_behind = elsewhere @ direction
    low, high = sorted((slope_ahead, slope_behind))
    difference = (ahead - behind) / (2 * step)
    assert low - 1e-5 * (1 + abs(low)) <= difference <= high + 1e-5 * (1 + abs(high))
    if high - low < 1e-3:  # no kink between
        assert gradient @ direction == pytest.approx(difference, rel=1e-4, abs=1e-5)


@given(problem=problems(losses=("squared_error",), activations=("sigmoid",)))
def test_the_gauss_newton_matrix_is_the_outer_product_of_the_predictions_slopes(problem: Problem) -> None:
    objective, theta, direction = problem
    parameters = Parameters(objective.shape, theta)
    linearisation = Linearisation(objective)
    linearisation.at(parameters)
    curved = direction @ linearisation.product(direction)
    step = 1e-5 / np.linalg.norm(direction)
    forward = [_predictions(objective, theta + sign * step * direction) for sign in (1, -1)]
    change = (forward[0] - forward[1]) / (2 * step)
    # With the loss w (f - y)², second differences of the loss along the tangent are 2 w (df)².
    weights = objective.rows.weights if objective.rows.weights is not None else np.ones((len(change), 1))
    weights = weights * ~np.isnan(objective.rows.Y)
    if objective.output_weights is not None:
        weights = weights * objective.output_weights
    expected = 2 * (weights * change**2).sum() / objective.total_weight
    if objective.penalty is not None:
        expected += direction @ (objective.penalty.strength * direction)
    assert curved == pytest.approx(expected, rel=1e-4, abs=1e-7)


def _predictions(objective: Objective, theta: Floats) -> Floats:
    parameters = Parameters(objective.shape, theta)
    inputs = np.column_stack([objective.rows.X, np.ones(len(objective.rows))])
    units = inputs @ parameters.hidden
    objective.activation.apply(units)
    linear = inputs @ parameters.output if objective.shape.linear_term else parameters.output
    return units @ parameters.amplitudes + linear


METRICS = {
    "squared_error": (SquaredError(), mean_squared_error),
    "absolute_error": (AbsoluteError(), mean_absolute_error),
    "quantile": (Pinball(np.array([0.3])), lambda y, p, **kw: mean_pinball_loss(y, p, alpha=0.3, **kw)),
}


@pytest.mark.parametrize("name", METRICS)
@given(seed=st.integers(0, 1000))
@settings(max_examples=20)
def test_losses_are_scikit_learns_metrics(name: str, seed: int) -> None:
    loss, metric = METRICS[name]
    random = np.random.default_rng(seed)
    y, predicted, weights = random.normal(size=9), random.normal(size=9), random.uniform(0.1, 1, 9)
    residual = (predicted - y)[:, None]
    slope = np.empty_like(residual)
    loss.slope(residual, slope)
    mean = loss.value(residual, slope, weights[:, None] * slope) / weights.sum()
    assert mean == pytest.approx(metric(y, predicted, sample_weight=weights))


def test_hubers_loss_is_squared_near_zero_and_linear_beyond() -> None:
    residual = np.array([[0.5], [-3.0]])
    loss, slope = Huber(np.array([1.0])), np.empty((2, 1))
    loss.slope(residual, slope)
    assert slope.tolist() == [[0.5], [-1.0]]
    assert loss.value(residual, slope, slope) == pytest.approx(0.5 * 0.25 + (3.0 - 0.5))
