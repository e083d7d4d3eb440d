"""What a history is: its rules, and taking it apart and together."""

import pickle
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.histories import NAN, day, histories, series
from training.history.files import History, HistoryError, Series
from training.history.series import DAY


@pytest.mark.parametrize(
    ("name", "first_date", "views", "message"),
    [
        ("", "2026-01-01", [1.0], "the name of a series is empty"),
        (" a", "2026-01-01", [1.0], "spaces around it"),
        ("a\nb", "2026-01-01", [1.0], "control character"),
        ("a\ud800", "2026-01-01", [1.0], "invalid one"),
        ("a" * 501, "2026-01-01", [1.0], "has 501 characters; at most 500"),
        ("a", "2026-01-01", [], r"at least one day; its shape is \(0,\)"),
        ("a", "2026-01-01", [[1.0]], r"its shape is \(1, 1\)"),
        ("a", "2026-01-01", [NAN, 1.0], "the first and the last day must be known"),
        ("a", "2026-01-01", [1.0, NAN], "the first and the last day must be known"),
        ("a", "2026-01-01", [1.0, -2.0], "views of 2026-01-02 are -2"),
        ("a", "2026-01-01", [1.0, np.inf], "views of 2026-01-02 are inf"),
        ("a", "1899-12-31", [1.0], "outside of 1900-01-01 to 2199-12-31"),
        ("a", "2199-12-31", [1.0, 2.0], "outside of 1900-01-01 to 2199-12-31"),
        ("a", "2000-01-01", [1.0] * 36_526, "more than 100 years"),
        ("a", "NaT", [1.0], "the first date is missing"),
    ],
)
def test_what_is_no_series_is_refused(name: str, first_date: str, views: list[float], message: str) -> None:
    with pytest.raises(HistoryError, match=message):
        Series(name, day(first_date), np.array(views))


def test_views_cannot_be_changed_by_accident() -> None:
    with pytest.raises(ValueError, match="read-only"):
        series("a", "2026-01-01", 1, 2).views[0] = 3


def test_missing_days_at_the_ends_are_trimmed() -> None:
    trimmed = Series.trimmed("a", day("2026-01-01"), np.array([NAN, 2, NAN, 4, NAN]))
    assert trimmed == series("a", "2026-01-02", 2, NAN, 4)
    assert (trimmed.last_date, trimmed.n_known) == (day("2026-01-04"), 2)


def test_a_series_without_a_known_day_is_refused() -> None:
    with pytest.raises(HistoryError, match='series "a": no day has a count'):
        Series.trimmed("a", day("2026-01-01"), np.array([NAN, NAN]))


def test_series_are_sorted_and_counted() -> None:
    history = History((series("b", "2026-01-05", 1, NAN, 3), series("a", "2026-01-01", 4)))
    assert history.names() == ("a", "b")
    assert (history.n_rows, history.first_date, history.last_date) == (
        3,
        day("2026-01-01"),
        day("2026-01-07"),
    )


def test_a_name_occurs_once() -> None:
    with pytest.raises(HistoryError, match='two series are named "a"'):
        History((series("a", "2026-01-01", 1), series("a", "2026-01-02", 1)))


def test_metrics_of_one_page_are_series_of_their_own() -> None:
    views = series("a", "2026-01-01", 1)
    clicks = Series("a", day("2026-01-01"), np.array([7.0]), "clicks")
    both = History((views, clicks))
    assert [series.label for series in both.series] == ["a (clicks)", "a"]
    newer = Series("a", day("2026-01-02"), np.array([8.0]), "clicks")
    merged = both.merge(History((newer,))).before(day("2026-01-03"))
    assert merged.series[0] == Series("a", day("2026-01-01"), np.array([7.0, 8.0]), "clicks")
    assert merged.series[1] == views
    assert History((Series("a", day("2026-01-01"), np.array([1.0]), "likes"),)).sha256() != (
        History((views,)).sha256()
    )
    with pytest.raises(HistoryError, match="the metric"):
        Series("a", day("2026-01-01"), np.array([1.0]), "")


def test_an_empty_history_has_no_dates_and_says_so() -> None:
    assert History(()).n_rows == 0
    with pytest.raises(HistoryError, match="the history is empty"):
        _ = History(()).first_date


def test_before_keeps_the_days_strictly_before() -> None:
    history = History((series("a", "2026-01-01", 1, NAN, 3), series("b", "2026-01-03", 1)), ("a note",))
    earlier = history.before(day("2026-01-03"))
    assert earlier == History((series("a", "2026-01-01", 1),))
    assert earlier.notes == ("a note",)


def test_newer_days_win_and_gaps_erase_nothing() -> None:
    older = History((series("a", "2026-01-01", 1, 2, 3), series("b", "2026-01-01", 5)))
    newer = History((series("a", "2026-01-02", 20, NAN, 40), series("c", "2026-01-01", 6)))
    assert older.merge(newer) == History(
        (
            series("a", "2026-01-01", 1, 20, 3, 40),
            series("b", "2026-01-01", 5),
            series("c", "2026-01-01", 6),
        )
    )


def test_merging_over_more_than_a_hundred_years_is_refused() -> None:
    with pytest.raises(HistoryError, match='series "a": 1900-01-01 to 2026-01-01 is more than 100 years'):
        History((series("a", "1900-01-01", 1),)).merge(History((series("a", "2026-01-01", 1),)))


@given(histories(), st.randoms())
def test_the_fingerprint_depends_on_the_content_and_on_nothing_else(history: History, random: Random) -> None:
    shuffled = list(history.series)
    random.shuffle(shuffled)
    same = History(tuple(pickle.loads(pickle.dumps(shuffled))), ("a note",))
    assert same == history
    assert hash(same) == hash(history)
    assert same.sha256() == history.sha256()
    first = history.series[0]
    changed = History(
        (Series(first.name, first.first_date, np.array([*first.views, 1.0])), *history.series[1:])
    )
    assert changed != history
    assert changed.sha256() != history.sha256()


@given(histories(), histories())
def test_cutting_what_was_merged_gives_the_older_days_back(older: History, newer: History) -> None:
    moved = History(
        tuple(Series(series.name, older.last_date + DAY, series.views) for series in newer.series)
        if older.last_date < day("2199-11-30")
        else ()
    )
    try:
        merged = older.merge(moved)
    except HistoryError:
        return  # more than a hundred years
    assert merged.before(older.last_date + DAY) == older
