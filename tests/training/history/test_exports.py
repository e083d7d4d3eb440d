"""What tools export, as they write it: read as it is meant, or refused with what would be right."""

import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest

from tests.training.histories import day, parsed, refusal
from training.history.files import History

TODAY = day("2026-11-25")
DAYS = ("2026-07-30", "2026-07-31", "2026-08-01", "2026-08-02")
COUNTS = [1245, 980, 1169, 1238]
THIRDS = [3 * count for count in COUNTS]


def rows(pattern: str) -> str:
    """A line, or lines, for each day: {d} is the day, {v} its count, {w} three times as many."""
    lines = [pattern.format(d=d, v=v, w=3 * v) for d, v in zip(DAYS, COUNTS, strict=True)]
    return "\n".join(lines) + "\n"


def counts_of(history: History) -> dict[str, list[float]]:
    return {series.label: series.views.tolist() for series in history.series}


def read(content: str | bytes, **options: Any) -> dict[str, list[float]]:
    history = parsed(content, today=TODAY, **options)
    assert {series.first_date for series in history.series} == {day(DAYS[0])}
    return counts_of(history)


ONE = {"total": COUNTS}


@pytest.mark.parametrize(
    "header",
    [
        "날짜,조회수", "Дата,Просмотры", "Data,Visualizzazioni", "Datum,Weergaven", "Tanggal,Penayangan",
        "التاريخ,المشاهدات", "Ngày,Số lượt xem", "วันที่,การดู", "Päivämäärä,Katselukerrat",
    ],
)  # fmt: skip
def test_studio_is_read_in_its_languages(header: str) -> None:
    assert read(f"{header}\n" + rows("{d},{v}")) == ONE


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("Дата,Просмотры", "cp1251"),
        ("Data,Wyświetlenia", "cp1250"),
        ("日付,視聴回数", "cp932"),
        ("日期,观看次数", "gb18030"),
        ("日期,觀看次數", "big5"),
        ("날짜,조회수", "cp949"),
        ("التاريخ,المشاهدات", "cp1256"),
    ],
)
def test_of_older_encodings_the_one_that_makes_known_titles_is_taken(header: str, encoding: str) -> None:
    history = parsed((f"{header}\n" + rows("{d},{v}")).encode(encoding), today=TODAY)
    assert counts_of(history) == ONE
    assert any(f"read as {encoding}" in note for note in history.notes)


@pytest.mark.parametrize("name", ["Über uns", "À propos", "Señor", "Œuvre – 5 €", "Blåbær"])
def test_names_of_western_europe_are_read_as_spreadsheets_write_them(name: str) -> None:
    history = parsed(("page,date,views\n" + rows(name + ",{d},{v}")).encode("cp1252"), today=TODAY)
    assert counts_of(history) == {name: COUNTS}


@pytest.mark.parametrize(
    "content",
    [
        "date,visitors,pageviews,views_per_visit\n" + rows("{d},5,{v},2"),
        '"Date", "Views"\n' + rows('"{d}", "{v}"'),
        "| Date | Views |\n|------|------:|\n" + rows("| {d} | {v} |"),
        "    date    | views\n------------+-------\n" + rows(" {d} | {v}") + "(4 rows)\n",
        "Total views,4632\n\nDate,Views\n" + rows("{d},{v}"),
        "Date,Views\n" + rows("'{d},'{v}"),
        "Date,Views\n" + rows('"=""{d}""","=""{v}"""'),
        "Date,Views\n" + rows('"{d},{d}",{v}'),
    ],
    ids=["Plausible", "spaces", "Markdown", "psql", "sum above", "quoted", "formulas", "ranges"],
)
def test_tables_are_read_as_tools_write_them(content: str) -> None:
    assert read(content) == ONE


def test_changes_with_arrows_are_no_names_of_counts() -> None:
    content = "Date,Views,Change\n" + rows("{d},{v},▲ {w}%")
    assert read(content) == ONE


