"""Effects of events: arithmetic that comes back from a file as it went, and bounds that hold."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.histories import NAN, day, series
from tests.training.planted import on
from training.history.days import day_number
from training.history.series import History
from training.model.event_effects import (
    LARGEST_LOG_EFFECT,
    OFFSETS,
    Effect,
    EventEffects,
)

# One day before ×2, on the day ×3, nothing afterwards.
CAMPAIGN = Effect((float(np.log(2)), float(np.log(3)), *(0.0,) * 7), largest=10.0, times=4)
CHRISTMAS = Effect((0.0, float(np.log(0.5)), *(0.0,) * 7), largest=1.0, times=2)
DAY = day_number(day("2026-12-25"))
EFFECTS = EventEffects({"campaign": CAMPAIGN}, {"DE: Christmas Day": (CHRISTMAS, on([DAY, DAY + 365]))})

logs = st.lists(
    st.floats(-LARGEST_LOG_EFFECT, LARGEST_LOG_EFFECT), min_size=len(OFFSETS), max_size=len(OFFSETS)
)
effects = st.builds(Effect, logs.map(tuple), st.floats(0, 1e15), st.integers(0, 10**6))


def factors(first_day: int, n_days: int, *events: dict[str, Any]) -> list[float]:
    log_factors = EFFECTS.log_effects(np.array([first_day]), n_days, events or None)
    return np.exp(log_factors[0]).round(6).tolist()


def test_the_day_before_and_the_day_have_their_factors() -> None:
    assert factors(100, 5, {"campaign": on([102], 10.0)}) == [1, 2, 3, 1, 1]


def test_what_lies_outside_is_felt_inside() -> None:
    assert factors(100, 2, {"campaign": on([102], 10.0)}) == [1, 2]


def test_a_smaller_value_has_a_smaller_effect_and_a_larger_one_than_was_seen_no_larger_one() -> None:
    assert factors(100, 1, {"campaign": on([100], 5.0)}) == [pytest.approx(np.sqrt(3), abs=1e-6)]
    assert factors(100, 1, {"campaign": on([100], 1e15)}) == [3]


def test_holidays_are_known_without_being_given() -> None:
    assert factors(DAY - 1, 3) == [1, 0.5, 1]
    assert factors(DAY + 364, 3) == [1, 0.5, 1]
    assert factors(DAY, 1, {"campaign": on([DAY], 10.0)}) == [1.5]


@pytest.mark.parametrize("first_day", [-(10**6), 0, 10**6])
def test_a_day_that_no_calendar_reaches_has_no_holiday(first_day: int) -> None:
    assert factors(first_day, 3) == [1, 1, 1]


def test_an_event_that_is_not_known_changes_nothing() -> None:
    assert factors(100, 3, {"another": on([101])}) == [1, 1, 1]


def test_many_events_on_one_day_change_views_at_most_twentyfold() -> None:
    many = EventEffects({str(i): CAMPAIGN for i in range(50)}, {})
    events = {str(i): on([100], 10.0) for i in range(50)}
    assert np.exp(many.log_effects(np.array([100]), 1, [events])).item() == pytest.approx(20.0)


def test_views_without_the_events_are_those_divided_by_the_effects() -> None:
    history = History(
        (series("a", "2026-12-23", 30, 60, 60, NAN, 30), series("b", "2026-12-23", 30, 30)),
        ("a note",),
        {"a": {"campaign": on([DAY - 1], 10.0)}},
    )
    first, second = EFFECTS.without(history).series
    assert np.array_equal(np.round(first.views, 9), [15, 20, 120, NAN, 30], equal_nan=True)
    assert second == history.series[1]


def test_without_any_effect_views_stay_what_they_are_bit_by_bit() -> None:
    history = History((series("a", "2026-12-23", 0.1, 1e15, 3),), (), {"a": {"campaign": on([DAY])}})
    assert EventEffects({"campaign": Effect()}, {}).without(history) == History(history.series)


@given(st.dictionaries(st.text(), effects), st.dictionaries(st.text(), effects))
def test_effects_come_back_from_their_file_as_they_went(
    events: dict[str, Effect], holidays: dict[str, Effect]
) -> None:
    known = EventEffects(events, {name: (effect, on([-5, DAY])) for name, effect in holidays.items()})
    assert EventEffects.from_document(json.loads(json.dumps(known.to_document()))) == known


def changed(**changes: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(EFFECTS.to_document()))
    document["events"]["campaign"].update(changes)
    return document


@pytest.mark.parametrize(
    "document",
    [
        None,
        3,
        [],
        {},
        {"events": [], "holidays": {}},
        {"events": {}, "holidays": {"x": {"days": ["soon"]}}},
        {"events": {}, "holidays": {"x": {"log_effects": []}}},
        changed(log_effects=[0.0]),
        changed(log_effects=["0"] * 9),
        changed(log_effects=[NAN] * 9),
        changed(log_effects=[1e300] * 9),
        changed(log_effects=None),
        changed(largest=-1),
        changed(largest=NAN),
        changed(times="often"),
        changed(more=1),
    ],
)
def test_another_document_is_refused(document: object) -> None:
    with pytest.raises(ValueError, match="it tells no effects of events"):
        EventEffects.from_document(document)


def test_what_was_learned_is_said_in_a_sentence_an_event() -> None:
    known = EventEffects(
        {"campaign": CAMPAIGN, "placebo": Effect(times=3, largest=1.0), "soon": Effect()}, EFFECTS.holidays
    )
    assert known.notes() == (
        'the event "campaign", seen 4 times: ×2.00 one day before, ×3.00 on the day',
        'the event "placebo", seen 3 times: no effect was found',
        'the event "soon" is on no day that has views: nothing is learned of it',
        "DE: Christmas Day, seen 2 times: ×0.50 on the day",
    )
