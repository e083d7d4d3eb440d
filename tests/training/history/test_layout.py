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
        ("date,date,views", 'line 1: two columns are named "date"'),
        ("date,views,Views", 'line 1: two columns are named "views"'),
        ("date,title", 'line 1: there is no column "views" among "date", "title"'),
        (
            "Content,Views",
            'there is no column "date" among "Content", "Views"; of a table that sums up all days',
        ),
        ('"date,views', "the first line has to name the columns"),
        ("\0", 'not a text in UTF-8; save it as "CSV UTF-8"'),
    ],
)
def test_a_header_that_does_not_tell_is_refused(header: str, message: str) -> None:
    assert message in refusal(f"{header}\nx,y\n")


def test_two_columns_that_may_name_the_series_are_refused() -> None:
    rows = "".join(
        f"2026-01-0{n},{country},{source},5\n"
        for n in (1, 2)
        for country in "AB"
        for source in ("web", "app")
    )
    assert refusal("date,country,source,views\n" + rows).startswith(
        'views.csv, line 1: "country", "source" may each name the series; name the one that does "series"'
    )


def test_a_column_of_numbers_is_not_taken_for_names() -> None:
    assert parsed("date,views,likes_of_day\n2026-01-01,5,1\n2026-01-02,6,2\n").series == ONE


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_other_unicode_encodings_are_read(encoding: str) -> None:
    rows = "date,views\n2026-01-01,5\n2026-01-02,6\n"
    assert parsed(rows.encode(encoding)).series == ONE


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_in_quotes_as_a_whole_are_read_without_them(separator: str, end: str) -> None:
    rows = [f"2026-{month:02}-{day:02},{day}" for month in range(1, 13) for day in range(1, 29)]
    plain = [row.replace(",", separator) for row in ["date,views", *rows]]
    quoted = [f'"{row}"' for row in plain]
    expected = parsed("\n".join(plain))
    for content in quoted, [plain[0], *quoted[1:]], ["", *quoted, ""], [row + ";;" for row in quoted]:
        history = parsed(end.join(content))
        assert history.series == expected.series
        assert history.notes[0] == "views.csv: each line is in quotes as a whole: read without them"


def test_a_line_of_those_in_quotes_as_a_whole_is_named_as_in_the_file() -> None:
    assert "line 3" in refusal('"date,views"\n"2026-01-01,5"\n"2026-01-02,many"\n')


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Page,2026-01-01,2026-01-02,2026-01-03", "{},0,0,0"),
        ("store_nbr,2026-01-01,2026-01-02,2026-01-03", "{},0,0,0"),
        (",store,2026-01-01,2026-01-02,2026-01-03", "0,{},0,0,0"),
        ("item,class,2026-01-01,2026-01-02,2026-01-03", "{},7,0,0,0"),
        ("store,2026-01-01,2026-01-02,2026-01-03,mean", "{},0,0,0,0.5"),
    ],
)
def test_numbers_name_the_series_of_a_table_with_a_column_for_each_day(header: str, row: str) -> None:
    rows = "".join(f"{row.format(name)}\n" for name in ("404", "2024", "2025"))
    history = parsed(f"{header}\n{rows}")
    assert history.names() == ("2024", "2025", "404")
    assert history.n_rows == 9


def test_two_columns_of_numbers_beside_those_of_days_are_refused() -> None:
    rows = "1,1,0,0,5\n1,2,0,0,6\n2,1,0,0,7\n"
    assert '"shop", "shelf" may each name the series' in refusal(
        f"shop,shelf,2026-01-01,2026-01-02,2026-01-03\n{rows}"
    )


@pytest.mark.parametrize("header", ["date,views,", "date,views,notes", "date,views,Unnamed: 2"])
@pytest.mark.parametrize("before", ["2026-11-01,980,\n", ""])
def test_counts_that_commas_without_quotes_split_are_refused(header: str, before: str) -> None:
    assert "if 1,245 is meant, write 1245, else leave that column out" in refusal(
        f"{header}\n{before}2026-11-02,1,245\n2026-11-03,12,057\n"
    )


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("date,views,notes", "2026-01-01,5,made 245\n2026-01-02,6,\n"),
        ("date,views,duration", "2026-01-01,5,245\n2026-01-02,6,213\n"),
        ("date,views,", "2026-01-01,5,1\n2026-01-02,6,245\n"),
        ("date;views;", "2026-01-01;5;245\n2026-01-02;6;245\n"),
    ],
)
def test_other_columns_beside_the_counts_do_not_continue_them(header: str, rows: str) -> None:
    assert parsed(f"{header}\n{rows}").series == ONE
