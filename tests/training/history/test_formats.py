"""Any history in any of these formats reads back as it was, and whatever comes in, nothing is made up."""

import datetime as dt
import gzip
import io
import json
import os
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.histories import day, parsed
from training.history.files import History, HistoryError, Series

# The long form: LONG_FUZZ=100000 python -m pytest tests/training/history/test_formats.py. It makes up so many
# tables, in parts that any process may take, and a twentieth as many histories, which are larger.
CASES = int(os.environ.get("LONG_FUZZ", "100"))
HISTORIES = max(100, CASES // 20)
PART = 5_000
TODAY = day("2026-11-25")
FIRST = dt.date(2024, 2, 26)

T = TypeVar("T")
Counts = dict[str, list[int]]
names = st.sampled_from(
    ["home", "Über uns", "カフェ", "a, b", "/pricing?x=1", "Катя", 'say "hi"', "7 things"]
)
DATES: dict[str, Callable[[dt.date], str]] = {
    "ISO": dt.date.isoformat,
    "digits": lambda d: d.strftime("%Y%m%d"),
    "day.month.year": lambda d: d.strftime("%d.%m.%Y"),
    "month/day/year": lambda d: d.strftime("%m/%d/%Y"),
    "day/month/year": lambda d: d.strftime("%d/%m/%Y"),
    "short": lambda d: d.strftime("%m/%d/%y"),
    "words": lambda d: d.strftime("%A, %B %d, %Y"),
    "midnight": lambda d: f"{d}T00:00:00+02:00",
    "Japanese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "serial": lambda d: str((d - dt.date(1899, 12, 30)).days),
    "milliseconds": lambda d: str((d - dt.date(1970, 1, 1)).days * 86_400_000),
}
COUNTS: dict[str, Callable[[int], str]] = {
    "plain": str,
    "thousands": lambda n: f"{n:,}",
    "apostrophes": lambda n: f"{n:,}".replace(",", "'"),
    "spaces": lambda n: f"{n:,}".replace(",", "\u202f"),
    "floats": lambda n: f"{n}.0",
}
TITLES = [
    ("series", "date", "views"),
    ("unique_id", "ds", "y"),
    ("Seite", "Datum", "Aufrufe"),
    ("page", "日付", "視聴回数"),
]


@st.composite
def tables(draw: st.DrawFn) -> Counts:
    n_days = draw(st.integers(20, 60))
    counts = st.lists(st.integers(1, 2_000_000), min_size=n_days, max_size=n_days)
    return {name: draw(counts) for name in draw(st.lists(names, min_size=1, max_size=3, unique=True))}


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def dates(table: Counts) -> list[dt.date]:
    return [FIRST + dt.timedelta(n) for n in range(len(next(iter(table.values()))))]


def long_csv(
    table: Counts,
    separator: str,
    date: Callable[[dt.date], str],
    count: Callable[[int], str],
    titles: tuple[str, ...],
) -> str:
    rows = [
        separator.join(map(quoted, (name, date(when), count(views))))
        for name, all_views in table.items()
        for when, views in zip(dates(table), all_views, strict=True)
    ]
    return "\n".join([separator.join(titles), *rows]) + "\n"


def wide_csv(table: Counts, *, a_day_a_column: bool) -> str:
    if a_day_a_column:
        rows = [[name, *map(str, views)] for name, views in table.items()]
        header = ["Page", *map(str, dates(table))]
    else:
        rows = [
            [str(when), *map(str, views)] for when, *views in zip(dates(table), *table.values(), strict=True)
        ]
        header = ["Date", *table]
    return "\n".join(",".join(map(quoted, row)) for row in [header, *rows]) + "\n"


def records(table: Counts) -> str:
    return json.dumps(
        [
            {"id": name, "date": str(when), "views": views}
            for name, all_views in table.items()
            for when, views in zip(dates(table), all_views, strict=True)
        ]
    )


def expected(table: Counts) -> tuple[Series, ...]:
    first = np.datetime64(FIRST)
    return tuple(Series(name, first, np.array(table[name], np.float64)) for name in sorted(table))


@settings(max_examples=HISTORIES)
@given(
    tables(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(list(DATES)),
    st.sampled_from(list(COUNTS)),
    st.sampled_from(TITLES),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.booleans(),
)
def test_any_history_in_any_long_format_reads_back(
    table: Counts, separator: str, date: str, count: str, titles: tuple[str, ...], encoding: str, packed: bool
) -> None:
    if count == "thousands" and separator != ",":
        count = "plain"  # "1,245" may be a decimal there, and is refused
    content = long_csv(table, separator, DATES[date], COUNTS[count], titles).encode(encoding)
    history = parsed(gzip.compress(content) if packed else content, today=TODAY)
    assert history.series == expected(table)


@settings(max_examples=HISTORIES)
@given(tables())
def test_any_history_in_a_wide_table_or_in_json_reads_back(table: Counts) -> None:
    assert parsed(wide_csv(table, a_day_a_column=True), today=TODAY).series == expected(table)
    if len(table) > 1:
        assert parsed(wide_csv(table, a_day_a_column=False), today=TODAY).series == expected(table)
    assert parsed(records(table), today=TODAY).series == expected(table)


@settings(max_examples=HISTORIES)
@given(tables(), st.data())
def test_parts_of_a_day_are_summed(table: Counts, data: st.DataObject) -> None:
    rows = []
    for name, all_views in table.items():
        for when, views in zip(dates(table), all_views, strict=True):
            first = data.draw(st.integers(0, views))
            rows += [f"{quoted(name)},{when},tv,{first}", f"{quoted(name)},{when},phone,{views - first}"]
    history = parsed("page,date,device,views\n" + "\n".join(rows) + "\n", today=TODAY)
    assert history.series == expected(table)


CELLS = (
    """
2026-01-01;2026-01-02;2026-01-03;03/04/2026;5.1.2026;Jan 7, 2026;46000;2026-01;Total;0;5;7;12;980;1,245
1.245;2.5;-3;--;;45%;1.2K;<5;+4;12.4万;True;a;b;home;Café;Cafe\u0301;mobile;tv;Monday;August;clicks;likes;00:01:23;$3.17;\x00;\ufeff
""".strip()
    .replace("\n", ";")
    .split(";")
)
WORDS = ["a", "b", "home", "Café", "Cafe\u0301", "mobile", "tv", "Total", "clicks", "likes"]
HEADS = [
    "date",
    "Date",
    "views",
    "Views",
    "series",
    "Page",
    "Clicks",
    "device",
    "hour",
    "note",
    "metric",
    "CTR",
    "y",
    "ds",
    "",
]


ANYTHING = HEADS + CELLS[:3], CELLS
# What the titles of columns say, and what then stands in them.
COLUMNS = [
    (["date", "Date", "ds"], CELLS[:3]),
    (["views", "Views", "y", "count", "Clicks"], ["0", "5", "7", "12", "980"]),
    (["series", "Page", "metric"], WORDS),
    (["device", "note"], WORDS),
    ANYTHING,
]


def any_table(choices: bytes) -> str:
    """The table that bytes choose, piece by piece: hypothesis draws them at once, and makes them fewer.

    Most tables have the columns of a history; some of them hold anything, and some rows have another width.
    """
    drawn = iter(choices)

    def pick(options: Sequence[T]) -> T:
        return options[next(drawn) % len(options)]

    rows: list[list[str]] = []
    try:
        separator, width, turn = pick([",", ";", "\t", "|"]), pick([1, 2, 2, 3, 3, 4, 5]), pick(range(5))
        columns = [pick([*15 * [column], ANYTHING]) for column in COLUMNS[:width]]
        columns = columns[turn:] + columns[:turn]
        is_tidy = pick([True, True, False])
        rows.append([pick(titles) for titles, _ in columns])
        while True:
            cells = width if is_tidy else min(pick(range(1, 32)), width)
            rows.append([pick(columns[i][1] if is_tidy else 9 * columns[i][1] + CELLS) for i in range(cells)])
    except StopIteration:
        return "\n".join(separator.join(map(quoted, row)) for row in rows) + "\n"


def numbers_in(text: str) -> set[float]:
    """Every number that a cell may be read as, with its marks taken either way."""
    readings = set()
    for cell in re.findall(r'"([^"]*)"', text):
        for reading in (cell, cell.replace(",", ""), cell.replace(".", ""), cell.replace(",", ".")):
            try:
                readings.add(float(reading))
            except ValueError:
                continue
    return readings


def read_or_refused(content: str) -> History | str:
    try:
        return parsed(content, today=TODAY)
    except HistoryError as error:
        return str(error)


@pytest.mark.parametrize("part", range(0, CASES, PART))
@settings(max_examples=min(CASES, PART))
@given(choices=st.binary(min_size=8, max_size=100))
def test_no_count_is_made_up(part: int, choices: bytes) -> None:
    content = any_table(choices)
    outcome = read_or_refused(content)
    if isinstance(outcome, str):
        assert outcome.isprintable()
        return
    counts = [float(count) for series in outcome.series for count in series.views if not np.isnan(count)]
    if not any("summed" in note for note in outcome.notes):
        assert set(counts) <= numbers_in(content)
    cells = re.findall(r'"[^"]*"', content)
    assert sum(counts) <= sum(max([0.0, *numbers_in(cell)]) for cell in cells)


def test_a_parquet_file_reads_back(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    views = [1245, 1230, 1169, 1238]
    frame = pandas.DataFrame({"date": pandas.date_range("2026-11-01", periods=4), "views": views})
    frame.to_parquet(tmp_path / "views.parquet")
    history = parsed((tmp_path / "views.parquet").read_bytes())
    assert history.series == (Series("total", day("2026-11-01"), np.array(views, np.float64)),)


NAMESPACE = "http://schemas.openxmlformats.org"
RELATIONS = f"{NAMESPACE}/officeDocument/2006/relationships"


def workbook(rows: list[list[object]]) -> bytes:
    """A workbook of one sheet, as small as one can be."""
    cells = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    main = f"{NAMESPACE}/spreadsheetml/2006/main"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{NAMESPACE}/package/2006/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{sheet}"/></Types>',
        "_rels/.rels": relations("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="Views" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def cell(content: object) -> str:
    if isinstance(content, str):
        return f'<c t="inlineStr"><is><t>{content}</t></is></c>'
    return f"<c><v>{content}</v></c>"


def relations(kind: str, target: str) -> str:
    relation = f'<Relationship Id="a" Type="{RELATIONS}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{NAMESPACE}/package/2006/relationships">{relation}</Relationships>'


def test_a_workbook_reads_back() -> None:
    content = workbook([["Date", "Views"], ["2026-11-01", 1245], ["2026-11-02", 1.5]])
    assert parsed(content).series == (Series("total", day("2026-11-01"), np.array([1245, 1.5])),)