@pytest.mark.parametrize(
    "header",
    [
        "Data,Kliknięcia,Wyświetlenia,CTR,Pozycja",
        "Dato,Klikk,Visninger,CTR,Posisjon",
        "Päivämäärä,Klikkaukset,Näyttökerrat,CTR,Sijainti",
    ],
)
def test_impressions_of_search_results_are_not_taken_for_views_in_any_language(header: str) -> None:
    rows = "2026-11-01,3,300,1%,9.2\n2026-11-02,4,310,1%,9.1\n"
    _, clicks, impressions, *_ = header.split(",")
    assert f'"{clicks}", "{impressions}" may be counts' in refusal(f"{header}\n{rows}")
    assert parsed(f"{header}\n{rows}", views=(clicks,)).series[0].views.tolist() == [3, 4]


def test_twitch_has_counts_and_none_that_is_all_views() -> None:
    content = "Date,Average viewers,Live views,Follows\n" + rows("{d},7,{v},1")
    assert '"Live views"' in refusal(content, today=TODAY)
    assert read(content, views=("Live views",)) == {"total (live views)": COUNTS}


@pytest.mark.parametrize(
    "titles",
    [
        "Requests,Cached Requests,Bandwidth",
        "いいね,シェア,保存",
        "点赞,评论,分享",
        "클릭수,노출수,공유",
        "Suka,Komentar,Dibagikan",
    ],
)
def test_measures_are_not_taken_for_series(titles: str) -> None:
    first = titles.split(",")[0]
    assert f"{first} chooses one" in refusal(f"Date,{titles}\n" + rows("{d},{v},{w},7"), today=TODAY)


def test_a_table_without_a_header_has_one_reading_and_says_so() -> None:
    history = parsed(rows("{d};{v}"), today=TODAY)
    assert counts_of(history) == ONE
    assert history.notes == (
        "views.csv: there is no header: the columns are taken for the date and its views",
    )
    assert read(rows("{v},{d}")) == ONE
    assert "has to name the columns" in refusal(rows("{d},{v},{w}"), today=TODAY)


TABLE = "Date,Views\n" + rows("{d},{v}")


def test_another_table_below_is_passed_over_unless_it_has_days() -> None:
    history = parsed(TABLE + "\n# Countries\nCountry,Users\nGermany,300\nFrance,200\n", today=TODAY)
    assert counts_of(history) == ONE
    assert history.notes == (
        'views.csv: another table, of "Country", "Users", begins on line 8: passed over',
    )
    message = refusal(TABLE + "\nDate,Users\n" + rows("{d},7"), today=TODAY)
    assert message.startswith("views.csv, line 7: another table with days begins here")
    message = refusal(TABLE + "\nCountry,Users\nGermany,300\n\nDay,Views\n" + rows("{d},7"), today=TODAY)
    assert message.startswith("views.csv, line 7: another table with days begins here")


def test_a_remark_below_is_said_and_one_between_rows_is_refused() -> None:
    history = parsed(TABLE + "\n© Example Inc.\n", today=TODAY)
    assert counts_of(history) == ONE
    assert history.notes == ('views.csv: line 7, "© Example Inc.", is no row: left out',)
    assert "line 7: 1 fields" in refusal(TABLE + "\nhome page\n2026-08-03,7\n", today=TODAY)
    assert "line 6: 1 fields" in refusal(TABLE + "home pa", today=TODAY)


