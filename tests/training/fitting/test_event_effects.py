"""What events do is learned where it can be seen, and nothing is learned where there is nothing."""

import math

import numpy as np
import pytest

from tests.training.planted import LAST_DATE, N_DAYS, drawn_days, on, planted
from training.fitting.event_effects import fit_effects
from training.history.days import day_number
from training.history.series import History, Series
from training.model.event_effects import FIRST_OFFSET, OFFSETS, Effect

ON_THE_DAY = -FIRST_OFFSET
NOTHING = (0.0,) * len(OFFSETS)


def factor(effect: Effect, offset: int = 0) -> float:
    return math.exp(effect.log_effects[ON_THE_DAY + offset])


@pytest.mark.parametrize("n_series", [1, 10])
@pytest.mark.parametrize("seed", range(3))
def test_a_planted_effect_is_found_and_one_that_is_not_there_is_not(n_series: int, seed: int) -> None:
    campaign, placebo = drawn_days(14, seed, length=3), drawn_days(14, seed + 10)
    history = planted({"campaign": (campaign, 2.0), "placebo": (placebo, 1.0)}, n_series, seed)
    effects = fit_effects(history, ("campaign", "placebo")).events
    assert 1.6 < factor(effects["campaign"]) < 2.1
    assert effects["campaign"].times >= 10
    assert effects["placebo"].log_effects == NOTHING


def test_holidays_are_found_by_their_days_in_all_series() -> None:
    days = drawn_days(8, 1)
    history = planted({"day off": (days, 0.6)}, 10, 1)
    effects = fit_effects(History(history.series), (), {"day off": on(days), "no day off": on(days + 100)})
    (holiday,) = effects.holidays
    effect, kept_days = effects.holidays[holiday]
    assert holiday == "day off"
    assert kept_days == on(days)
    assert 0.58 < factor(effect) < 0.75


def test_what_comes_before_and_after_the_day_is_found_as_well() -> None:
    days = drawn_days(20, 2)
    history = planted({"upload": (days, 3.0), "day after": (days + 1, 1.6), "day before": (days - 1, 0.7)})
    effect = fit_effects(history, ("upload",)).events["upload"]
    assert 2.4 < factor(effect) < 3.2
    assert 1.3 < factor(effect, 1) < 1.7
    assert 0.65 < factor(effect, -1) < 0.85
    assert [factor(effect, offset) for offset in range(3, 8)] == pytest.approx([1.0] * 5, abs=0.1)


def test_what_was_seen_once_counts_by_half() -> None:
    day = np.array([day_number(LAST_DATE) - 200])
    effect = fit_effects(planted({"campaign": (day, 4.0)}), ("campaign",)).events["campaign"]
    assert effect.times == 1
    assert 1.5 < factor(effect) < 2.2  # √4 is 2


def test_half_of_the_largest_value_has_half_of_the_log() -> None:
    small, large = drawn_days(10, 3), drawn_days(10, 4)
    small = np.setdiff1d(small, large)
    history = planted({"small": (small, 2.0), "large": (large, 4.0)})
    days = np.concatenate([small, large])
    values = np.concatenate([np.full(small.size, 50.0), np.full(large.size, 100.0)])
    order = np.argsort(days)
    budget = type(on([]))(days[order], values[order])
    events = {series.name: {"budget": budget} for series in history.series}
    effects = fit_effects(History(history.series, (), events), ("budget",))
    assert effects.events["budget"].largest == 100.0
    assert 3.2 < factor(effects.events["budget"]) < 4.2


def test_spikes_on_other_days_do_not_hide_an_effect() -> None:
    days, rng = drawn_days(12, 5), np.random.default_rng(0)
    history = planted({"campaign": (days, 2.0)}, 5, 5)
    spiky = []
    for series in history.series:
        views = series.views.copy()
        views[rng.choice(views.size, views.size // 50, replace=False)] *= 20
        spiky.append(Series(series.name, series.first_date, views))
    effects = fit_effects(History(tuple(spiky), (), history.events), ("campaign",))
    assert 1.5 < factor(effects.events["campaign"]) < 2.2


def test_an_event_that_comes_every_week_is_the_weeks_business() -> None:
    fridays = np.arange(day_number(LAST_DATE) - N_DAYS, day_number(LAST_DATE), 7)
    effect = fit_effects(planted({"upload": (fridays, 2.0)}), ("upload",)).events["upload"]
    assert 0.9 < factor(effect) < 1.1


@pytest.mark.parametrize("days", [on([]), on([day_number(LAST_DATE) + 5]), on([-40_000]), on([20_000], 0.0)])
def test_of_what_was_never_seen_nothing_is_learned(days: object) -> None:
    history = planted({}, 2)
    events = {series.name: {"campaign": days} for series in history.series}
    effects = fit_effects(History(history.series, (), events), ("campaign", "never named"))  # type: ignore[arg-type]
    assert [effects.events[name] for name in ("campaign", "never named")] == [Effect(), Effect()]


@pytest.mark.parametrize(
    "views",
    [np.zeros(100), np.full(100, 7.0), np.full(100, 1e15), np.where(np.arange(100) % 9, np.nan, 3.0)],
    ids=["nothing", "constant", "huge", "mostly gaps"],
)
def test_odd_histories_give_finite_effects(views: np.ndarray) -> None:
    series = Series("odd", LAST_DATE - np.timedelta64(99, "D"), views)
    series = Series.trimmed("odd", series.first_date, views)
    day = day_number(LAST_DATE) - 36
    history = History((series,), (), {"odd": {"campaign": on([day], 1e15)}})
    effect = fit_effects(history, ("campaign",)).events["campaign"]
    assert np.isfinite(effect.log_effects).all()
    assert factor(effect) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("n_times", [1, 2, 4])
def test_an_accident_after_one_of_a_few_is_no_effect(n_times: int) -> None:
    days = day_number(LAST_DATE) - 40 - 90 * np.arange(n_times)[::-1]
    accident = np.array([days[-1] + 5])
    history = planted({"holiday": (days, 1.0), "accident": (accident, 0.05)}, 10, 3)
    effect = fit_effects(history, ("holiday",)).events["holiday"]
    assert effect.log_effects == NOTHING
