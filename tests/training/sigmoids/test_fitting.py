"""How a fit starts, goes on and ends."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike
from sklearn.linear_model import Ridge

from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.checks import Floats
from training.sigmoids.solvers.registry import SOLVERS


@pytest.fixture
def wave() -> tuple[Floats, Floats]:
    random = np.random.default_rng(1)
    X = random.uniform(-2, 2, (400, 1))
    return X, 5 + np.sin(3 * X[:, 0]) + random.normal(0, 0.1, 400)


def test_lbfgs_ends_where_the_gradient_vanishes(wave: tuple[Floats, Floats]) -> None:
    model = SumOfSigmoidsRegressor(10, solver="lbfgs", tol=1e-3, random_state=0).fit(*wave)
    assert model.stop_reason_ == "the gradient vanished"
    assert model.gradient_norm_ <= 1e-3
    assert model.loss_curve_[-1] < 0.02


def test_gauss_newton_goes_through_every_target_while_there_are_more_unknowns() -> None:
    random = np.random.default_rng(0)
    X, y = random.normal(size=(200, 10)), random.normal(size=200)
    model = SumOfSigmoidsRegressor(50, solver="gauss_newton", alpha=0, random_state=0).fit(X, y)
    assert model.stop_reason_ == "the gradient vanished"
    assert model.n_iter_ < 10
    np.testing.assert_allclose(model.predict(X), y, atol=0.01)


@pytest.mark.parametrize("activation", ["sigmoid", "hard_sigmoid"])
def test_the_penalty_is_on_the_coefficients_that_users_see(
    wave: tuple[Floats, Floats], activation: str
) -> None:
    X, y = ((values - values.mean(axis=0)) / values.std(axis=0) for values in wave)
    model = SumOfSigmoidsRegressor(
        3, activation=activation, linear_term=True, alpha=0.5, solver="lbfgs", tol=1e-6, max_iter=20_000,
        random_state=0,
    ).fit(X, y)  # fmt: skip
    fitted = model.coefficients_
    assert (fitted.amplitudes**2).sum() > 0.1

    def penalised_loss(**changes: Floats) -> float:
        changed = replace(fitted, **changes)
        penalised = (changed.amplitudes, changed.weights, changed.linear_weights)
        loss = np.mean((model.with_coefficients(changed, "changed").predict(X) - y) ** 2)
        return loss + 0.5 / len(X) * sum((values**2).sum() for values in penalised)

    for name in "amplitudes", "weights", "linear_weights":
        slope, step = getattr(fitted, name), 1e-4
        ahead, back = (penalised_loss(**{name: slope * factor}) for factor in (1 + step, 1 - step))
        assert abs(ahead - back) / (2 * step) < 1e-4


def test_gradient_descent_ends_where_the_gradient_vanishes(wave: tuple[Floats, Floats]) -> None:
    model = SumOfSigmoidsRegressor(5, solver="gd", tol=1e-2, random_state=0).fit(*wave)
    assert model.stop_reason_ == "the gradient vanished"
    assert (np.diff(model.loss_curve_) <= 0).all()


@pytest.mark.parametrize("solver", SOLVERS)
def test_every_solver_comes_to_the_optimum_that_is_known(solver: str) -> None:
    random = np.random.default_rng(2)
    X = random.normal(size=(300, 4))
    y = X @ [1.0, -2.0, 0.5, 0.0] + random.normal(0, 0.1, 300)
    fitted = SumOfSigmoidsRegressor(0, linear_term=True, alpha=30.0, solver=solver, random_state=0).fit(X, y)
    scaled = (X - X.mean(axis=0)) / X.std(axis=0)
    known = Ridge(30.0).fit(scaled, y)
    np.testing.assert_allclose(fitted.predict(X), known.predict(scaled), atol=0.02)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_same_random_state_gives_the_same_sum(wave: tuple[Floats, Floats], solver: str) -> None:
    fits = [SumOfSigmoidsRegressor(5, solver=solver, max_iter=5, random_state=3).fit(*wave) for _ in range(2)]
    np.testing.assert_array_equal(fits[0].weights_, fits[1].weights_)


@pytest.mark.parametrize("solver", SOLVERS)
def test_early_stopping_keeps_the_best_on_rows_held_out(solver: str) -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 3))
    y = np.sin(X[:, 0]) + random.normal(size=60)
    settings: dict[str, Any] = {
        "solver": solver,
        "learning_rate": 0.05,
        "alpha": 0,
        "tol": 1e-6,
        "random_state": 0,
    }
    hasty, patient = (
        SumOfSigmoidsRegressor(
            10, early_stopping=True, validation_fraction=0.5, n_iter_no_change=patience, **settings
        ).fit(X, y)
        for patience in (2, 4)
    )
    assert hasty.stop_reason_ == patient.stop_reason_ == "the validation loss stopped falling"
    assert patient.n_iter_ == hasty.n_iter_ + 2
    # Further iterations overfit: what is kept is from before them.
    np.testing.assert_array_equal(patient.weights_, hasty.weights_)
    np.testing.assert_array_equal(patient.amplitudes_, hasty.amplitudes_)


def test_of_several_starts_the_best_is_kept(wave: tuple[Floats, Floats]) -> None:
    settings: dict[str, Any] = {"solver": "lbfgs", "tol": 1e-2, "random_state": 0}
    single = SumOfSigmoidsRegressor(3, **settings).fit(*wave)
    best = SumOfSigmoidsRegressor(3, n_restarts=5, **settings).fit(*wave)
    assert best.score(*wave) >= single.score(*wave)


def test_progress_is_told_after_each_iteration(wave: tuple[Floats, Floats]) -> None:
    reported: list[tuple[int, float]] = []
    model = SumOfSigmoidsRegressor(
        3, solver="adam", max_iter=4, callback=lambda iteration, loss: reported.append((iteration, loss))
    ).fit(*wave)
    assert reported == list(enumerate(model.loss_curve_, start=1))


def test_verbose_prints_the_loss(wave: tuple[Floats, Floats], capsys: pytest.CaptureFixture[str]) -> None:
    SumOfSigmoidsRegressor(3, solver="adam", max_iter=2, verbose=True).fit(*wave)
    assert capsys.readouterr().out.count("loss") == 2


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", SOLVERS)
def test_a_warm_start_goes_on_where_the_last_fit_ended(wave: tuple[Floats, Floats], solver: str) -> None:
    model = SumOfSigmoidsRegressor(8, solver=solver, max_iter=30, warm_start=True, random_state=0).fit(*wave)
    ended = model.loss_curve_[-1]
    assert model.fit(*wave).loss_curve_[0] < 1.5 * ended


def test_a_strong_pull_stays_at_the_start_and_none_leaves_it(wave: tuple[Floats, Floats]) -> None:
    X, y = wave
    settings: dict[str, Any] = {"solver": "adam", "max_iter": 300, "random_state": 0}
    start = SumOfSigmoidsRegressor(8, **settings).fit(X, y)
    held = SumOfSigmoidsRegressor(8, alpha=1e4, pull_to="start", **settings).fit(X, y + 3, start=start)
    free = SumOfSigmoidsRegressor(8, alpha=0, pull_to="start", **settings).fit(X, y + 3, start=start)
    # Units move with the targets' mean; what is pulled is their shape.
    np.testing.assert_allclose(held.weights_, start.weights_, atol=0.05)
    assert np.abs(free.weights_ - start.weights_).max() > 0.1


def test_a_strong_pull_holds_the_offsets_of_sigmoids_too() -> None:
    X = np.random.default_rng(0).normal(size=(300, 2))
    y = np.sin(2 * X[:, 0]) + X[:, 1]
    settings: dict[str, Any] = {"solver": "adam", "max_iter": 100, "random_state": 0}
    start = SumOfSigmoidsRegressor(6, **settings).fit(X, y)
    held = SumOfSigmoidsRegressor(6, alpha=1e4, pull_to="start", **settings).fit(X, y[::-1], start=start)
    np.testing.assert_allclose(held.offsets_, start.offsets_, atol=0.05)


def test_partial_fit_learns_from_batches(wave: tuple[Floats, Floats]) -> None:
    X, y = wave
    model = SumOfSigmoidsRegressor(10, random_state=0, learning_rate=0.03)
    for epoch in range(60):
        for rows in np.array_split(np.random.default_rng(epoch).permutation(len(X)), 4):
            model.partial_fit(X[rows], y[rows])
    assert model.score(X, y) > 0.9
    assert model.n_iter_ == 240


def test_partial_fit_keeps_its_type_and_tells_each_epoch(wave: tuple[Floats, Floats]) -> None:
    X, y = wave
    reported: list[int] = []
    model = SumOfSigmoidsRegressor(4, callback=lambda epoch, loss: reported.append(epoch))
    model.partial_fit(X.astype(np.float32), y).partial_fit(X, y)
    assert model.weights_.dtype == np.float32
    assert reported == [1, 2]


def test_partial_fit_goes_on_after_fit(wave: tuple[Floats, Floats]) -> None:
    model = SumOfSigmoidsRegressor(10, solver="adam", max_iter=200, random_state=0).fit(*wave)
    before = model.score(*wave)
    assert model.partial_fit(*wave).score(*wave) > before - 0.05


def test_partial_fit_goes_on_from_knots() -> None:
    x = np.linspace(0, 3, 50)
    y = np.interp(x, [0, 1, 3], [5, 7, 6])
    model = SumOfSigmoidsRegressor.from_knots([0, 1, 3], [5, 7, 6])
    assert model.partial_fit(x[:, None], y).score(x[:, None], y) > 0.9


def test_small_smooth_problems_take_lbfgs_and_others_adam(wave: tuple[Floats, Floats]) -> None:
    X, y = wave
    assert "schedule" not in SumOfSigmoidsRegressor(3, tol=1e-2).fit(X, y).stop_reason_
    assert "schedule" in SumOfSigmoidsRegressor(3, loss="absolute_error", max_iter=3).fit(X, y).stop_reason_
    assert "schedule" in SumOfSigmoidsRegressor(400, max_iter=3).fit(X, y).stop_reason_


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"loss": "quantile", "quantiles": (0.5, 1.0)}, "between 0 and 1"),
        ({"loss": "quantile", "quantiles": ()}, "between 0 and 1"),
        ({"loss": "absolute_error", "solver": "lbfgs"}, 'use solver="adam"'),
        ({"loss": "quantile", "solver": "gauss_newton"}, 'use solver="adam"'),
        ({"activation": "tanh"}, "activation"),
        ({"n_sigmoids": -1}, "n_sigmoids"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    wave: tuple[Floats, Floats], settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        SumOfSigmoidsRegressor(**settings).fit(*wave)


@pytest.mark.parametrize(
    ("y", "weights", "message"),
    [
        ([1.0, 2.0], None, "inconsistent numbers of samples"),
        ([[[1.0]], [[2.0]], [[3.0]]], None, r"3 axes|dim 3"),
        ([[np.nan, 1], [np.nan, 1], [np.nan, 1]], None, "target 0"),
        ([np.inf, 1, 2], None, "infinity"),
        ([1, 2, 3], [1, 2], "sample_weight has shape"),
        ([1, 2, 3], [1, -1, 1], "negative"),
        ([1, 2, 3], [0, 0, 0], "nothing to learn"),
    ],
)
def test_rows_that_cannot_be_learned_from_are_refused(
    y: ArrayLike, weights: ArrayLike | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        SumOfSigmoidsRegressor().fit([[0.0], [1.0], [2.0]], y, sample_weight=weights)


def test_several_quantiles_score_as_their_mean_d2(wave: tuple[Floats, Floats]) -> None:
    X, y = wave
    model = SumOfSigmoidsRegressor(5, loss="quantile", quantiles=(0.1, 0.5, 0.9), random_state=0).fit(X, y)
    assert model.predict(X).shape == (400, 3)
    assert 0.5 < model.score(X, y) < 1
    inside = (model.predict(X)[:, 0] <= y) & (y <= model.predict(X)[:, 2])
    assert inside.mean() == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(
    ("settings", "n_targets", "message"),
    [({"n_sigmoids": 4}, 1, "3 sigmoids"), ({"n_sigmoids": 3}, 2, "1 outputs")],
)
def test_a_start_of_another_shape_is_refused(
    wave: tuple[Floats, Floats], settings: dict[str, Any], n_targets: int, message: str
) -> None:
    X, y = wave
    start = SumOfSigmoidsRegressor(3, solver="adam", max_iter=1).fit(X, y)
    with pytest.raises(ValueError, match=message):
        SumOfSigmoidsRegressor(**settings).fit(X, np.tile(y[:, None], n_targets), start=start)


def test_rows_without_weight_change_nothing() -> None:
    X, y = np.random.default_rng(0).normal(size=(2, 60, 1))
    weights = np.repeat([1.0, 0.0], 30)
    some, all_rows = (SumOfSigmoidsRegressor(2, solver="lbfgs", random_state=0) for _ in range(2))
    some.fit(X[:30], y[:30, 0])
    all_rows.fit(X, y[:, 0], sample_weight=weights)
    np.testing.assert_allclose(all_rows.predict(X), some.predict(X), rtol=1e-3, atol=1e-3)


def test_one_row_one_iteration_and_one_restart_are_enough() -> None:
    smallest: dict[str, Any] = {"batch_size": 1, "max_iter": 1, "n_restarts": 1, "n_iter_no_change": 1}
    model = SumOfSigmoidsRegressor(1, solver="adam", random_state=0, **smallest).fit(
        [[1.0], [2.0]], [1.0, 2.0]
    )
    assert model.n_iter_ == 1
