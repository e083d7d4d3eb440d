"""Intervals beyond 28 days grow as they grew in the history, for windows like those of the history."""

import numpy as np
import pytest

from training.fitting.far_growth import own_growth_power
from training.fitting.kept_prior import load_prior
from training.history.series import DAY, History, Series
from training.history.synthetic import generate_history

LAST = np.datetime64("2026-11-22", "D")
WEEK = np.array([1.0, 0.9, 0.85, 0.9, 1.0, 1.25, 1.15])


def steady_page(n_days: int) -> np.ndarray:
    """Views that return to their level every day."""
    return np.random.default_rng(0).poisson(1000 * WEEK[np.arange(n_days) % 7]).astype(float)


def history_of(*views: np.ndarray) -> History:
    return History(tuple(Series(f"s{n}", LAST - (len(row) - 1) * DAY, row) for n, row in enumerate(views)))


def test_on_generated_histories_intervals_grow_as_usual() -> None:
    power = own_growth_power(load_prior(), generate_history(20, 700, LAST, 0), 0)
    assert power[0] == pytest.approx(1.0, abs=0.25)


def test_where_views_return_to_their_level_intervals_hardly_grow() -> None:
    assert own_growth_power(load_prior(), history_of(steady_page(900)), 0)[0] < 0.5


@pytest.mark.parametrize("n_days", [10, 40, 60])
def test_a_short_history_leaves_the_usual_growth(n_days: int) -> None:
    assert own_growth_power(load_prior(), history_of(steady_page(n_days)), 0)[0] == pytest.approx(1, abs=0.02)
    assert own_growth_power(load_prior(), History(()), 0)[0] == 1.0


def test_unknown_days_are_passed_over() -> None:
    views = steady_page(600)
    views[100:400] = np.nan
    assert np.isfinite(own_growth_power(load_prior(), history_of(views), 0)).all()


@pytest.mark.parametrize("views", [np.full(700, 1000.0), np.zeros(400)], ids=["a thousand", "none"])
def test_where_all_days_are_alike_intervals_hardly_grow(views: np.ndarray) -> None:
    assert own_growth_power(load_prior(), history_of(views), 0)[0] < 0.5
