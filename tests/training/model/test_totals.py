"""Totals agree with their parts, and their intervals follow from theirs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.quick_models import a_model
from training.fitting.kept_prior import load_prior
from training.history.synthetic import generate_views
from training.model.totals import ALL_ALIKE, MEASURED_DAYS, SumOfSeries, Totals, TotalWidths

LAST = np.datetime64("2026-11-22", "D")
TODAY = np.array([LAST])


def widths(factor: float, correlation: float) -> TotalWidths:
    factors = np.full((2, 2, 6), factor)
    return TotalWidths(factors, np.full(6, correlation), factors)


def some_totals(total_widths: TotalWidths, n_series: int = 5, horizon: int = 30) -> Totals:
    views = list(generate_views(n_series, 200, 3))
    forecasts = load_prior().predict(views, np.repeat(TODAY, n_series), horizon)
    return total_widths.totals(forecasts.views, (80, 95), forecasts.own_share)


@pytest.mark.parametrize("correlations", [np.zeros(5), np.zeros((6, 1)), np.full(6, 1.1), np.full(6, -0.1)])
def test_correlations_are_six_numbers_between_0_and_1(correlations: np.ndarray) -> None:
    factors = np.ones((2, 2, 6))
    with pytest.raises(ValueError, match="total_correlations"):
        TotalWidths(factors, correlations, factors)


@settings(max_examples=40)
@given(
    seed=st.integers(0, 99),
    views=st.lists(st.one_of(st.just(np.nan), st.floats(0, 1e15)), min_size=7, max_size=500),
    horizon=st.integers(1, 365),
)
def test_totals_are_sums_of_medians_inside_of_intervals_that_nest(
    seed: int, views: list[float], horizon: int
) -> None:
    forecasts = a_model(seed).predict([np.array(views)], TODAY, horizon)
    totals = ALL_ALIKE.totals(forecasts.views, (80, 95), forecasts.own_share)
    assert totals.days == (*(days for days in (7, 28) if days < horizon), horizon)
    numbers = totals.numbers[0]
    for days, row in zip(totals.days, numbers, strict=True):
        np.testing.assert_allclose(row[0], forecasts.median[0, :days].sum(), rtol=1e-9)
    total, lower_80, upper_80, lower_95, upper_95 = numbers.T
    assert np.isfinite(numbers).all()
    for smaller, larger in zip(
        (np.zeros_like(total), lower_95, lower_80, total, upper_80),
        (lower_95, lower_80, total, upper_80, upper_95),
        strict=True,
    ):
        assert (smaller <= larger * (1 + 1e-9)).all()


def test_the_total_of_tomorrow_is_tomorrow() -> None:
    forecasts = load_prior().predict(list(generate_views(3, 200, 3)), np.repeat(TODAY, 3), 1)
    totals = load_prior().total_widths.totals(forecasts.views, (80, 95), forecasts.own_share)
    np.testing.assert_allclose(totals.numbers, forecasts.views)


def test_factors_between_measured_days_and_levels_lie_between_theirs() -> None:
    factors = np.ones((2, 2, len(MEASURED_DAYS)))
    factors[0, :, 1:3], factors[1, :, 1:3] = [0.5, 0.3], [0.9, 0.7]
    views = np.tile([10.0, 9, 11, 9, 11, 9, 11], (1, 14, 1))
    levels = (80, 90, 95)
    half_widths = TotalWidths(factors, np.ones(6), factors).totals(views, levels, np.zeros(1)).half_widths[0]
    np.testing.assert_allclose(half_widths[0, [1, 5]], [7 * 0.5, 7 * 0.9])
    assert half_widths[0, 1] < half_widths[0, 3] < half_widths[0, 5]
    assert 14 * 0.3 < half_widths[1, 1] < 14 * 0.5


def test_own_factors_count_as_much_as_a_series_is_like_those_learned_from() -> None:
    usual = np.ones((2, 2, len(MEASURED_DAYS)))
    views = np.tile([10.0, 9, 11], (3, 7, 1))
    totals = TotalWidths(usual, np.ones(6), 0.5 * usual).totals(views, (80,), np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(totals.half_widths[:, 0, 1], [7, 0.75 * 7, 0.5 * 7])


def test_series_that_err_alike_add_their_ends_up_and_independent_ones_their_squares() -> None:
    for correlation, power in (1.0, 1), (0.0, 2):
        total_widths = widths(0.7, correlation)
        totals = some_totals(total_widths)
        sums = SumOfSeries(total_widths)
        sums.add(totals)
        expected = (np.abs(totals.half_widths) ** power).sum(axis=0) ** (1 / power)
        np.testing.assert_allclose(np.abs(sums.totals().half_widths[0]), expected)
        np.testing.assert_allclose(sums.totals().numbers[0, :, 0], totals.total.sum(axis=0))


def test_many_series_may_be_summed_up_some_at_a_time() -> None:
    total_widths = widths(0.7, 0.3)
    totals = some_totals(total_widths)
    whole, pieces = SumOfSeries(total_widths), SumOfSeries(total_widths)
    whole.add(totals)
    for part in slice(0, 2), slice(2, 5):
        pieces.add(Totals(totals.days, totals.total[part], totals.half_widths[part]))
    np.testing.assert_allclose(pieces.totals().numbers, whole.totals().numbers)


def test_a_wider_level_is_never_narrower_whatever_the_factors_and_the_order() -> None:
    factors = np.stack([np.full((2, 6), 1.0), np.full((2, 6), 0.2)])
    views = np.tile([10.0, 8, 12, 7, 13], (1, 7, 1))
    below_95, above_95, below_80, above_80 = (
        TotalWidths(factors, np.ones(6), factors)
        .totals(views[..., [0, 3, 4, 1, 2]], (95, 80), np.zeros(1))
        .half_widths[0, 0]
    )
    assert (below_80, above_80) == (-14, 14)
    assert below_95 <= below_80
    assert above_95 >= above_80


@pytest.mark.parametrize(("factor", "correlation"), [(0.0, 0.3), (-1.0, 0.3), (1.0, 1.1), (np.nan, 0.3)])
def test_impossible_widths_are_refused(factor: float, correlation: float) -> None:
    with pytest.raises(ValueError, match="total_"):
        widths(factor, correlation)
