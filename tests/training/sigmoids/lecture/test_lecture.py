"""The lecture's first steps: an error surface, its lowest point, and the way down."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, mean_squared_error

from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.lecture import lecture, plots

X = np.linspace(0, 10, 50)
Y = 3.0 + 2.0 * X
METRICS = {"absolute_error": mean_absolute_error, "squared_error": mean_squared_error}


@pytest.mark.parametrize("loss", METRICS)
def test_the_surface_is_the_error_of_each_line(loss: str) -> None:
    surface = lecture.error_surface(X, Y, [1.0, 2.0], [0.0, 3.0, 4.0], loss)
    assert surface.shape == (3, 2)
    assert surface[0, 0] == pytest.approx(METRICS[loss](Y, X))
    assert surface[1, 1] == pytest.approx(0)


def test_exhaustive_search_finds_the_line() -> None:
    assert lecture.exhaustive_search(X, Y, np.arange(5.0), np.arange(5.0)) == pytest.approx((2.0, 3.0, 0.0))


def test_gradient_descent_walks_down_to_the_line() -> None:
    path = lecture.gradient_descent_path(
        X, Y, start=(0.0, 0.0), learning_rate=0.02, n_steps=2000, loss="squared_error"
    )
    assert path[0, :2].tolist() == [0.0, 0.0]
    assert (np.diff(path[:, 2]) <= 1e-12).all()
    assert path[-1] == pytest.approx([2.0, 3.0, 0.0], abs=1e-3)


def test_a_loss_that_the_lecture_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="squared_error"):
        lecture.error_surface(X, Y, [1.0], [1.0], "huber")


def test_the_red_curve_is_the_sum_of_the_blue_ones() -> None:
    figures = pytest.importorskip("matplotlib.figure")
    ax = figures.Figure().add_subplot()
    model = SumOfSigmoidsRegressor.from_knots([0, 1, 3], [5, 7, 6])
    rows = np.linspace(-1, 4, 30)[:, None]
    assert plots.plot_components(model, rows, ax=ax) is ax
    red = next(line for line in ax.lines if line.get_label() == "their sum")
    np.testing.assert_allclose(np.asarray(red.get_ydata()), model.predict(rows))


def test_the_surface_is_drawn_with_the_path_across_it() -> None:
    figures = pytest.importorskip("matplotlib.figure")
    ax = figures.Figure().add_subplot()
    path = lecture.gradient_descent_path(X, Y, start=(0.0, 0.0), learning_rate=0.02, n_steps=5)
    assert plots.plot_error_surface(X, Y, np.arange(5.0), np.arange(5.0), path=path, ax=ax) is ax
    assert np.asarray(ax.lines[0].get_xdata()).tolist() == path[:, 0].tolist()
