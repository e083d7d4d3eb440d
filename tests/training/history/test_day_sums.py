"""Several rows for a day: what is summed, what is replaced, and what cannot be."""

from collections.abc import Callable

import pytest

from tests.training.histories import NAN, day, parsed, refusal, series
from training.history.series import DAY

DATES = [str(day("2026-08-01") + i * DAY) for i in range(8)]


def table(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows, ""])


LARGE = [f"{date},{1000 + i}" for i, date in enumerate(DATES)]
SMALL = [f"{date},{20 + i}" for i, date in enumerate(DATES)]


@pytest.mark.parametrize(
    "rows", [[row for pair in zip(LARGE, SMALL, strict=True) for row in pair], LARGE + SMALL, SMALL + LARGE]
)
def test_two_counts_of_each_day_are_refused_beside_each_other_and_in_blocks(rows: list[str]) -> None:
    assert "most days have several counts that differ" in refusal(table("date,views", rows))


def test_later_counts_of_fewer_than_half_of_the_days_replace_the_earlier_ones() -> None:
    history = parsed(table("date,views", [*LARGE, f"{DATES[7]},5", f"{DATES[6]},6"]))
    assert history.series[0].views.tolist() == [1000, 1001, 1002, 1003, 1004, 1005, 6, 5]
    assert "2 rows (lines 8, 9) with another count than a later row has" in history.notes[0]


def test_an_export_below_an_equal_one_is_left_out() -> None:
    assert parsed(table("date,views", LARGE * 2)).series == parsed(table("date,views", LARGE)).series


def hours(hour: Callable[[int, int], str], header: str) -> str:
    return table(header, [f"{date},{hour(n, n + 1)},{n + 10}" for date in DATES for n in range(24)])


@pytest.mark.parametrize(
    ("hour", "header"),
    [
        ("{:02}:00".format, "Date,Time,Views"),
        ("{:02}:00:00".format, "Date,Time,Views"),
        ("{}".format, "date,time,views"),
        ("{:02}:00".format, "Datum,Uhrzeit,Aufrufe"),
        ("{} Uhr".format, "Datum,Stunde,Aufrufe"),
        ("{}時".format, "日付,時間,視聴回数"),
        ("{} h".format, "Date,Heure,Vues"),
        ("{:02}:00-{:02}:00".format, "date,hour,views"),
        ("{:02}-{:02}".format, "date,hour,views"),
        ("{1}".format, "date,hour,views"),
        ("hour {}".format, "date,hour,views"),
    ],
)
def test_the_hours_beside_a_date_are_summed(hour: Callable[[int, int], str], header: str) -> None:
    history = parsed(hours(hour, header))
    assert history.names() == ("total",)
    assert history.series[0].views.tolist() == [sum(range(10, 34))] * len(DATES)
    assert any("summed" in note for note in history.notes)


def test_a_time_beside_the_only_row_of_each_day_is_said() -> None:
    notes = parsed(table("Date,Views,Time", [f"{row},0{n}:25" for n, row in enumerate(SMALL)])).notes
    assert (
        "views.csv: one row a day, at 00:25, 01:25, 02:25, …: each is the count of the day it names" in notes
    )


def test_a_column_called_time_without_times_is_a_series_like_others() -> None:
    assert parsed(table("Date,Time,Life", [f"{row},7" for row in LARGE])).names() == ("Life", "Time")


def timed(count: Callable[[str, int], object]) -> str:
    rows = [f"{date} {n:02}:00,{count(date, n)}" for date in DATES for n in range(24)]
    return table("date,views", [row for row in rows if not row.endswith("None")])


@pytest.mark.parametrize("unknown", ["", "n/a", "-5"])
def test_a_day_of_which_hours_are_not_known_is_missing(unknown: str) -> None:
    history = parsed(timed(lambda date, n: unknown if date == DATES[2] and n > 15 else 1))
    assert history.series == (series("total", DATES[0], 24, 24, NAN, *[24] * 5),)
    assert any(
        "without a count: the days that they are part of are missing" in note for note in history.notes
    )


def test_hours_to_come_make_the_last_day_missing() -> None:
    history = parsed(timed(lambda date, n: "" if date == DATES[7] and n > 15 else 1))
    assert history.series == (series("total", DATES[0], *[24] * 7),)


def test_a_count_at_one_hour_of_each_day_is_that_of_the_day() -> None:
    assert parsed(timed(lambda _, n: "" if n else 9)).series == (series("total", DATES[0], *[9] * 8),)


@pytest.mark.parametrize(("step", "n_missing"), [(1, 2), (6, 1)])
def test_a_day_with_fewer_hours_than_the_others_is_said(step: int, n_missing: int) -> None:
    short = (DATES[3], range(12, 12 + n_missing))
    history = parsed(timed(lambda date, n: None if n % step or (date == short[0] and n in short[1]) else 1))
    all_day = 24 // step
    expected = [all_day] * 3 + [all_day - n_missing] + [all_day] * 4
    assert history.series == (series("total", DATES[0], *expected),)
    assert (
        "views.csv: 1 day with fewer hours than the others (2026-08-04): the sum of those there are"
        in history.notes
    )


def test_days_with_and_without_hours_at_night_are_as_the_file_has_them() -> None:
    history = parsed(timed(lambda date, n: None if 1 < n < int(date[-1]) else 1))
    assert not any("fewer hours" in note for note in history.notes)
