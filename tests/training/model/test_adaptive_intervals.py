"""Intervals adapt: the share of days outside becomes what was promised, whatever the days are like."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.fitting.kept_prior import load_prior
from training.model.adaptive_intervals import LARGEST_LOG_FACTOR, UNCHANGED, MetIntervals, next_width_factors

INTERVALS = np.array([[[80.0] * 3, [120.0] * 3], [[60.0] * 3, [140.0] * 3]])


def met(*counts: float) -> MetIntervals:
    """Days that came, of these intervals."""
    return MetIntervals(INTERVALS[..., : len(counts)], np.array(counts, float))


@pytest.mark.parametrize(
    ("counts", "of_80", "of_95"),
    [
        ([100], -0.2, -0.05),
        ([130], 0.8, -0.05),
        ([150], 0.8, 0.95),
        ([0], 0.8, 0.95),
        ([np.nan], 0, 0),
        ([150, np.nan, 100], 0.6, 0.9),
    ],
)
def test_a_day_outside_widens_and_a_day_inside_narrows(
    counts: list[float], of_80: float, of_95: float
) -> None:
    tomorrow, later = next_width_factors(UNCHANGED, [met(*counts), met()])
    assert np.log(tomorrow) == pytest.approx([0.05 * of_80, 0.05 * of_95])
    assert later == (1, 1)
    tomorrow, later = next_width_factors(UNCHANGED, [met(), met(*counts)])
    assert tomorrow == (1, 1)
    assert np.log(later) == pytest.approx([0.03 * of_80, 0.03 * of_95])


@settings(max_examples=20)
@given(st.floats(0.5, 2.0), st.integers(0, 99))
def test_of_days_calmer_or_wilder_than_expected_as_many_lie_outside_as_promised(
    wildness: float, seed: int
) -> None:
    days = np.random.default_rng(seed).normal(0, wildness, 2_000)
    factors, inside = UNCHANGED, []
    for day in days:
        half_widths = np.array([1.28, 1.96]) * factors
        inside.append(abs(day) <= half_widths)
        ends = np.stack([-half_widths, half_widths], axis=2)[..., None]
        factors = next_width_factors(factors, [MetIntervals(each, np.array([day])) for each in ends])
    assert np.mean(inside, axis=0) == pytest.approx(np.array([[0.8, 0.95]] * 2), abs=0.03)


def test_no_interval_becomes_endless_or_empty() -> None:
    for count, log in (150.0, LARGEST_LOG_FACTOR), (100.0, -LARGEST_LOG_FACTOR):
        factors = UNCHANGED
        for _ in range(1_000):
            factors = next_width_factors(factors, [met(count), met(count)])
        assert np.log(factors) == pytest.approx(np.full((2, 2), log))


@pytest.mark.parametrize("levels", [(), (80,), (95, 80), (60, 90)])
def test_half_widths_are_multiplied_and_medians_stay(levels: tuple[int, ...]) -> None:
    model = load_prior()
    views, dates = [np.arange(60.0) % 7 + 9, np.full(60, 5.0)], np.zeros(2, "datetime64[D]")
    plain = model.predict(views, dates, 28, levels)
    same, wider = (
        model.predict(views, dates, 28, levels, width_factors=np.array([UNCHANGED, factors]))
        for factors in (UNCHANGED, ((1.5, 1.5), (1.5, 1.5)))
    )
    assert same.views == pytest.approx(plain.views)
    assert wider.median == pytest.approx(plain.median)
    assert wider.views[0] == pytest.approx(plain.views[0])
    logs, wider_logs = (np.log1p(np.stack([made.upper, made.lower])[:, :, 1]) for made in (plain, wider))
    median = np.log1p(plain.median[1])
    assert np.abs(wider_logs - median) == pytest.approx(1.5 * np.abs(logs - median), abs=1e-6)


def test_no_interval_is_narrower_than_one_of_a_lower_level() -> None:
    views, dates = [np.arange(60.0) % 7 + 9], np.zeros(1, "datetime64[D]")
    made = load_prior().predict(views, dates, 28, (80, 95), width_factors=np.array([[[2.7, 0.4]] * 2]))
    assert (made.upper[1] >= made.upper[0]).all()
    assert (made.lower[1] <= made.lower[0]).all()


def test_between_tomorrow_and_two_weeks_ahead_the_factors_go_over_into_each_other() -> None:
    views, dates = [np.arange(60.0) % 7 + 9], np.zeros(1, "datetime64[D]")
    plain, wider = (
        load_prior().predict(views, dates, 60, (80,), width_factors=np.array([factors])).upper[0, 0]
        for factors in (UNCHANGED, ((1.0, 1.0), (2.0, 2.0)))
    )
    median = np.log1p(load_prior().predict(views, dates, 60, ()).median[0])
    ratios = (np.log1p(wider) - median) / (np.log1p(plain) - median)
    assert ratios[:14] == pytest.approx(2.0 ** (np.arange(14) / 13), rel=1e-6)
    assert ratios[14:28] == pytest.approx(np.full(14, 2.0), rel=1e-6)
