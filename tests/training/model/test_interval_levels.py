"""Intervals of any level, and of days far ahead."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from training.fitting.kept_prior import load_prior
from training.history.synthetic import generate_views
from training.model.forecast_model import ForecastModel
from training.model.interval_levels import half_width_shares
from training.model.own_sum import N_TRAITS, Familiarity, OwnSum
from training.model.windows import N_FEATURES

LAST = np.datetime64("2026-11-22", "D")


def dates(n: int) -> np.ndarray:
    return np.full(n, LAST)


def test_learned_levels_are_themselves_and_others_lie_between_them() -> None:
    assert half_width_shares(80) == (1.0, 0.0)
    assert half_width_shares(95) == (0.0, 1.0)
    views = list(generate_views(5, 300, 1))
    several = load_prior().predict(views, dates(5), 60, (50, 70, 80, 90, 95, 99))
    learned = load_prior().predict(views, dates(5), 60, (80, 95))
    np.testing.assert_allclose(several.upper[[2, 4]], learned.upper, rtol=1e-6)
    np.testing.assert_allclose(several.lower[[2, 4]], learned.lower, rtol=1e-6, atol=1e-9)
    assert (np.diff(several.upper, axis=0) >= 0).all()
    assert (np.diff(several.lower, axis=0) <= 0).all()


@pytest.mark.parametrize("level", [50, 60, 70, 90, 99])
def test_levels_that_are_not_learned_hold_what_they_promise_on_generated_series(level: int) -> None:
    views = generate_views(1500, 448, 5)
    forecasts = load_prior().predict(list(views[:, :420]), dates(1500), 28, (level,))
    inside = (views[:, 420:] >= forecasts.lower[0]) & (views[:, 420:] <= forecasts.upper[0])
    # The prior's are up to a seventh wider than generated series need: real ones are wilder.
    assert inside.mean() == pytest.approx(level / 100, abs=0.05)


@pytest.mark.parametrize(("first", "last"), [(28, 45), (80, 100), (170, 190), (345, 365)])
def test_far_intervals_cover_what_they_promise_on_generated_series(first: int, last: int) -> None:
    views = generate_views(800, 785, 7)
    forecasts = load_prior().predict(list(views[:, :420]), dates(800), 365)
    truth = views[:, 420 + first : 420 + last]
    lower, upper = forecasts.lower[..., first:last], forecasts.upper[..., first:last]
    covered = ((truth >= lower) & (truth <= upper)).mean(axis=(1, 2))
    np.testing.assert_allclose(covered, [0.8, 0.95], atol=0.03)


def with_growth_power(power: float, share: float) -> ForecastModel:
    """The prior, with an own sum that counts so much and changes nothing but how intervals grow."""
    prior = load_prior()
    everything = np.full(N_FEATURES, 1e9, np.float32)
    none = np.zeros(N_FEATURES, np.float32)
    offset = np.array([np.log(share / (1 - share))], np.float32)
    familiarity = Familiarity(-everything, everything, none, np.zeros(N_TRAITS, np.float32), offset)
    no_shares, powers = np.zeros(28, np.float32), np.array([power], np.float32)
    return replace(prior, own_sum=OwnSum(prior.coefficients, no_shares, familiarity, powers))


def half_width_of_day_100(model: ForecastModel) -> float:
    views = np.full(400, 1000.0) + 50 * (np.arange(400) % 7 == 3)
    logs = np.log1p(model.predict([views], dates(1), 100, (80,)).views[0])
    # Day 23 has the weekday of day 100.
    return float((logs[99, 2] - logs[99, 0]) / (logs[22, 2] - logs[22, 0]))


def test_far_intervals_grow_as_in_the_history_for_windows_like_its_own_and_as_usual_for_others() -> None:
    usual = half_width_of_day_100(load_prior())
    assert usual > 1.3
    assert half_width_of_day_100(with_growth_power(0.0, 0.999999)) == pytest.approx(1.0, abs=0.01)
    assert half_width_of_day_100(with_growth_power(0.0, 1e-6)) == pytest.approx(usual, rel=0.01)
    assert half_width_of_day_100(with_growth_power(0.0, 0.5)) == pytest.approx(usual**0.5, rel=0.01)


def test_no_far_interval_reaches_beyond_five_times_the_largest_day() -> None:
    views = generate_views(500, 420, 9)
    upper = load_prior().predict(list(views), dates(500), 365, (99,)).upper[0]
    assert (1 + upper[:, 28:] <= 5.001 * (1 + views.max(axis=1))[:, None]).all()


@pytest.mark.parametrize("level", [81, 85, 90, 94])
def test_between_80_and_95_half_widths_are_linear_in_normal_quantiles(level: int) -> None:
    z, eighty, ninety_five = norm.ppf(0.5 + np.array([level, 80, 95]) / 200)
    share = (z - eighty) / (ninety_five - eighty)
    assert half_width_shares(level) == pytest.approx((1 - share, share))
