"""A Parquet file, read column by column, is what its cells are when read one by one, as those of JSON are."""

import datetime as dt
import io
import json
import os
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.histories import day, parsed, refusal
from training.history.files import HistoryError

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

CASES = int(os.environ.get("LONG_FUZZ", "300"))
FIRST = dt.date(2024, 2, 26)
PARIS = dt.timezone(dt.timedelta(hours=1))
NAN, INFINITE = float("nan"), float("inf")

# Types of columns, and the form in which they hold a day, a count or a name.
DATES: dict[str, tuple[Any, Any]] = {
    "date": (pa.date32(), dt.date.fromordinal),
    "timestamp": (pa.timestamp("us"), dt.datetime.fromordinal),
    "zoned": (pa.timestamp("ms", tz="+01:00"), lambda n: dt.datetime.fromordinal(n).replace(tzinfo=PARIS)),
    "noon": (pa.timestamp("s"), lambda n: dt.datetime.fromordinal(n) + dt.timedelta(hours=12)),
    "text": (pa.string(), lambda n: dt.date.fromordinal(n).isoformat()),
    "month/day": (pa.string(), lambda n: dt.date.fromordinal(n).strftime("%m/%d/%Y")),
    "number": (pa.int32(), lambda n: int(dt.date.fromordinal(n).strftime("%Y%m%d"))),
}
COUNTS: dict[str, tuple[Any, Any]] = {
    "int64": (pa.int64(), int),
    "uint16": (pa.uint16(), lambda n: abs(int(n)) % 2**16),
    "double": (pa.float64(), float),
    "float": (pa.float32(), float),
    "fractions": (pa.float64(), lambda n: n / 8),
    "decimal": (pa.decimal128(20, 2), lambda n: Decimal(int(n))),
    "text": (pa.string(), lambda n: f"{int(n)}"),
    "thousands": (pa.dictionary(pa.int32(), pa.string()), lambda n: f"{int(n):,}"),
    "boolean": (pa.bool_(), bool),
}
NAMES: dict[str, tuple[Any, Any]] = {
    "text": (pa.string(), ["home", "Über uns", "#7", " home"].__getitem__),
    "categories": (pa.dictionary(pa.int8(), pa.string()), ["b", "a", "Total", "A"].__getitem__),
    "ids": (pa.int64(), int),
    "list": (pa.list_(pa.string()), lambda n: [f"page {n}"]),
}
ODD_DATES = [None, dt.date(2031, 1, 1), dt.date(2024, 3, 1), dt.date(1024, 3, 1)]
ODD_COUNTS = [None, NAN, INFINITE, -3.0, -0.0, 2.5, 0.125, 1e15, 1e15 + 0.5, 1e300, 2**63 - 1, 0]
TITLES = [
    *[("series", "date", "views")] * 4,
    *[("page", "Datum", "Aufrufe")] * 2,
    ("title", "published", "y"),
    ("a", "b", "c"),
]
MORE = {
    "likes": (pa.int32(), lambda n: n % 7),
    "device": (pa.string(), lambda n: "mobile" if n % 2 else "desktop"),
    "hour": (pa.int8(), lambda n: n % 24),
    "id": (pa.string(), lambda n: f"v{n}"),
    "tags": (pa.list_(pa.string()), lambda n: ["a"] * (n % 3)),
    "promo": (pa.float64(), lambda n: [0.0, 1.0, NAN, -1.0][n % 40 % 4]),
}


