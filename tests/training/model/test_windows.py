"""A window becomes inputs that do not depend on a channel's size, and a forecast becomes views again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from training.model.long_features import long_features
from training.model.weekly_copy import copy_share
from training.model.windows import (
    CONTEXT_DAYS,
    HORIZON_DAYS,
    LONG_CONTEXT_DAYS,
    N_FEATURES,
    YEARLY_FEATURES,
    Float64,
    features,
    fill_missing_days,
    latest_days,
    scale_targets,
    scale_windows,
    views_from_logs,
)

ANY_VIEWS = arrays.arrays(
    np.float64,
    (3, LONG_CONTEXT_DAYS),
    elements=st.one_of(st.just(np.nan), st.floats(0, 1e15)),
    fill=st.just(7.0),
)
DATES = np.array(["2026-11-20"] * 3, "datetime64[D]")


@given(ANY_VIEWS)
def test_any_counts_and_gaps_give_finite_inputs(views: Float64) -> None:
    X, scale = features(views, DATES)
    assert X.shape == (3, N_FEATURES)
    assert X.dtype == np.float32
    assert np.isfinite(X).all()
    assert (scale.spread > 0).all()


@given(ANY_VIEWS)
def test_targets_on_the_windows_scale_become_the_same_views_again(views: Float64) -> None:
    _, scale = scale_windows(views)
    median = np.expm1(scale.center)[:, None] * np.ones(HORIZON_DAYS)
    scaled = scale_targets(median, scale).astype(np.float64)
    logs = scaled * scale.spread[:, None] + scale.center[:, None]
    np.testing.assert_allclose(views_from_logs(logs, scale.highest), median, rtol=1e-4, atol=1e-4)


def test_a_channel_of_millions_looks_like_one_of_thousands() -> None:
    views = np.random.default_rng(0).lognormal(9, 0.3, (1, LONG_CONTEXT_DAYS))
    small, _ = scale_windows(views)
    large, _ = scale_windows(views * 1000)
    np.testing.assert_allclose(small, large, atol=1e-2)


@pytest.mark.parametrize("n_days", [56, LONG_CONTEXT_DAYS])
@pytest.mark.parametrize("n_known", [1, 2, 5, 13])
def test_few_days_after_a_gap_show_no_smaller_spread_than_the_days_before(n_days: int, n_known: int) -> None:
    views = np.random.default_rng(0).lognormal(7, 0.3, (200, n_days))
    _, usual = scale_windows(views)
    views[:, -n_known - 28 : -n_known] = np.nan
    _, scale = scale_windows(views)
    assert 0.8 * usual.spread.mean() < scale.spread.mean() < 2.0 * usual.spread.mean()


def test_a_missing_day_is_taken_from_its_weekday_in_the_week_before() -> None:
    views = np.tile([10.0, 20, 30, 40, 50, 60, 70], LONG_CONTEXT_DAYS // 7)[None]
    gap = views.copy()
    gap[0, -3] = np.nan
    whole, with_gap = features(views, DATES[:1])[0], features(gap, DATES[:1])[0]
    assert with_gap[0, CONTEXT_DAYS - 3] == pytest.approx(whole[0, CONTEXT_DAYS - 3], abs=0.1)


def test_a_window_of_the_context_alone_has_the_inputs_of_one_with_nothing_before() -> None:
    views = np.random.default_rng(0).poisson(50, (3, LONG_CONTEXT_DAYS)).astype(float)
    views[:, :-CONTEXT_DAYS] = np.nan
    views[0, -9] = views[1, -28:] = np.nan
    long, context = features(views, DATES)[0], features(views[:, -CONTEXT_DAYS:], DATES)[0]
    np.testing.assert_allclose(long, context, rtol=1e-6, atol=1e-6)


def test_a_silent_month_takes_its_level_from_the_days_before() -> None:
    views = np.full((1, LONG_CONTEXT_DAYS), 500.0)
    views[0, -28:] = np.nan
    _, scale = scale_windows(views)
    assert np.expm1(scale.center[0]) == pytest.approx(500.0)


def test_a_page_read_once_a_month_is_not_the_wildest_of_all() -> None:
    views = np.zeros((1, LONG_CONTEXT_DAYS))
    views[0, ::30] = 1.0
    scaled, _ = scale_windows(views)
    assert np.abs(scaled).max() < 2.0


def test_the_same_day_of_another_year_has_the_same_yearly_features() -> None:
    views = np.full((2, LONG_CONTEXT_DAYS), 5.0)
    X, _ = features(views, np.array(["2025-03-01", "2026-03-01"], "datetime64[D]"))
    np.testing.assert_allclose(X[0, YEARLY_FEATURES], X[1, YEARLY_FEATURES], atol=0.02)


def test_series_of_different_lengths_line_up_at_their_last_day() -> None:
    matrix = latest_days([np.array([1.0, 2.0]), np.arange(10.0)], 4)
    np.testing.assert_array_equal(matrix, [[np.nan, np.nan, 1, 2], [6, 7, 8, 9]])


def test_a_missing_day_is_taken_from_its_weekday_in_the_first_week_that_is_known() -> None:
    scaled = np.full((1, 56), np.nan)
    scaled[0, -7:] = np.arange(1.0, 8.0)
    assert fill_missing_days(scaled).tolist() == [[*np.arange(1.0, 8.0)] * 8]


def test_the_level_of_a_year_ago_is_the_mean_of_the_days_that_are_known() -> None:
    scaled = np.zeros((1, LONG_CONTEXT_DAYS))
    scaled[:, : -8 * 7] = np.nan
    scaled[0, -45 * 7] = 3.0
    levels, is_known = long_features(scaled)[0, :6], long_features(scaled)[0, 6:12]
    assert levels.tolist() == [0, 0, 0, 0, 0, 3]
    assert is_known.tolist() == [0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize(("week", "counts"), [(8, False), (9, True), (26, True), (27, False)])
def test_the_usual_week_is_that_of_the_half_year_before_the_context(week: int, counts: bool) -> None:
    scaled = np.zeros((1, LONG_CONTEXT_DAYS))
    begin = LONG_CONTEXT_DAYS - week * 7
    scaled[0, begin] = 1.0
    assert bool(long_features(scaled)[0, -7:].any()) == counts


def test_the_weekly_copy_counts_less_where_few_days_can_be_compared() -> None:
    X = np.zeros((3, N_FEATURES), np.float32)
    X[:, CONTEXT_DAYS + 2] = [0.0, -0.75, -0.875]  # less the share of days that are missing
    assert copy_share(X).tolist() == [1.0, 0.5, 0.0]
