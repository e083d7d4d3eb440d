"""Rows: what is done to each kind, told with the right lines, or refused with them."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED_DATA
from tests.training.histories import NAN, day, histories, parsed, refusal, series
from training.history.files import History, HistoryError, ReadOptions, parse_history, read_history, write_csv
from training.history.series import DAY


@given(history=histories())
def test_a_history_written_and_read_back_is_equal(
    history: History, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("csv") / "views.csv"
    write_csv(history, path)
    options = ReadOptions(today=day("2199-12-31"))
    assert read_history(path, options) == history
    assert parse_history(path.read_bytes(), "views.csv", options) == history


PIECES = [
    "date",
    "views",
    "series",
    "Total",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    '"',
    "2026-01-0",
    "1",
    "7",
    "-",
    ".",
]
PIECES += ["\0", "\ufeff", "é", "/", "Nov", "e9"]


def is_read_or_refused_politely(content: bytes) -> bool:
    try:
        return len(parsed(content).series) > 0
    except HistoryError as error:
        return str(error).startswith("views.csv") and str(error).isprintable()


@settings(max_examples=500)
@given(st.one_of(st.binary(), st.lists(st.sampled_from(PIECES)).map("".join).map(str.encode)))
def test_any_bytes_are_a_history_or_an_error_for_the_user(rows: bytes) -> None:
    assert is_read_or_refused_politely(rows)
    assert is_read_or_refused_politely(b"series,date,views\n" + rows)
    assert is_read_or_refused_politely(b"date,views\n2026-01-01,5\n" + rows)


@pytest.mark.parametrize("byte", [b"0", b",", b'"', b"\n", b"\r", b" ", b"\0", b"\xff", b";"])
def test_a_megabyte_of_the_same_is_an_error_for_the_user(byte: bytes) -> None:
    assert is_read_or_refused_politely(byte * 1_000_000)
    assert is_read_or_refused_politely(b"date,views\n2026-01-01," + byte * 1_000_000)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        ("date,views\n", "there is a header, but no row"),
        ("date,views\n\n,\n", "there is a header, but no row"),
        ("Date,Views\nTotal,5\n", "there is a header, but no row"),
    ],
)
def test_a_file_without_rows_is_refused(content: str, message: str) -> None:
    assert refusal(content).startswith(f"views.csv: {message}")


def test_one_day_is_a_history() -> None:
    assert parsed("date,views\n2026-01-01,5\n").series == (series("total", "2026-01-01", 5),)


def test_rows_may_come_in_any_order_and_missing_days_are_gaps() -> None:
    history = parsed("series,date,views\nb,2026-01-04,4\na,2026-01-02,2\nb,2026-01-01,1\n")
    assert history.series == (series("a", "2026-01-02", 2), series("b", "2026-01-01", 1, NAN, NAN, 4))
    assert history.notes == ("views.csv: 2 days without a row inside of a series: taken as missing",)


@pytest.mark.parametrize(
    ("content", "note"),
    [
        ("Date,Views,CTR\n2026-11-01,5,2.5%\n", 'the column "CTR" is passed over'),
        ("Date,Country,Views,Note\n2026-11-01,DE,5,x\n", 'the columns "Country", "Note" are passed over'),
        (",date,views,\n7,2026-11-01,5,\n8,2026-11-02,6,\n", 'the column "" is passed over'),
        ("Page,Rank,2026-11-01,2026-11-02,2026-11-03\na,1,5,6,7\n", 'the column "Rank" is passed over'),
        ("Date,day part,Views\n2026-11-01,a,5\n2026-11-02,b,5\n", 'the column "day part" is passed over'),
    ],
)
def test_columns_that_are_passed_over_are_named(content: str, note: str) -> None:
    assert f"views.csv: {note}" in parsed(content).notes


def test_columns_that_tell_parts_apart_are_passed_over_where_no_day_has_two() -> None:
    rows = "a,2026-11-01,tv,5\na,2026-11-02,phone,6\n"
    assert parsed(f"series,date,device,views\n{rows}").notes == (
        'views.csv: the column "device" is passed over',
    )
    summed = parsed(f"series,date,device,views\n{rows}a,2026-11-02,tv,1\n").notes
    assert summed == (
        'views.csv: rows of one series and day that differ in "device" are taken for parts of that day and '
        "summed",
    )


def test_names_that_were_taken_for_one_are_named() -> None:
    content = "series,date,views\nCafe\u0301,2026-11-01,5\nCaf\xe9,2026-11-02,6\na b,2026-11-01,7\n"
    assert parsed(content).notes == (
        'views.csv: "Caf\xe9" is written in ways that differ in Unicode form or spaces only: one series',
    )
    assert "are each written" in parsed(f"{content}a\xa0b,2026-11-02,8\n").notes[0]


@pytest.mark.parametrize("end", ["", "\n", "Total,,26\n", "# a remark\n"])
def test_a_name_that_begins_like_a_remark_is_a_name_whatever_else_is_in_the_file(end: str) -> None:
    rows = "#7,2026-11-01,5\n#7,2026-11-02,6\nhome,2026-11-01,7\nhome,2026-11-02,8\n"
    assert parsed(f"series,date,views\n{rows}{end}").names() == ("#7", "home")


@pytest.mark.parametrize("hidden", ["########", "#VALUE!", "#REF!", "#N/A"])
@pytest.mark.parametrize(("series", "name"), [("", ""), ("series,", "home,"), ("series,", "#7,")])
def test_a_count_whose_date_a_spreadsheet_does_not_show_is_refused(
    hidden: str, series: str, name: str
) -> None:
    rows = f"{name}2026-11-01,5\n{name}{hidden},6\n{name}2026-11-03,7\n"
    refused = refusal(f"{series}date,views\n{rows}")
    assert refused.startswith(f'views.csv, line 3, column "date": "{hidden}" is ')


def test_a_row_of_spreadsheet_errors_without_a_count_is_left_out() -> None:
    content = "date,views\n2026-11-01,5\n#N/A,#N/A\n2026-11-02,6\n# a remark\n"
    assert parsed(content).series == (series("total", "2026-11-01", 5, 6),)


def test_a_repeated_row_is_left_out() -> None:
    history = parsed("date,views\n2026-01-01,5\n2026-01-02,6\n2026-01-01,5\n")
    assert history.series == (series("total", "2026-01-01", 5, 6),)
    assert history.notes == (
        "views.csv: 1 row (line 2) with the series, day and count of a later row: left out",
    )


def test_of_two_counts_for_a_day_the_last_in_the_file_is_kept() -> None:
    history = parsed("date,views\n2026-01-01,5\n2026-01-02,6\n2026-01-01,7\n2026-01-03,0\n")
    assert history.series == (series("total", "2026-01-01", 7, 6, 0),)
    assert history.notes == (
        "views.csv: 1 row (line 2) with another count than a later row has for the day: left out",
    )


def test_many_rows_are_named_by_the_first_lines() -> None:
    content = "date,views\n" + "".join(f"2026-01-{n:02},{'' if n % 2 else n}\n" for n in range(1, 32))
    assert (
        "views.csv: 16 rows (lines 2, 4, 6, 8, 10, …) without a count: taken as missing days"
        in parsed(content).notes
    )


def test_a_series_without_any_count_is_no_series() -> None:
    assert parsed("series,date,views\na,2026-01-01,5\nb,2026-01-01,\n").names() == ("a",)


def test_counts_of_several_series_under_one_name_are_refused() -> None:
    rows = "".join(f"2026-01-0{day},{count}\n" for day in range(1, 5) for count in (10, 20, 30))
    assert refusal("date,views\n" + rows) == (
        'views.csv, line 2, column "views": most days have several counts that differ; '
        "leave one, or add a column that names the series"
    )


@pytest.mark.parametrize(
    ("dates", "what"),
    [
        (["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"], "week"),
        (["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"], "month"),
    ],
)
def test_weekly_and_monthly_sums_are_refused(dates: list[str], what: str) -> None:
    rows = "".join(f"{date},700\n" for date in dates)
    assert f"there is one row a {what}; one row a day is needed" in refusal("date,views\n" + rows)


def test_a_mistyped_year_does_not_become_a_century_of_gaps() -> None:
    assert refusal("series,date,views\na,2026-01-01,5\na,1926-01-01,5\na,1901-01-01,5\n") == (
        'views.csv, line 4, column "date": series "a" goes from 1901-01-01 (line 4) to 2026-01-01 (line 2), '
        "more than 100 years; is one of these years mistyped?"
    )


def test_rows_in_random_order_are_not_taken_for_mistyped_years() -> None:
    days = np.array(["2023-01-01", "2024-01-01"], "datetime64[D]")[:, None] + np.arange(100)
    rows = [f"{name},{when},{5 + place}" for name in range(200) for place, when in enumerate(days.ravel())]
    shuffled = np.random.default_rng(0).permutation(rows)
    assert len(parsed("series,date,views\n" + "\n".join(shuffled)).series) == 200


def test_a_small_file_cannot_ask_for_gigabytes_of_gaps() -> None:
    rows = "".join(f"{n},1950-01-01,1\n{n},2049-01-01,1\n" for n in range(1000))
    assert "nearly all days are missing" in refusal("series,date,views\n" + rows)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,2026-01-01\n", "line 2: 2 fields where the header has 3"),
        ("a,2026-01-01,1,204\n", "line 2: 4 fields where the header has 3; write counts without commas"),
        (",2026-01-01,5\n", 'line 2, column "series": the name of a series is empty'),
        (f"{'a' * 501},2026-01-01,5\n", 'line 2, column "series": the name of a series has 501 characters'),
        ("a\0,2026-01-01,5\n", 'line 2, column "series": the name of a series has a control character'),
        ('"a\nb",2026-01-01,5\n', 'line 2, column "series": the name of a series has a control character'),
        (
            'a,2026-01-01,5\n"a,2026-01-02,5\na,2026-01-03,5\n',
            "line 3: a quote is opened here and never closed",
        ),
        (
            '"a,' + "x" * 200_000 + "\n",
            "line 2: a quote is opened here and never closed, or a field is longer",
        ),
        ('"a"b,2026-01-01,5\n', "line 2: ',' expected after '\"'; write a quote inside of quotes twice"),
    ],
)
def test_a_row_that_is_none_is_refused(rows: str, message: str) -> None:
    assert message in refusal("series,date,views\n" + rows)


def test_an_older_encoding_is_guessed_and_said() -> None:
    rows = "series,date,views\ncaf\xe9,2026-01-01,5\ncaf\xe9,2026-01-02,6\n".encode("cp1252")
    history = parsed(rows)
    assert history.series == (series("caf\xe9", "2026-01-01", 5, 6),)
    assert history.notes == (
        "views.csv: the text is not UTF-8 and was read as cp1252; look whether the names are right",
    )


def test_damaged_utf_8_is_refused() -> None:
    rows = "series,date,views\ncaf\xe9,2026-01-01,5\n\xfcber,2026-01-01,5\n".encode()
    assert (
        refusal(rows + b"caf\xe9,2026-01-02,5\n") == 'views.csv: not a text in UTF-8; save it as "CSV UTF-8"'
    )


@pytest.mark.parametrize("bad_row", [1, 1_999, 2_000, 2_001, 6_000])
def test_lines_are_right_below_quoted_line_ends_and_blank_lines(bad_row: int) -> None:
    rows = ['a,2026-01-01,5,"two\nlines"\n\n'] * 6_001
    rows[bad_row] = "a,2026-01-01,bad,\n"
    expected = 2 + 3 * bad_row
    assert refusal("series,date,views,video title\n" + "".join(rows)).startswith(
        f'views.csv, line {expected}, column "views": "bad"'
    )


def test_a_missing_file_is_an_error_for_the_user(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match=r"nowhere\.csv: No such file or directory"):
        read_history(tmp_path / "nowhere.csv")
    with pytest.raises(HistoryError, match="Is a directory"):
        read_history(tmp_path)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\data\\x.csv", "x.csv"),
        ("../../x.csv", "x.csv"),
        ("", "the upload"),
        ("x\n.csv", "x\\n.csv"),
        ("a" * 1000, "a" * 60 + "…"),
    ],
)
def test_an_upload_is_named_without_its_folders(name: str, shown: str) -> None:
    assert refusal("", name).startswith(f"{shown}: ")


@pytest.mark.skipif(not SHARED_DATA.exists(), reason="the real view histories are not beside the repository")
def test_real_exports_are_read() -> None:
    total = read_history(SHARED_DATA / "youtube_studio_totals.csv")
    countries = read_history(SHARED_DATA / "youtube_studio_chart_data.csv")
    channel = read_history(SHARED_DATA / "youtube_codingtrain_2021.csv")
    assert total.names() == ("total",)
    assert "NA" in countries.names()  # Namibia, not a missing name
    assert total.merge(countries) == channel
    manning = read_history(SHARED_DATA / "wikipedia_peyton_manning_2007_2016.csv")
    assert (manning.n_rows, manning.first_date) == (2905, day("2007-12-10"))
    assert manning.notes[0].endswith("59 days without a row inside of a series: taken as missing")


def test_a_file_of_nothing_but_sums_is_refused() -> None:
    rows = "page,date,device,views\na,2026-01-01,All,5\na,2026-01-01,tv,\n"
    assert refusal(rows) == "views.csv: no row has a count but those that sum up others"


def from_october(*counts: int) -> str:
    dates = [day("2026-10-01") + i * DAY for i in range(len(counts))]
    return "date,views\n" + "".join(f"{date},{count}\n" for date, count in zip(dates, counts, strict=True))


def test_counts_that_hardly_ever_fall_are_said_to_be_lifetime_counts() -> None:
    counts = [5_000 + 10 * i for i in range(45)]
    assert "never fall, and are large" in parsed(from_october(*counts)).notes[0]
    once = [*counts[:20], counts[20] - 300, *counts[21:]]
    assert "hardly ever fall, and are large" in parsed(from_october(*once)).notes[0]
    assert parsed(from_october(*once[::2], *once[1::2])).notes == ()


def test_days_at_the_end_that_are_not_whole_are_said() -> None:
    counts = [100 + i % 7 for i in range(30)]
    assert parsed(from_october(*counts)).notes == ()
    (note,) = parsed(from_october(*counts, 7)).notes
    assert "the last day, 2026-10-31, has less than half" in note
    (three,) = parsed(from_october(*counts, 0, 0, 0)).notes
    assert "the last 3 days have less than half of any of the 26 days before" in three
    assert parsed(from_october(*counts[:10], 0, *counts[11:], 0, 0)).notes == ()


def test_a_series_that_is_the_sum_of_the_others_is_kept_and_said() -> None:
    rows = "a,2026-11-01,5\nb,2026-11-01,6\nb,2026-11-02,7\nTotal,2026-11-01,11\nTotal,2026-11-02,"
    history = parsed(f"series,date,views\n{rows}7\n")
    assert history.names() == ("Total", "a", "b")
    assert history.notes == (
        'views.csv: series "Total" is the sum of the others: kept as a series of its own',
    )
    assert parsed(f"series,date,views\n{rows}70\n").notes == ()