@pytest.mark.parametrize("total", ["All countries", "Worldwide", ""])
def test_a_part_that_is_the_sum_of_the_others_is_not_counted_twice(total: str) -> None:
    parts = "a,{d},US,{v}\na,{d},DE,{w}\n"
    content = "video,date,country,views\n" + "".join(
        parts.format(d=d, v=v, w=3 * v) + f"a,{d},{total},{4 * v}\n"
        for d, v in zip(DAYS, COUNTS, strict=True)
    )
    history = parsed(content, today=TODAY)
    assert counts_of(history) == {"a": [4 * count for count in COUNTS]}
    assert any(f'"{total}" in "country"' in note for note in history.notes)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (dict(zip(DAYS, COUNTS, strict=True)), ONE),
        (
            {day: {"nb_visits": 1, "nb_pageviews": count} for day, count in zip(DAYS, COUNTS, strict=True)},
            ONE,
        ),
        ({"date": list(DAYS), "views": COUNTS}, ONE),
        ({"columns": ["date", "views"], "data": [list(row) for row in zip(DAYS, COUNTS, strict=True)]}, ONE),
        ([list(row) for row in zip(DAYS, COUNTS, strict=True)], ONE),
        ({"date": dict(enumerate(DAYS)), "views": dict(enumerate(COUNTS))}, ONE),
        (
            {
                "columnHeaders": [{"name": "day"}, {"name": "views"}],
                "rows": [list(row) for row in zip(DAYS, COUNTS, strict=True)],
            },
            ONE,
        ),
        (
            {
                "dimensionHeaders": [{"name": "pagePath"}, {"name": "date"}],
                "metricHeaders": [{"name": "screenPageViews"}],
                "rows": [
                    {
                        "dimensionValues": [{"value": page}, {"value": day.replace("-", "")}],
                        "metricValues": [{"value": str(times * count)}],
                    }
                    for page, times in (("/", 1), ("/b", 3))
                    for day, count in zip(DAYS, COUNTS, strict=True)
                ],
            },
            {"/": COUNTS, "/b": THIRDS},
        ),
        (
            {
                "data": {
                    "zones": [
                        {
                            "groups": [
                                {"dimensions": {"date": day}, "sum": {"pageViews": count, "requests": 9}}
                                for day, count in zip(DAYS, COUNTS, strict=True)
                            ]
                        }
                    ]
                }
            },
            ONE,
        ),
    ],
    ids=["map", "Matomo", "columns", "split", "pairs", "pandas", "YouTube", "Analytics", "Cloudflare"],
)
def test_json_is_read_as_interfaces_answer_it(document: Any, expected: dict[str, list[float]]) -> None:
    assert read(json.dumps(document)) == expected


def test_two_counts_of_one_name_in_json_are_not_confused() -> None:
    records = [
        {"date": d, "web": {"views": v}, "app": {"views": 2 * v}} for d, v in zip(DAYS, COUNTS, strict=True)
    ]
    assert '"web views", "app views" may be counts' in refusal(json.dumps(records), today=TODAY)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('Date,Views\n2026-07-30,"1,245"\n2026-07-31,"1.057"\n', '"1.057" may be 1057'),
        (json.dumps([{"date": d, "views": "1.245"} for d in DAYS]), '"1.245" may be 1245'),
        ("Nth day,Views\n0000,5\n0001,6\n", "days are numbered"),
        ("Week,Views\n2026-W01,5\n2026-W02,6\n", "the rows are weeks"),
        ("Monat,Aufrufe\n01.2026,5\n02.2026,6\n", "the rows are months"),
        ("Page,2026-01,2026-02,2026-03\na,1,2,3\n", "the columns are months or weeks"),
        ("Page,Jan 2026,Feb 2026,Mar 2026\na,1,2,3\n", "the columns are months or weeks"),
        ("Date,Views\nWeek of Jan 5 2026,5\n", "is a week"),
        ('Date,Views\n"Jan 5 - Jan 11, 2026",5\n', "is a week"),
        ("Date,Views\n2026-01-05,5\n2026-01-12,6\n2026-01-19,7\n", "one row a week"),
        ("Date," + ",".join(map(str, range(24))) + "\n" + rows("{d}" + ",5" * 24), "hours of a day"),
        (
            'Content,Video publish time,Views\nTotal,,11\nx,"Nov 3, 2025",5\ny,"Nov 9, 2025",6\n',
            '"Video publish time" is no day of views',
        ),
        ("Content,Zeitpunkt,Views\nx,2025-11-03,5\ny,2025-11-09,6\n", "each series has one day"),
    ],
)
def test_what_would_be_misread_is_refused(content: str, problem: str) -> None:
    assert problem in refusal(content, today=TODAY)


def test_few_days_of_a_page_among_others_are_no_weekly_sums() -> None:
    content = "page,date,views\n" + rows("/,{d},{v}")
    content += "".join(f"/rare,{d},1\n" for d in ("2026-07-06", "2026-07-13", "2026-07-27"))
    assert len(parsed(content, today=TODAY).series) == 2


def test_members_of_a_zip_without_days_are_named() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Table data.csv", 'Content,Video publish time,Views\nx,"Nov 3, 2025",5\n')
        archive.writestr("Totals.csv", TABLE)
    history = parsed(packed.getvalue(), "export.zip", today=TODAY)
    assert np.array_equal(history.series[0].views, COUNTS)
    assert history.notes == ('export.zip: the file "Table data.csv" has no days with counts: passed over',)
