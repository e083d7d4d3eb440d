"""Columns that say what was or will be on a day are read when they are asked for, and kept."""

import io
import re
import zipfile

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.training.histories import day, series
from tests.training.planted import on
from training.history.days import day_number
from training.history.events import MOST_EVENTS, EventDays, event_names_problem
from training.history.files import History, HistoryError, ReadOptions, parse_history

FILE = """\
series,date,views,campaign,Uploads,note
a,2026-11-18,10,0,2,first
a,2026-11-19,12,1,,
a,2026-11-20,14,,1,
a,2026-11-22,,1,,planned
b,2026-11-20,5,,,
"""
DAY = day_number(day("2026-11-18"))
CAMPAIGN = EventDays(np.array([DAY, DAY + 1, DAY + 4]), np.array([0.0, 1.0, 1.0]))
UPLOADS = EventDays(np.array([DAY, DAY + 2]), np.array([2.0, 1.0]))


def parsed(content: str, *events: str) -> History:
    return parse_history(content.encode(), "views.csv", ReadOptions(events=events, today=day("2100-01-01")))


def refusal(content: str, *events: str) -> str:
    with pytest.raises(HistoryError) as caught:
        parsed(content, *events)
    return str(caught.value)


def test_the_columns_that_are_asked_for_are_read_and_others_are_not() -> None:
    assert parsed(FILE).events == {}
    assert parsed(FILE, "campaign").events == {"a": {"campaign": CAMPAIGN}}
    assert parsed(FILE, "uploads", "campaign").events == {"a": {"campaign": CAMPAIGN, "uploads": UPLOADS}}


def test_days_to_come_have_no_views_and_are_no_missing_days() -> None:
    history = parsed(FILE, "campaign")
    assert history.series == (series("a", "2026-11-18", 10, 12, 14), series("b", "2026-11-20", 5))
    assert history.notes == (
        'views.csv: the columns "Uploads", "note" are passed over',
        'views.csv: the event "campaign" has 2 days',
    )
    passed_over, note = parsed(FILE).notes
    assert '"campaign", "Uploads", "note" are passed over' in passed_over
    assert "1 row (line 5) without a count" in note


@pytest.mark.parametrize(("yes", "no"), [("TRUE", "FALSE"), ("yes", "no"), ("ja", "nein"), ("Sí", "No")])
def test_yes_and_no_are_1_and_0(yes: str, no: str) -> None:
    content = f"date,views,campaign\n2026-11-18,5,{no}\n2026-11-19,6,{yes}\n2026-11-20,7,\n"
    campaign = EventDays(np.array([DAY, DAY + 1]), np.array([0.0, 1.0]))
    assert parsed(content, "campaign").events == {"total": {"campaign": campaign}}
    assert "is not a number" in refusal(content.replace(yes, "maybe"), "campaign")


def test_asking_for_events_changes_nothing_else() -> None:
    assert parsed(FILE, "campaign").series == parsed(FILE).series
    assert parsed(FILE, "campaign").sha256() != parsed(FILE).sha256()
    assert parsed(FILE, "no such column") == parsed(FILE)


def test_a_file_of_one_series_may_have_events_beside_its_views() -> None:
    text = "date,views,campaign\n2026-11-19,3,1\n2026-11-20,4,0\n"
    days = EventDays(np.array([DAY + 1, DAY + 2]), np.array([1.0, 0.0]))
    assert parsed(text, "campaign").events == {"total": {"campaign": days}}


def test_a_day_that_comes_twice_has_its_last_value() -> None:
    twice = "date,views,campaign\n2026-11-19,3,1\n2026-11-19,3,5\n2026-11-20,3,\n2026-11-19,3,\n"
    assert parsed(twice, "campaign").events["total"]["campaign"] == on([DAY + 1], 5.0)


def test_events_of_a_series_without_any_count_are_left_out() -> None:
    rows = "series,date,views,campaign\na,2026-11-19,3,1\nnew,2026-11-25,,1\n"
    assert parsed(rows, "campaign").events.keys() == {"a"}


@pytest.mark.parametrize("value", ["maybe", "-1", "inf", "1e300", "x" * 1000])
def test_what_is_no_number_is_an_error_that_names_its_place(value: str) -> None:
    message = refusal(f'date,views,campaign\n2026-11-19,3,0\n2026-11-20,3,"{value}"\n', "campaign")
    assert message.startswith('views.csv, line 3, column "campaign": ')
    assert len(message) < 300


def test_a_planned_day_that_there_is_not_is_an_error() -> None:
    message = refusal("date,views,campaign\n2026-11-19,3,0\n2026-11-31,,1\n", "campaign")
    assert 'line 3, column "date": "2026-11-31" does not exist in the calendar' in message


def test_two_columns_of_one_event_are_an_error() -> None:
    assert 'two columns are named "campaign"' in refusal("date,views,campaign,Campaign\n", "campaign")


def test_a_zip_is_read_as_its_file_is() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("views.csv", FILE)
    history = parse_history(buffer.getvalue(), "views.zip", ReadOptions(events=("campaign",)))
    assert history.events == {"a": {"campaign": CAMPAIGN}}


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["campaign", "Campaign"], "asked for twice"),
        (["views"], "is a column that every history has"),
        ([""], "is empty"),
        (["a\nb"], "unprintable"),
        ([str(i) for i in range(1000)], f"1000 events are asked for; at most {MOST_EVENTS}"),
    ],
)
def test_names_that_make_no_sense_are_said(names: list[str], problem: str) -> None:
    assert problem in (event_names_problem(names) or "")
    assert event_names_problem(["campaign", "my upload"]) is None


def test_newer_plans_win_and_a_silent_day_changes_nothing() -> None:
    older = parsed(FILE, "campaign")
    newer = parsed(
        "series,date,views,campaign\na,2026-11-21,9,\na,2026-11-22,,0\nb,2026-11-20,5,1\n", "campaign"
    )
    merged = older.merge(newer).events
    assert merged["a"]["campaign"] == EventDays(CAMPAIGN.days, np.array([0.0, 1.0, 0.0]))
    assert merged["b"]["campaign"] == on([DAY + 2])


def test_days_are_cut_and_plans_are_not() -> None:
    assert parsed(FILE, "campaign").before(day("2026-11-20")).events == {"a": {"campaign": CAMPAIGN}}


def test_the_file_that_the_documentation_shows_is_read() -> None:
    page = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```csv\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    (events,) = parsed(shown, "campaign", "upload").events.values()
    assert events["campaign"].values.tolist() == [0, 1, 1, 1]
    assert events["upload"].values.tolist() == [1, 0]
