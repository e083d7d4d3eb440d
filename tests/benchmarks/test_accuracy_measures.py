"""The measures of the accuracy benchmark, against values computed by hand."""

import numpy as np
import pytest

from benchmarks.accuracy import measures


def test_the_mean_absolute_error_leaves_out_days_without_a_count() -> None:
    actual = np.array([[10.0, np.nan], [30.0, 40.0]])
    forecast = np.array([[12.0, 99.0], [30.0, 36.0]])
    assert measures.mean_absolute_error(actual, forecast) == pytest.approx((2 + 0 + 4) / 3)


def test_half_the_error_on_one_series_and_twice_on_another_is_as_good_as_the_copy() -> None:
    assert measures.geometric_mean_of_ratios([5.0, 20.0], [10.0, 10.0]) == pytest.approx(1.0)


def test_a_series_that_the_weekly_copy_never_misses_has_no_ratio() -> None:
    assert measures.geometric_mean_of_ratios([5.0, 1.0], [10.0, 0.0]) == pytest.approx(0.5)


def test_wape_is_all_errors_by_all_views() -> None:
    actual = [np.array([[90.0, 100.0]]), np.array([[10.0, np.nan]])]
    forecast = [np.array([[80.0, 100.0]]), np.array([[20.0, 7.0]])]
    assert measures.weighted_absolute_percentage_error(actual, forecast) == pytest.approx(20 / 200)


def test_the_scale_is_the_mean_change_to_the_same_weekday_a_week_later() -> None:
    views = np.concatenate([np.arange(7.0), np.arange(7.0) + 3.0, [13.0]])
    assert measures.seasonal_scale(views) == pytest.approx((7 * 3 + 10) / 8)


def test_the_interval_score_is_the_width_plus_the_fined_distance_outside() -> None:
    actual = np.array([[5.0, 0.0, 12.0]])
    lower, upper = np.full((1, 3), 2.0), np.full((1, 3), 10.0)
    # 80 %: each view outside costs 2 / 0.2 = 10; two below, two above.
    assert measures.interval_score(actual, lower, upper, 80) == pytest.approx((8 + (8 + 20) + (8 + 20)) / 3)


def test_interval_scores_are_scaled_a_series_before_they_are_averaged() -> None:
    scores = measures.mean_scaled_interval_score([10.0, 600.0, 5.0], [2.0, 200.0, 0.0])
    assert scores == pytest.approx((5 + 3) / 2)


def test_coverage_counts_days_on_the_edge_as_inside_and_unknown_days_not_at_all() -> None:
    actual = [np.array([[1.0, 2.0, np.nan]]), np.array([[9.0]])]
    lower = [np.array([[1.0, 3.0, 0.0]]), np.array([[0.0]])]
    upper = [np.array([[5.0, 5.0, 9.0]]), np.array([[9.0]])]
    assert measures.coverage(actual, lower, upper) == pytest.approx(2 / 3)


def test_the_difference_is_a_ratio_of_errors_less_one() -> None:
    actual = [np.zeros((2, 28)), np.zeros((2, 28))]
    forecast = [np.full((2, 28), 9.0), np.full((2, 28), 90.0)]
    other = [np.full((2, 28), 10.0), np.full((2, 28), 100.0)]
    assert measures.difference_interval(actual, forecast, other) == pytest.approx((-0.1, -0.1, -0.1))


def test_the_interval_of_a_difference_over_series_holds_what_resampling_them_gives() -> None:
    actual = [np.zeros((1, 28))] * 2
    forecast = [np.full((1, 28), 5.0), np.full((1, 28), 20.0)]
    other = [np.full((1, 28), 10.0)] * 2
    # Two series give 0.5, 1 or 2, half of the draws the one in the middle.
    assert measures.difference_interval(actual, forecast, other) == pytest.approx((0.0, -0.5, 1.0))


def test_the_interval_of_a_single_series_comes_from_its_origins() -> None:
    rng = np.random.default_rng(0)
    actual = rng.uniform(100, 200, size=(60, 28))
    forecast = actual + rng.normal(0, 9, size=actual.shape)
    other = actual + rng.normal(0, 10, size=actual.shape)
    difference, low, high = measures.difference_interval([actual], [forecast], [other])
    assert low < difference < high < 0
