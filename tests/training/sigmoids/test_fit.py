"""A fitted sum of sigmoids says what was learned, in the units of the data."""

import numpy as np
import pytest

from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.checks import Floats

LOSSES = ["squared_error", "absolute_error", "huber", "quantile"]


def wave(n: int = 300, seed: int = 0) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    X = random.uniform(-2, 2, (n, 1))
    return X, 100 + 20 * np.sin(2 * X[:, 0])


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_bends_a_line_into_a_wave(loss: str) -> None:
    X, y = wave()
    model = SumOfSigmoidsRegressor(20, loss=loss, random_state=0, learning_rate=0.02).fit(X, y)
    assert np.abs(model.predict(X) - y).mean() < 2
    assert model.loss_curve_[-1] < model.loss_curve_[0]


def test_float32_stays_float32() -> None:
    X, y = wave()
    model = SumOfSigmoidsRegressor(5, solver="adam", max_iter=3, linear_term=True).fit(
        X.astype(np.float32), y
    )
    learned = (model.constant_, model.amplitudes_, model.offsets_, model.weights_, model.linear_weights_)
    assert {array.dtype for array in learned} == {np.dtype(np.float32)}
    assert model.predict(X.astype(np.float32)).dtype == np.float32


def test_unknown_targets_are_left_out_of_the_loss() -> None:
    X, y = wave()
    Y = np.column_stack([y, -y])
    Y[::2, 1] = np.nan
    hidden = SumOfSigmoidsRegressor(5, solver="adam", max_iter=20, random_state=0).fit(X, Y)
    weights = np.ones_like(Y)
    weights[::2, 1] = 0
    weighed = SumOfSigmoidsRegressor(5, solver="adam", max_iter=20, random_state=0).fit(
        X, np.nan_to_num(Y, nan=7e6), sample_weight=weights
    )
    np.testing.assert_allclose(hidden.predict(X), weighed.predict(X), rtol=1e-9)


def test_quantiles_do_not_cross() -> None:
    X, y = wave()
    Y = np.column_stack([y, 2 * y])
    model = SumOfSigmoidsRegressor(5, loss="quantile", quantiles=(0.1, 0.5, 0.9), max_iter=2)
    assert (np.diff(model.fit(X, Y).predict(X), axis=2) >= 0).all()
