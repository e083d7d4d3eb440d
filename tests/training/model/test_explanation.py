"""What is said to add up to a forecast adds up to it."""

import numpy as np
import pytest

from tests.training.planted import on
from tests.training.quick_models import a_model
from training.history.days import day_number
from training.model.event_effects import Effect, EventEffects
from training.model.event_model import EventModel
from training.model.explanation import explain, usual_views
from training.model.naive import straight_line, weekly_copy

LAST_DATE = np.datetime64("2026-11-20")


def days(n_days: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).poisson(1000.0, n_days).astype(float)


@pytest.mark.parametrize("n_days", [7, 56, 500])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_steps_end_at_the_forecast_of_tomorrow(n_days: int, seed: int) -> None:
    model, views = a_model(seed), days(n_days, seed)
    steps = explain(model, views, LAST_DATE)
    forecast = model.predict([views], np.array([LAST_DATE]), 1).median[0, 0]
    assert steps[-1].views == pytest.approx(forecast, rel=0.003)
    product = np.prod([step.factor for step in steps])
    assert product == pytest.approx(1.0 + forecast, rel=0.003)


def test_with_events_the_last_step_is_what_they_multiply_the_forecast_with() -> None:
    double = Effect((0.0, float(np.log(2.0)), *(0.0,) * 7), largest=1.0, times=9)
    model = EventModel(a_model(), EventEffects({"campaign": double}, {}))
    tomorrow = day_number(LAST_DATE) + 1
    for n_days in 7, 56, 500:
        views = days(n_days)
        without = explain(model, views, LAST_DATE)
        *others, last = explain(model, views, LAST_DATE, {"campaign": on([tomorrow])})
        assert last.group == "events"
        assert last.views == pytest.approx(2 * without[-1].views, rel=0.01)
        assert others == without[: len(others)]


def test_the_days_of_past_events_are_explained_without_them() -> None:
    double = Effect((0.0, float(np.log(2.0)), *(0.0,) * 7), largest=1.0, times=9)
    model = EventModel(a_model(), EventEffects({"campaign": double}, {}))
    views = days(100)
    doubled = views.copy()
    doubled[-9] *= 2
    steps = explain(model, doubled, LAST_DATE, {"campaign": on([day_number(LAST_DATE) - 8])})
    for step, expected in zip(steps[:6], explain(a_model(), views, LAST_DATE), strict=False):
        assert (step.group, step.factor) == (  # type: ignore[comparison-overlap]
            expected.group,
            pytest.approx(expected.factor, rel=0.01),
        )


def test_a_group_whose_inputs_are_all_usual_adds_nothing() -> None:
    # One week alone: of eight that are alike, the next would be a copy, whatever the weekday.
    steps = {step.group: step for step in explain(a_model(), np.full(7, 1000.0), LAST_DATE)}
    assert steps["last_week"].factor == steps["weeks_before"].factor == 1.0
    assert steps["same_weekday"].factor != 1.0  # tomorrow is some weekday, whatever the days were like


def test_of_weeks_that_are_all_alike_the_same_weekday_says_all() -> None:
    week = np.array([100.0, 400, 1600, 800, 200, 50, 900])
    steps = explain(a_model(), np.tile(week, 8), LAST_DATE)
    assert np.prod([step.factor for step in steps]) == pytest.approx(101.0, rel=0.01)
    assert {step.group for step in steps if abs(step.factor - 1.0) > 0.001} == {"level", "same_weekday"}


def test_the_usual_views_are_those_of_tomorrows_weekday() -> None:
    views = np.tile([1.0, 2, 3, 4, 5, 6, 7], 10)
    assert usual_views(views) == 1.0
    assert usual_views(views[:-1]) == 7.0
    assert usual_views(np.array([np.nan, 2, 3, 4, 5, 6, 7])) is None


def test_the_weekly_copy_goes_on_for_as_long_as_is_asked() -> None:
    views = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, np.nan, 10, 11, 12, 13, 14])
    assert weekly_copy([views], 9).tolist() == [[8.0, 2.0, 10.0, 11.0, 12.0, 13.0, 14.0, 8.0, 2.0]]


def test_the_straight_line_goes_on_and_never_below_zero() -> None:
    assert straight_line(np.array([1.0, 2, np.nan, 4]), 2) == pytest.approx([5.0, 6.0])
    assert straight_line(np.array([5.0, 3, 1]), 2).tolist() == [0.0, 0.0]
    assert straight_line(np.array([4.0]), 2).tolist() == [4.0, 4.0]
