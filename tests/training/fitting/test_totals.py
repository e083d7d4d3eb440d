"""Intervals of totals hold what they promise: of one series, and of series that err together."""

import numpy as np
import pytest

from training.fitting.kept_prior import load_prior
from training.fitting.totals import own_total_widths
from training.history.series import DAY, History, Series
from training.history.synthetic import generate_views
from training.model.totals import MEASURED_DAYS, SumOfSeries

LAST = np.datetime64("2026-11-22", "D")
WEEK = MEASURED_DAYS.index(7)


def history_of(views: np.ndarray) -> History:
    first = LAST - (views.shape[1] - 1) * DAY
    return History(tuple(Series(f"s{n}", first, row) for n, row in enumerate(views)))


def channel(n_series: int, n_days: int, together: float, seed: int = 0) -> np.ndarray:
    """Series whose levels wander, in part together."""
    rng = np.random.default_rng(seed)
    steps = np.sqrt(together) * rng.normal(size=n_days)
    steps = steps + np.sqrt(1 - together) * rng.normal(size=(n_series, n_days))
    return np.round(1000 * np.exp(0.05 * np.cumsum(steps, axis=1)))


@pytest.mark.parametrize("days", [7, 28, 182])
def test_totals_cover_what_they_promise_on_generated_series(days: int) -> None:
    """Which the prior's factors were measured on others of; daily intervals are a little wider there."""
    views, prior = generate_views(600, 420 + days, 21), load_prior()
    forecasts = prior.predict(list(views[:, :420]), np.full(600, LAST), days)
    numbers = prior.total_widths.totals(forecasts.views, (80, 95), forecasts.own_share).numbers[:, -1]
    came = views[:, 420:].sum(axis=1)
    covered = [((came >= numbers[:, i]) & (came <= numbers[:, i + 1])).mean() for i in (1, 3)]
    np.testing.assert_allclose(covered, [0.8, 0.95], atol=0.06)


def test_independent_days_make_totals_surer_than_days() -> None:
    noise = np.random.default_rng(0).poisson(1000, (4, 500)).astype(float)
    usual = load_prior().total_widths
    noisy = own_total_widths(load_prior(), history_of(noise), 0)
    assert (noisy.own_factors[0, :, WEEK] < 0.8 * usual.factors[0, :, WEEK]).all()
    np.testing.assert_array_equal(noisy.own_factors[..., 0], 1.0)


def test_series_that_rise_and_fall_together_are_told_from_independent_ones() -> None:
    alike, apart = (
        own_total_widths(load_prior(), history_of(channel(6, 400, together)), 0) for together in (0.8, 0.0)
    )
    assert alike.correlations[WEEK] > 0.55
    assert apart.correlations[WEEK] < 0.2


def test_a_short_history_or_a_single_series_leaves_what_is_usual() -> None:
    prior = load_prior()
    usual = prior.total_widths
    assert own_total_widths(prior, History(()), 0) is usual
    assert own_total_widths(prior, history_of(channel(3, 30, 0.5)), 0) is usual
    single = own_total_widths(prior, history_of(channel(1, 400, 0.5)), 0)
    np.testing.assert_array_equal(single.correlations, usual.correlations)


@pytest.mark.parametrize("together", [0.0, 0.8])
def test_the_total_over_series_covers_what_it_promises(together: float) -> None:
    prior = load_prior()
    covered = []
    for seed in range(6):
        views = channel(8, 700, together, seed)
        widths = own_total_widths(prior, history_of(views[:, :600]), 0)
        for origin in range(600, 690, 10):
            forecasts = prior.predict(list(views[:, :origin]), np.full(8, LAST), 7, (80,))
            sums = SumOfSeries(widths)
            sums.add(widths.totals(forecasts.views, (80,), np.ones(8)))
            _, lower, upper = sums.totals().numbers[0, 0]
            covered.append(lower <= views[:, origin : origin + 7].sum() <= upper)
    assert np.mean(covered) == pytest.approx(0.8, abs=0.12)


@pytest.mark.parametrize(
    "views",
    [np.zeros((1, 300)), np.full((1, 300), 0.001), np.random.default_rng(0).poisson(0.01, (10, 100))],
    ids=["zeros", "one view in years", "a view now and then"],
)
def test_forecasts_that_are_exactly_right_teach_no_factor_that_is_no_number(views: np.ndarray) -> None:
    widths = own_total_widths(load_prior(), history_of(views.astype(float)), 0)
    assert np.isfinite(widths.own_factors).all()
