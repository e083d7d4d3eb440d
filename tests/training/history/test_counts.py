"""Counts: what is a number, what is a missing day, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.histories import NAN, parsed, refusal, series
from training.history.counts import count_text


def one_day(count: str, separator: str = ",") -> str:
    rows = 'date,views\n2026-01-01,7\n2026-01-02,"?"\n2026-01-03,7\n'
    return rows.replace(",", separator).replace("?", count)


def read(count: str) -> float:
    return float(parsed(one_day(count)).series[0].views[1])


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
        ("1.2040", 1.204),
        ("12,5", 12.5),
        ("1,204", 1204),
        ("1,204,500", 1204500),
        ("1.204.500", 1204500),
        ("1,204.5", 1204.5),
        ("1.204,5", 1204.5),
        ("12,04,500", 1204500),
        ("1 204", 1204),
        ("1\u202f204", 1204),
        ("1'204", 1204),
        ("1\u2007204", 1204),
        ("1\u2019204\u2019500", 1204500),
        ("\u0661\u0662", 12),
        (".5", 0.5),
    ],
)
def test_a_number_is_read(text: str, count: float) -> None:
    assert read(text) == count


@given(st.floats(0, 1e15, allow_nan=False))
def test_whatever_python_writes_is_read_to_the_last_bit(count: float) -> None:
    assert read(count_text(count)) == count


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "--",
        "...",
        "–",
        "—",
        "NaN",
        "nan",
        "NA",
        "n/a",
        "null",
        "#N/A",
        "#DIV/0!",
        "k.A.",
        "No data",
        "なし",
        "\\N",
    ],
)
def test_a_mark_for_no_count_is_a_missing_day(text: str) -> None:
    history = parsed(one_day(text))
    assert history.series == (series("total", "2026-01-01", 7, NAN, 7),)
    assert history.notes[0] == "views.csv: 1 row (line 3) without a count: taken as missing days"


def test_fractional_counts_are_kept_with_a_note() -> None:
    history = parsed("date,views\n2026-01-01,1\n2026-01-02,2.5\n2026-01-03,3.25\n")
    assert history.series == (series("total", "2026-01-01", 1, 2.5, 3.25),)
    assert history.notes == ("views.csv: 2 rows (lines 3, 4) with a fractional count: kept as it is",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.2K", '"1.2K" is abbreviated; write it in full, like 1200'),
        ("3m", "like 3000000"),
        ("inf", '"inf" is infinite'),
        ("-Infinity", "is infinite"),
        ("∞", "is infinite"),
        ("1e999", '"1e999" is too large; a count is at most 1e+15 views a day'),
        ("9" * 400, "is too large"),
        (
            "many",
            '"many" is not a number; write digits, like 1204, or leave it empty when the day is unknown',
        ),
        ("12%", "is a share and no count"),
        ("<5", '"<5" is a bound, with "<", and no count'),
        ("12.4万", "write it in full, like 124000"),
        ("0:31", "is a duration"),
        ("$3.17", "is an amount of money"),
        ("1.204", '"1.204" may be 1204, with a thousands separator, or 1.2040; write one of these'),
        ("1_000", "is not a number"),
        ("0x10", "is not a number"),
        ("²", "is not a number"),
        ("1\0", r'"1\x00" is not a number'),
    ],
)
def test_what_is_no_count_is_refused(text: str, message: str) -> None:
    refused = refusal(one_day(text))
    assert refused.startswith('views.csv, line 3, column "views": ')
    assert message in refused


@pytest.mark.parametrize("text", ["1.204", "1,204"])
def test_where_spreadsheets_write_decimal_commas_a_group_of_three_digits_is_not_guessed_at(text: str) -> None:
    assert '"views": "' + text + '" may be 1204, with a thousands separator, or 1.2040' in refusal(
        one_day(text, ";")
    )
    assert parsed(one_day("1.2040", ";")).series[0].views[1] == 1.204


def test_a_file_without_any_count_is_refused() -> None:
    assert refusal("date,views\n2026-01-01,\n") == 'views.csv, column "views": no row has a count'


def counts_of(*texts: str) -> list[float]:
    rows = "".join(f'2026-01-{n:02},"{text}"\n' for n, text in enumerate(texts, 1))
    return parsed("date,views\n" + rows).series[0].views.tolist()


def test_the_rest_of_the_column_decides_what_a_point_is() -> None:
    assert counts_of("1.204", "980.5") == [1.204, 980.5]
    assert counts_of("1.204", "1.204.500") == [1204, 1204500]
    assert counts_of("1.204", "12,5") == [1204, 12.5]
    assert counts_of("1.204", "0.125") == [1.204, 0.125]
    assert counts_of("1,204", "980") == [1204, 980]


def test_a_column_that_contradicts_itself_is_refused() -> None:
    rows = 'date,views\n2026-01-01,"1.204"\n2026-01-02,"1.204.500"\n2026-01-03,"12.5"\n'
    assert 'in this column "." stands between thousands and before decimals' in refusal(rows)


def test_a_negative_count_is_a_missing_day_and_many_are_an_error() -> None:
    rows = "date,views\n" + "".join(f"2026-01-{n:02},{n}\n" for n in range(1, 13))
    history = parsed(rows.replace(",5\n", ",-5\n"))
    assert history.series[0].views.tolist() == [1, 2, 3, 4, pytest.approx(NAN, nan_ok=True), *range(6, 13)]
    assert history.notes[0] == "views.csv: 1 row (line 6) with a negative count: taken as missing"
    assert "5 counts are negative; a count is 0 or more" in refusal(
        rows.replace(",1", ",-1").replace(",5\n", ",-5\n")
    )
