"""What is learned from one history holds there, and does no harm to any other series."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.fitting.familiarity import error_beside_prior
from training.fitting.forecaster import ForecastTrainer
from training.fitting.kept_prior import load_prior
from training.history.series import History, Series
from training.history.synthetic import generate_history
from training.model.forecast_model import ForecastModel
from training.model.forecasts import Forecasts

LAST = np.datetime64("2026-11-22", "D")
WEEK = np.array([1.0, 0.9, 0.85, 0.9, 1.0, 1.25, 1.15])
CYCLE = np.array([100.0, 400, 1600, 800, 200, 50, 900])


def weekly(level: float, n_days: int, noise: float = 0.05, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.poisson(level * WEEK[np.arange(n_days) % 7] * rng.lognormal(0, noise, n_days)).astype(float)


def history_of(*views: np.ndarray) -> History:
    first_dates = [LAST - np.timedelta64(len(counts) - 1, "D") for counts in views]
    names = [f"s{n}" for n in range(len(views))]
    return History(tuple(map(Series, names, first_dates, views)))


# One steady page of three years, one noisy channel, thirty series of one year at every level, generated ones.
HISTORIES = {
    "one page": history_of(weekly(1200, 1095)),
    "one noisy channel": history_of(weekly(3000, 800, noise=0.4)),
    "thirty series": history_of(*(weekly(10 * 1.3**n, 365, 0.15, n) for n in range(30))),
    "generated": generate_history(6, 700, LAST, random_state=3),
}


@cache
def trained(name: str) -> ForecastModel:
    model = ForecastTrainer(load_prior()).fit(HISTORIES[name]).model
    assert model.own_sum is not None
    return model


every_training = pytest.mark.parametrize("name", HISTORIES)


def decay(n_days: int) -> np.ndarray:
    return np.round(5000 * (1 + np.arange(n_days)) ** -0.8)


BATTERY = {
    "fourteen zeros": (np.zeros(14), 0, 0.5),
    "sixty zeros": (np.zeros(60), 0, 0.5),
    "fifty a day with a week": (weekly(50, 84), 35, 75),
    "sixty zeros, then fourteen days of 1,000": (np.r_[np.zeros(60), np.full(14, 1000.0)], 900, 1100),
    "a video of thirty days": (decay(30), 180, 420),
    "a video of thirty days at 321": (weekly(321, 30), 220, 440),
    "one a day": (np.ones(84), 0.8, 1.2),
    "500 a day": (np.full(84, 500.0), 490, 510),
    "a week of 1,000": (weekly(1000, 7), 700, 1400),
    "three a day": (weekly(3, 84), 1.2, 5.0),
    "a million a day": (weekly(1e6, 84), 0.7e6, 1.5e6),
    "from 1,000 to 200": (np.r_[weekly(1000, 56), weekly(200, 28)], 130, 300),
    "two percent more each day": (np.round(100 * 1.02 ** np.arange(84)), 450, 1100),
}


def forecast(model: ForecastModel, *views: np.ndarray, horizon: int = 28) -> Forecasts:
    return model.predict(list(views), np.full(len(views), LAST), horizon)


@every_training
@pytest.mark.parametrize("kind", BATTERY)
def test_a_series_of_any_kind_gets_a_sane_answer_after_any_training(name: str, kind: str) -> None:
    views, low, high = BATTERY[kind]
    forecasts = forecast(trained(name), views)
    assert low <= forecasts.median.min()
    assert forecasts.median.max() <= high
    largest = max(float(views.max()), 1.0)
    assert forecasts.upper.max() <= 5 * largest
    assert (forecasts.lower <= forecasts.median).all()
    assert (forecasts.median <= forecasts.upper).all()


@every_training
def test_an_exact_weekly_cycle_goes_on_exactly(name: str) -> None:
    median = forecast(trained(name), np.tile(CYCLE, 12)).median[0]
    np.testing.assert_allclose(median, np.tile(CYCLE, 4), rtol=0.01)


@every_training
def test_on_generated_series_of_every_level_a_version_errs_hardly_more_than_the_prior(name: str) -> None:
    assert error_beside_prior(trained(name)) <= 1.02


@every_training
@settings(max_examples=25)
@given(
    level=st.floats(0, 7),
    noise=st.floats(0.01, 0.5),
    n_days=st.integers(7, 420),
    slope=st.floats(-0.01, 0.01),
    seed=st.integers(0, 9),
)
def test_whatever_the_level_a_forecast_stays_near_the_prior_or_near_the_series(
    name: str, level: float, noise: float, n_days: int, slope: float, seed: int
) -> None:
    trend = np.exp(slope * (np.arange(n_days) - n_days))
    views = np.round(weekly(10**level, n_days, noise, seed) * trend)
    with_own, alone = (forecast(model, views).median.mean() for model in (trained(name), load_prior()))
    recent = views[-28:].mean()
    assert abs(with_own - alone) <= 0.35 * max(alone, recent) + 2


def test_learning_a_months_burst_of_one_channel_leaves_the_forecasts_of_the_others_as_they_were() -> None:
    burst, *others = HISTORIES["generated"].series
    recent = burst.views[-28:]
    longer = replace(burst, views=np.r_[burst.views, 3 * np.where(np.isnan(recent), 0.0, recent)])
    retrained = ForecastTrainer(load_prior()).fit(History((longer, *others))).model
    views = [series.views for series in others]
    before, after = (forecast(model, *views) for model in (trained("generated"), retrained))
    half_widths = (before.upper[0] - before.lower[0]) / 2
    changes = np.abs(after.median - before.median) / half_widths
    assert changes.mean() < 0.05
    assert changes.max() < 0.5


@pytest.mark.parametrize("name", ["one page", "one noisy channel"])
def test_an_answer_says_whether_it_rests_on_the_prior(name: str) -> None:
    model = trained(name)
    (known,) = HISTORIES[name].series[:1]
    assert forecast(load_prior(), known.views).rests_on_prior.tolist() == [True]
    unlike = forecast(model, decay(30), np.zeros(14))
    assert unlike.rests_on_prior.tolist() == [True, True]


@pytest.mark.parametrize("name", ["one page", "thirty series"])
def test_a_series_like_those_learned_from_does_not_rest_on_the_prior(name: str) -> None:
    series = [entry.views for entry in HISTORIES[name].series]
    assert forecast(trained(name), *series).rests_on_prior.mean() < 0.2
