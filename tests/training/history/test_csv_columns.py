"""Headers: which columns are date, views and series, in the files that people have."""

import pytest

from tests.training.histories import parsed, refusal, series

ONE = (series("total", "2026-01-01", 5, 6),)
TWO = (series("DE", "2026-01-01", 5, 6), series("NA", "2026-01-01", 7, 8))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_line_ends_and_byte_order_marks_do_not_matter(separator: str, bom: str, end: str) -> None:
    rows = ["series,date,views", "DE,2026-01-01,5", "DE,2026-01-02,6", "NA,2026-01-01,7", "NA,2026-01-02,8"]
    content = bom + end.join(row.replace(",", separator) for row in rows)
    assert parsed(content).series == TWO


@pytest.mark.parametrize(
    "content",
    [
        "date,views\n2026-01-01,5\n2026-01-02,6\n",
        "Date,Views\n2026-01-01,5\n2026-01-02,6\n",
        " DATE , VIEWS \n2026-01-01, 5\n2026-01-02, 6\n",
        "views,date\n5,2026-01-01\n6,2026-01-02",
        ",date,views\n0,2026-01-01,5\n1,2026-01-02,6\n",
        "\n\ndate,views\n2026-01-01,5\n\n2026-01-02,6\n,\n\n",
        "Date,Views,Watch time (hours)\nTotal,11,2.5\n2026-01-01,5,1\n2026-01-02,6,1.5\n",
        "Date,Engaged views,Views,Likes (vs. dislikes) (%)\n2026-01-01,1,5,3\n2026-01-02,1,6,\n",
    ],
)
def test_a_file_without_a_series_column_holds_the_series_total(content: str) -> None:
    assert parsed(content).series == ONE


@pytest.mark.parametrize(
    "title",
    [
        "Geography",
        "Content",
        "Traffic source",
        "Device type",
        "Subscription status",
        "Content type",
        "anything",
    ],
)
def test_a_third_column_of_any_name_names_the_series(title: str) -> None:
    history = parsed(
        f"Date,{title},Views\n2026-01-01,DE,5\n2026-01-02,DE,6\n2026-01-01,NA,7\n2026-01-02,NA,8\n"
    )
    assert history.series == TWO
    assert history.notes == (f'views.csv: the series are named by the column "{title}"',)


def test_what_studio_puts_beside_the_videos_is_passed_over() -> None:
    history = parsed(
        "\ufeffDate,Content,Video title,Video publish time,Duration,Engaged views,Views,Watch time (hours)\n"
        'Total,,,,,,11,\n2026-01-01,dQw4,"One, two\nthree","Nov 3, 2025",61,1,5,0.5\n2026-01-02,dQw4,,,,,6,\n'
    )
    assert history.series == (series("dQw4", "2026-01-01", 5, 6),)
    assert 'views.csv: the row "Total" is left out' in history.notes


def test_a_column_named_series_goes_before_all_others() -> None:
    content = "date,country,device,series,views\n2026-01-01,DE,TV,12,5\n"
    assert parsed(content).series == (series("12", "2026-01-01", 5),)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "date,country,device,views",
            'line 1: "country", "device" may each name the series; name the one that does',
        ),
        ("date,date,views", 'line 1: two columns are named "date"'),
        (
            "day,views",
            'line 1: there is no column "date" among "day", "views"; write a header like "series,date,views"',
        ),
        ("date;count", 'line 1: there is no column "views" among "date", "count"'),
        (
            "Content,Video title,Views",
            'this is YouTube Studio\'s "Table data", which sums up all days; take "Chart data.csv"',
        ),
        ("2026-01-01,5", 'line 1: the first line has to name the columns, and it is "2026-01-01", "5"'),
        ('"date,views', "the first line has to name the columns"),
        ("\0", 'not a text in UTF-8; save it as "CSV UTF-8"'),
    ],
)
def test_a_header_that_does_not_tell_is_refused(header: str, message: str) -> None:
    assert message in refusal(f"{header}\n2026-01-01,5\n")


def test_utf_16_is_refused_with_what_to_do() -> None:
    assert 'not a text in UTF-8; save it as "CSV UTF-8"' in refusal(
        "date,views\n2026-01-01,5\n".encode("utf-16")
    )


def test_a_column_of_numbers_is_not_taken_for_names() -> None:
    assert refusal("date,views,likes_of_day\n2026-01-01,5,1\n2026-01-02,5,2\n") == (
        'views.csv, column "likes_of_day": the names of the series are numbers; if they are meant, '
        'name the column "series", else leave it out'
    )
