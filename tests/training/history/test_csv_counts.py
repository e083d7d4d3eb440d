"""Counts: what is a number, what is a missing day, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.histories import parsed, refusal, series


def one_day(count: str, separator: str = ",") -> str:
    return f'date{separator}views\n2026-01-01{separator}"{count}"\n2026-01-02{separator}7\n'


def read(count: str) -> float:
    return float(parsed(one_day(count)).series[0].views[0])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("007", 7),
        (" 12 ", 12),
        ("12.0", 12),
        ("+5", 5),
        ("-0", 0),
        ("1e3", 1000),
        ("1.5E+03", 1500),
        ("1.204", 1.204),
        (".5", 0.5),
    ],
)
def test_a_number_is_read(text: str, count: float) -> None:
    assert read(text) == count


@given(st.floats(0, 1e15, allow_nan=False))
def test_whatever_python_writes_is_read_to_the_last_bit(count: float) -> None:
    assert read(repr(count)) == count


@pytest.mark.parametrize("text", ["", " ", "-", "–", "—", "NaN", "nan", "NA", "n/a", "null", "None", "#N/A"])
def test_a_mark_for_no_count_is_a_missing_day(text: str) -> None:
    history = parsed(one_day(text))
    assert history.series == (series("total", "2026-01-02", 7),)
    assert history.notes == ("views.csv: 1 row (line 2) without a count: taken as missing days",)


def test_fractional_counts_are_kept_with_a_note() -> None:
    history = parsed("date,views\n2026-01-01,1\n2026-01-02,2.5\n2026-01-03,3.25\n")
    assert history.series == (series("total", "2026-01-01", 1, 2.5, 3.25),)
    assert history.notes == ("views.csv: 2 rows (lines 3, 4) with a fractional count: kept as it is",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,204", '"1,204" has a thousands separator; write 1204'),
        ("1,204,500", "write 1204500"),
        ("1.204.500", "write 1204500"),
        ("1 204", "write 1204"),
        ("1\u202f204", "write 1204"),
        ("1'204", "write 1204"),
        ("12,5", '"12,5" has a comma; write 12.5'),
        ("1.2K", '"1.2K" is abbreviated; write it in full, like 1200'),
        ("3m", "like 3000000"),
        ("-1", '"-1" is negative; a count is 0 or more, or empty when the day is unknown'),
        ("-1.5", "is negative"),
        ("inf", '"inf" is infinite'),
        ("-Infinity", "is infinite"),
        ("∞", "is infinite"),
        ("1e999", '"1e999" is too large; a count is at most 1e+15 views a day'),
        ("9" * 400, "is too large"),
        (
            "many",
            '"many" is not a number; write digits, like 1204, or leave it empty when the day is unknown',
        ),
        ("12%", "is not a number"),
        ("1_000", "is not a number"),
        ("0x10", "is not a number"),
        ("١٢", "is not a number"),
        ("²", "is not a number"),
        ("1\0", r'"1\x00" is not a number'),
    ],
)
def test_what_is_no_count_is_refused(text: str, message: str) -> None:
    refused = refusal(one_day(text))
    assert refused.startswith('views.csv, line 2, column "views": ')
    assert message in refused


@pytest.mark.parametrize("text", ["1.204", "1,204"])
def test_where_spreadsheets_write_decimal_commas_a_group_of_three_digits_is_not_guessed_at(text: str) -> None:
    message = f'views.csv, line 2, column "views": "{text}" may be 1204 or 1.2040; write one of these'
    assert refusal(one_day(text, ";")) == message
    assert parsed(one_day("1.2040", ";")).series[0].views[0] == 1.204


def test_a_file_without_any_count_is_refused() -> None:
    assert refusal("date,views\n2026-01-01,\n") == 'views.csv, column "views": no row has a count'
