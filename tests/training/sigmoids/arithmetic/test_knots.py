"""A constant plus enough hard sigmoids is any piecewise linear curve, exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.checks import Floats

widths = st.lists(st.floats(0.01, 100), min_size=1, max_size=12)
heights = st.floats(-1e6, 1e6, allow_subnormal=False)


@st.composite
def curves(draw: st.DrawFn) -> tuple[Floats, Floats]:
    x = np.concatenate([[draw(st.floats(-100, 100))], draw(widths)]).cumsum()
    return x, np.array(draw(st.lists(heights, min_size=len(x), max_size=len(x))))


def everywhere(x: Floats) -> Floats:
    between = np.linspace(x[:-1], x[1:], 7).ravel()
    return np.concatenate([[x[0] - 50], between, [x[-1] + 50]])


@pytest.mark.parametrize("activation", ["hard_sigmoid", "relu"])
@given(curve=curves())
def test_knots_give_the_curve_itself(activation: str, curve: tuple[Floats, Floats]) -> None:
    x, y = curve
    model = SumOfSigmoidsRegressor.from_knots(x, y, activation=activation)
    at = everywhere(x)
    steepest = np.abs(np.diff(y) / np.diff(x)).max()
    rounding = 1e-13 * len(x) * (steepest * (np.abs(x).max() + 200) + np.abs(y).max() + 1)
    np.testing.assert_allclose(model.predict(at[:, None]), np.interp(at, x, y), rtol=0, atol=rounding)


@given(curve=curves(), tolerance=st.floats(0.02, 0.5))
def test_smooth_sigmoids_stay_within_the_tolerance(curve: tuple[Floats, Floats], tolerance: float) -> None:
    x, y = curve
    tolerance *= max(float(np.ptp(y)), 1e-6)
    model = SumOfSigmoidsRegressor.from_knots(x, y, activation="sigmoid", tolerance=tolerance)
    at = everywhere(x)
    distance = np.abs(model.predict(at[:, None]) - np.interp(at, x, y)).max()
    assert distance <= tolerance * (1 + 1e-6) + 1e-9 * np.abs(y).max()


def test_smooth_sigmoids_come_within_one_percent_of_the_range_when_nothing_is_said() -> None:
    x, y = [0, 1, 2, 4], [0, 100, 30, 60]
    at = np.linspace(-2, 6, 500)
    model = SumOfSigmoidsRegressor.from_knots(x, y, activation="sigmoid")
    assert np.abs(model.predict(at[:, None]) - np.interp(at, x, y)).max() <= 1.0


@pytest.mark.parametrize(
    ("x", "y"), [([0], [1]), ([0, 0], [1, 2]), ([1, 0], [1, 2]), ([0, np.inf], [1, 2]), ([0, 1], [1, 2, 3])]
)
def test_knots_that_are_no_curve_are_refused(x: list[float], y: list[float]) -> None:
    with pytest.raises(ValueError, match="x "):
        SumOfSigmoidsRegressor.from_knots(x, y)
