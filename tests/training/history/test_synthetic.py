"""Generated histories are what the first model learns from: seeded, countable, and as varied as life."""

import numpy as np

from training.history.synthetic import generate_history, generate_views


def test_the_same_seed_gives_the_same_histories_and_another_seed_others() -> None:
    first = generate_views(5, 100, 1)
    np.testing.assert_array_equal(first, generate_views(5, 100, 1))
    assert not np.array_equal(first, generate_views(5, 100, 2))


def test_views_are_whole_finite_and_never_negative() -> None:
    views = generate_views(300, 400, 0)
    assert views.shape == (300, 400)
    assert np.isfinite(views).all()
    assert (views >= 0).all()
    np.testing.assert_array_equal(views, np.round(views))


def test_levels_reach_from_a_handful_a_day_to_hundreds_of_thousands() -> None:
    medians = np.median(generate_views(300, 200, 0), axis=1)
    assert np.quantile(medians, 0.05) < 10
    assert np.quantile(medians, 0.95) > 100_000


def test_many_series_repeat_every_week() -> None:
    logs = np.log1p(generate_views(300, 364, 0))
    weeks = logs.reshape(300, 52, 7)
    within = weeks - weeks.mean(axis=2, keepdims=True)
    share = within.mean(axis=1).var(axis=1) / within.reshape(300, -1).var(axis=1)
    assert np.quantile(share, 0.75) > 0.3


def test_a_sample_history_has_gaps_and_series_that_start_late() -> None:
    history = generate_history(40, 300, np.datetime64("2026-11-20"), 0)
    assert len(history.series) == 40
    assert all(str(series.last_date) == "2026-11-20" for series in history.series)
    assert min(len(series.views) for series in history.series) < 300
    assert any(np.isnan(series.views).any() for series in history.series)
