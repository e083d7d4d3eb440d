"""From a history to a forecaster, and to scores that can be trusted."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.quick_models import a_model, is_same_model
from training.evaluation.held_out import forecast_held_out
from training.evaluation.scoring import score
from training.fitting import own_sums
from training.fitting.blending import DAYS_AHEAD, choose_shares
from training.fitting.forecaster import ForecastTrainer
from training.fitting.intervals import CONFORMAL, NO_WIDENING
from training.fitting.training_windows import (
    SupervisedWindows,
    counted_series,
    generated_windows,
    held_out_start,
    windows_of,
)
from training.history.series import DAY, History, Series
from training.model.forecast_model import ForecastModel
from training.model.quantile_sum import MEDIAN, QUANTILES
from training.model.windows import HORIZON_DAYS, N_FEATURES
from training.store.model_store import ModelStore
from training.store.scores import METHOD

FIRST = np.datetime64("2025-01-01", "D")


def history_of(*views: np.ndarray) -> History:
    return History(tuple(Series(f"s{n}", FIRST, counts) for n, counts in enumerate(views)))


def relative_error(model: ForecastModel, history: History) -> float:
    forecasts = forecast_held_out(model, history, held_out_start(history))
    assert forecasts is not None
    error = score(forecasts).methods[METHOD]["1-28"]
    assert error is not None
    return error


@pytest.mark.parametrize("history", [History(()), history_of(np.arange(20.0))], ids=["none", "twenty days"])
def test_a_history_that_is_too_short_leaves_the_prior(history: History) -> None:
    prior = a_model()
    fitted = ForecastTrainer(prior).fit(history)
    assert is_same_model(fitted.model, prior)
    assert fitted.shares.tolist() == [[1.0] * HORIZON_DAYS]
    assert fitted.loss_curves == {}


def test_an_old_series_or_day_makes_no_long_history() -> None:
    """Or nearly all days would be held out, and what is learned from them compared with nothing."""
    now = Series("now", np.datetime64("2026-01-01"), np.random.default_rng(0).lognormal(7, 0.5, 200))
    old = Series("old", np.datetime64("2015-01-01"), np.full(60, 100.0))
    mistyped = Series("mistyped", np.datetime64("1990-01-01"), np.array([5.0]))
    history = History((now, old, mistyped))
    assert held_out_start(history) == now.last_date - 51 * DAY
    assert own_sums.own_windows(history, 1000, 0) is None


def test_the_sums_that_learn_have_as_many_sigmoids_as_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for steps in "STEPS", "MOST_STEPS":  # how well they learn does not matter here
        monkeypatch.setattr(own_sums, steps, 1)
    views = np.random.default_rng(0).lognormal(7, 0.5, 800)
    own_sum = ForecastTrainer(a_model(), n_sigmoids=3).fit(history_of(views)).model.own_sum
    assert own_sum is not None
    n_sums = 2 * len(DAYS_AHEAD)
    assert own_sum.coefficients.offsets.size == 3 * n_sums


@pytest.mark.parametrize(
    ("losses", "chosen"),
    [
        ({24: 1.30, 48: 1.31, 96: 1.32}, 48),  # less than 1 % is chance
        ({24: 1.28, 48: 1.31, 96: 1.30}, 24),
        ({24: 1.40, 48: 1.31, 96: 1.29}, 96),
    ],
)
def test_fewer_or_more_sigmoids_are_taken_where_they_err_less(losses: dict[int, float], chosen: int) -> None:
    assert own_sums._best(losses) == chosen


def test_what_a_history_teaches_is_used_and_the_same_seed_gives_the_same_model(trained_models: Path) -> None:
    prior = ModelStore(trained_models).load_last_good().model
    assert isinstance(prior, ForecastModel)
    # Every tenth day is ten times as busy: no generated history is like that.
    days = np.arange(800)
    views = 1000.0 * np.where(days % 10 == 0, 10.0, 1.0) * np.random.default_rng(0).lognormal(0, 0.05, 800)
    history = history_of(views)
    start = held_out_start(history)
    first, second = (ForecastTrainer(prior).fit(history.before(start)) for _ in range(2))
    assert is_same_model(first.model, second.model)
    learned, before = (relative_error(model, history) for model in (first.model, prior))
    assert learned < 0.8 * before
    assert len(first.loss_curves) > 1
    assert first.sigmoids is not None
    assert first.sigmoids.number == own_sums.USUAL_SIGMOIDS  # too short to try others
    assert all(curve[-1] < curve[0] for curve in first.loss_curves.values())


def test_windows_pair_the_days_before_an_origin_with_those_after_it() -> None:
    windows = windows_of(history_of(np.arange(1.0, 61.0)), 1000, np.random.default_rng(0))
    assert len(windows) == 60 - 28
    assert np.isnan(windows.Y).sum(axis=1).tolist() == [
        max(0, 28 - (60 - origin)) for origin in range(28, 60)
    ]


def test_a_sample_of_windows_is_bounded_and_none_begins_before_the_first_target() -> None:
    history = history_of(np.ones(200), np.ones(150))
    rng = np.random.default_rng(0)
    assert len(windows_of(history, 50, rng)) == 50
    assert len(windows_of(history, 1000, rng, first_target=FIRST + 190 * DAY)) == 10


def test_the_most_recent_fifth_is_held_out_between_four_weeks_and_a_year() -> None:
    for n_days, n_held_out in ((50, 28), (500, 100), (5000, 365)):
        start = held_out_start(history_of(np.ones(n_days)))
        assert FIRST + n_days * DAY - start == np.timedelta64(n_held_out, "D")


def test_quiet_series_do_not_count_unless_all_are_quiet() -> None:
    quiet, busy = np.ones(50), np.full(50, 20.0)
    assert counted_series(history_of(quiet, busy)).names() == ("s1",)
    assert counted_series(history_of(quiet, quiet)).names() == ("s0", "s1")


def perfect_and_useless() -> tuple[list[ForecastModel], SupervisedWindows]:
    model = a_model(1)
    X = np.random.default_rng(0).normal(size=(400, N_FEATURES)).astype(np.float32)
    return [model, a_model(2)], SupervisedWindows(X, model.scaled_quantiles(X)[:, MEDIAN].copy())


def test_shares_go_to_the_better_part_the_more_the_longer_it_was_watched() -> None:
    parts, windows = perfect_and_useless()
    short, long = (choose_shares(parts, windows, stretches) for stretches in (1.0, 1000.0))
    np.testing.assert_allclose(short.sum(axis=0), 1.0)
    assert (short[0] > 0.5).all()
    assert (long[0] > short[0]).all()


def test_a_part_that_knows_tomorrow_only_counts_tomorrow_only() -> None:
    parts, windows = perfect_and_useless()
    useless = parts[1]
    targets = windows.Y.copy()
    targets[:, 1:] = useless.scaled_quantiles(windows.X)[:, MEDIAN, 1:]
    shares = choose_shares(parts, SupervisedWindows(windows.X, targets), 1000.0)
    assert shares[0, 0] > 0.9
    assert (shares[1, 1:] > 0.9).all()


def test_widths_are_stretched_until_held_out_days_are_covered_and_hardly_by_few_days() -> None:
    model = a_model(3)
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, N_FEATURES)).astype(np.float32)
    quantiles = model.scaled_quantiles(X)
    half = np.minimum(quantiles[:, 3] - quantiles[:, 2], quantiles[:, 2] - quantiles[:, 1])
    Y = (quantiles[:, MEDIAN] + 2.0 * half * rng.uniform(-1, 1, half.shape)).astype(np.float32)
    widths = CONFORMAL.fit_widths(model, SupervisedWindows(X, Y), n_stretches=1e9, usual=NO_WIDENING)
    lower = quantiles[:, 2] - widths[0] * (quantiles[:, 2] - quantiles[:, 1])
    upper = quantiles[:, 2] + widths[0] * (quantiles[:, 3] - quantiles[:, 2])
    assert ((lower <= Y) & (upper >= Y)).mean() == pytest.approx(0.8, abs=0.02)
    assert QUANTILES[MEDIAN] == 0.5
    few = CONFORMAL.fit_widths(model, SupervisedWindows(X, Y), n_stretches=0.1, usual=1.5 * NO_WIDENING)
    np.testing.assert_allclose(few, 1.5, rtol=0.01)


def test_generated_windows_are_whole_and_know_no_calendar() -> None:
    windows = generated_windows(20, np.random.default_rng(0))
    assert windows.X.shape == (80, N_FEATURES)
    assert windows.Y.shape == (80, HORIZON_DAYS)
    assert np.isfinite(windows.X).all()
    assert np.isfinite(windows.Y).all()
    assert not windows.X[:, -11:].any()
