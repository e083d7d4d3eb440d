"""Series whose last days have no count yet: what is forecast of the days to come, and how sure that is."""

from pathlib import Path

import numpy as np
import pytest

from training.history.series import DAY
from training.history.synthetic import generate_views
from training.model.explanation import explain
from training.model.forecaster import Forecaster
from training.store.model_store import ModelStore

LAST_DATE = np.datetime64("2026-11-20", "D")


@pytest.fixture(scope="module")
def prior(trained_models: Path) -> Forecaster:
    return ModelStore(trained_models).load_last_good().model


def without_last(views: np.ndarray, n_days: int) -> np.ndarray:
    """The same days, of which the last ones have no count."""
    return np.where(np.arange(len(views)) < len(views) - n_days, views, np.nan)


@pytest.mark.parametrize("n_missing", [1, 7, 27])
@pytest.mark.parametrize("horizon", [1, 28, 365])
def test_the_forecast_is_that_from_the_last_count_on(prior: Forecaster, n_missing: int, horizon: int) -> None:
    (views,) = generate_views(1, 400, 3)
    late = prior.predict([without_last(views, n_missing)], np.array([LAST_DATE]), horizon)
    assert late.views.shape == (1, horizon, 5)
    assert (late.views > 0).all()
    n_days = min(horizon, 365 - n_missing)
    known = views[: len(views) - n_missing]
    there = prior.predict([known], np.array([LAST_DATE - n_missing * DAY]), n_days + n_missing)
    np.testing.assert_array_equal(late.views[:, :n_days], there.views[:, n_missing:])
    np.testing.assert_array_equal(late.own_share, there.own_share)


def test_series_of_a_batch_may_miss_different_days(prior: Forecaster) -> None:
    views = [without_last(row, n) for row, n in zip(generate_views(5, 100, 4), (3, 0, 1, 0, 3), strict=True)]
    factors = np.exp(np.random.default_rng(0).normal(0, 0.2, (5, 2, 2)))
    dates = LAST_DATE + np.arange(5) * DAY
    together = prior.predict(views, dates, 10, (80, 95), width_factors=factors)
    for i in range(5):
        alone = prior.predict(views[i : i + 1], dates[i : i + 1], 10, (80, 95), width_factors=factors[[i]])
        np.testing.assert_allclose(together.views[i], alone.views[0], rtol=1e-4)


def test_a_series_without_a_count_in_four_weeks_is_forecast_all_the_same(prior: Forecaster) -> None:
    (views,) = generate_views(1, 100, 5)
    for missing in without_last(views, 28), np.full(30, np.nan):
        assert np.isfinite(prior.predict([missing], np.array([LAST_DATE]), 28).views).all()


@pytest.mark.parametrize("n_missing", [3, 14, 27])
def test_intervals_hold_what_they_promise(prior: Forecaster, n_missing: int) -> None:
    views = generate_views(1500, 448, 11)
    known, coming = [without_last(row, n_missing) for row in views[:, :420]], views[:, 420:]
    forecasts = prior.predict(known, np.zeros(len(views), "datetime64[D]"), 28, (80,))
    covered = ((coming >= forecasts.lower[0]) & (coming <= forecasts.upper[0])).mean()
    assert 0.74 < covered < 0.90


@pytest.mark.parametrize("n_missing", [1, 5, 13])
def test_the_steps_of_an_explanation_end_at_the_forecast(prior: Forecaster, n_missing: int) -> None:
    views = without_last(generate_views(1, 100, 5)[0], n_missing)
    steps = explain(prior, views, LAST_DATE)
    forecast = prior.predict([views], np.array([LAST_DATE]), 1).median[0, 0]
    assert "limits" not in [step.group for step in steps]
    assert steps[-1].views == pytest.approx(forecast, rel=0.003)


def test_of_weeks_that_are_all_alike_the_same_weekday_says_all(prior: Forecaster) -> None:
    week = np.array([100.0, 400, 1600, 800, 200, 50, 900])
    steps = explain(prior, without_last(np.tile(week, 9), 5), LAST_DATE)
    assert np.prod([step.factor for step in steps]) == pytest.approx(101.0, rel=0.01)
    assert {step.group for step in steps if abs(step.factor - 1.0) > 0.001} == {"level", "same_weekday"}