@st.composite
def tables(draw: st.DrawFn) -> Any:
    """Some series of days without gaps, and what may be wrong with them: few tables are without any of it."""
    n_series, n_days = draw(st.integers(1, 4)), draw(st.integers(1, 30))
    date, count, name = (draw(st.sampled_from(list(kinds.values()))) for kinds in (DATES, COUNTS, NAMES))
    steps = st.lists(st.sampled_from([1, 1, 1, 1, 2, 0]), min_size=n_days, max_size=n_days)
    days = np.cumsum(draw(steps) if draw(st.booleans()) else [1] * n_days) + FIRST.toordinal()
    views = draw(st.lists(st.integers(1, 9_000), min_size=n_series * n_days, max_size=n_series * n_days))
    rows = [(series, int(when)) for series in range(n_series) for when in days]
    columns = {
        "series": (name[0], [name[1](series) for series, _ in rows]),
        "date": (date[0], [date[1](when) for _, when in rows]),
        "views": (count[0], [count[1](n) for n in views]),
    }
    for title in draw(st.sets(st.sampled_from(list(MORE)), max_size=2)):
        columns[title] = (MORE[title][0], [MORE[title][1](row) for row in range(len(rows))])
    for title, odd, form in (
        ("date", ODD_DATES, date[1]),
        ("views", ODD_COUNTS, count[1]),
        ("series", [None], name[1]),
    ):
        if not draw(st.integers(0, 2)):
            spoil(draw, columns[title], odd, form)
    titles = dict(zip(("series", "date", "views"), draw(st.sampled_from(TITLES)), strict=True))
    chosen = [title for title in columns if title != "series" or draw(st.integers(0, 4))]
    order = draw(st.sampled_from([slice(None), slice(None, None, -1), slice(0, None, 2)]))
    values = {
        titles.get(t, t): pa.array(columns[t][1][order], columns[t][0], from_pandas=False) for t in chosen
    }
    return pa.table(values)


def spoil(draw: st.DrawFn, column: tuple[Any, list[Any]], odd: Sequence[Any], form: Any) -> None:
    """Write what is odd into some rows, where the type of the column can hold it."""
    kind, cells = column
    for value in draw(st.lists(st.sampled_from(odd), max_size=2)):
        if isinstance(value, dt.date):
            value = form(value.toordinal())
        try:
            pa.array([value], kind)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            continue
        cells[draw(st.integers(0, len(cells) - 1))] = value


def written(table: Any) -> bytes:
    stream = io.BytesIO()
    parquet.write_table(table, stream, row_group_size=64)
    return stream.getvalue()


def as_json(table: Any) -> str:
    """The same table, a text or a number for each cell; dates as a person would write them."""
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return json.dumps({"columns": table.column_names, "data": [list(map(cell, row)) for row in rows]})


def cell(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        at_midnight = (value.hour, value.minute) == (0, 0)
        return value.date().isoformat() if at_midnight else value.isoformat(" ", "minutes")
    if isinstance(value, float) or value is None:
        return value
    return str(value)


def outcome(content: bytes | str, options: dict[str, Any]) -> Any:
    try:
        history = parsed(content, "views", today=day("2026-11-25"), **options)
    except HistoryError as error:
        return str(error)
    return history.series, history.events, history.notes


@settings(max_examples=CASES)
@given(
    tables(),
    st.sampled_from(
        [
            {},
            {},
            {},
            {"views": ("views", "likes")},
            {"events": ("promo",)},
            {"series": "mine"},
            {"differences": True},
        ]
    ),
)
def test_a_parquet_file_reads_as_its_cells_do(table: Any, options: dict[str, Any]) -> None:
    assert outcome(written(table), options) == outcome(as_json(table), options)


def test_a_bad_count_among_many_rows_is_named_by_its_line() -> None:
    days = np.datetime64("1990-01-01") + np.arange(8_000)
    counts = np.arange(80_000.0)
    counts[79_000] = np.inf
    table = pa.table({"series": np.arange(80_000) // 8_000, "date": np.tile(days, 10), "views": counts})
    assert refusal(written(table), "v").startswith('v, line 79002, column "views": "inf" is infinite')


def test_a_day_beyond_the_calendar_is_refused() -> None:
    table = pa.table({"date": pa.array([10, 10_000_000], pa.date32()), "views": [1, 2]})
    assert refusal(written(table), "v").startswith("v: the Parquet file cannot be read (")


def test_a_file_that_is_damaged_below_its_first_rows_is_refused() -> None:
    content = bytearray(
        written(pa.table({"date": np.arange(5_000).astype("M8[D]"), "views": np.arange(5_000)}))
    )
    content[len(content) // 3 : len(content) // 2] = bytes(len(content) // 2 - len(content) // 3)
    assert refusal(bytes(content), "v").startswith("v: the Parquet file cannot be read (")


def test_two_columns_of_one_title_are_refused() -> None:
    table = pa.table(
        [pa.array([dt.date(2026, 11, 1)]), pa.array([1]), pa.array([2])], ["date", "views", "views"]
    )
    assert refusal(written(table), "v") == 'v, line 1: two columns are named "views"; leave one'
