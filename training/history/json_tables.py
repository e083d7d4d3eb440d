"""Tables in JSON: records, columns, rows with a header, a count for each date, whole series, or JSON lines.

The whole document is searched for days and counts; tables may be nested.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from training.history.counts import count_text
from training.history.date_forms import from_epoch, looks_like_date, parse_day
from training.history.json_charts import TITLES, are_plain, chart_rows, is_day
from training.history.metrics import is_metric_name
from training.history.series import VIEWS as VIEWS_METRIC
from training.history.series import HistoryError, quoted, shown
from training.history.sheets import CellSheet

# Limits of the search: nesting depth, number of records, and length of a list inside a record.
_DEEPEST = 8
_MOST_SEARCHED = 50
_LONGEST_LIST = 5
_ROWS = ("rows", "data", "values")

Rows = list[list[str]]
Path = tuple[str, ...]


def json_tables(text: str, file: str) -> list[CellSheet]:
    """Read the tables of a JSON document; raises `HistoryError` when it has none."""
    try:
        document = _document(text)
    except (ValueError, RecursionError) as error:
        raise HistoryError.at(file, None, None, f"this is no JSON ({shown(str(error))})") from error
    if chart := chart_rows(document, file):
        return [CellSheet(_texts(chart), file)]
    tables = [table for table in _tables(document, file, "", 0) if table]
    if not tables:
        problem = (
            'no list of records is in this JSON; write [{"series": "home", "date": "2026-11-20", "views": 5}]'
        )
        raise HistoryError.at(file, None, None, problem)
    return [CellSheet(table, file) for table in tables]


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        return [json.loads(line) for line in lines]


def _tables(value: Any, file: str, name: str, depth: int) -> Iterator[Rows]:
    """Find all tables in a value of a document; `name` is the value's key."""
    if depth > _DEEPEST or not isinstance(value, Mapping | list) or not value:
        return
    if isinstance(value, Mapping):
        table = _table_of(value, file, name)
        children = [] if table else list(value.items())
    elif all(isinstance(item, Mapping) for item in value):
        titled = [rows for item in value[:_MOST_SEARCHED] if (rows := _titled_rows(item))]
        if titled:
            yield from titled
            return
        table = _records_table(_counted(name, value), file)
        is_searched = len(value) <= _MOST_SEARCHED and not any(map(_is_series, value))
        children = [child for item in value for child in _named(item)] if is_searched else []
    else:
        are_rows = all(isinstance(item, list) and are_plain(item) for item in value)
        table, children = (_texts(value) if are_rows else None), []
    if table:
        yield table
    for child_name, child in children:
        yield from _tables(child, file, child_name, depth + 1)


def _table_of(value: Mapping[str, Any], file: str, name: str) -> Rows | None:
    """Read a whole object as one table; None when it is not one. `name` is the object's key."""
    if _is_series(value):
        return _series_rows([value], file)
    if "dimensionHeaders" in value and isinstance(value.get("rows"), list):
        return _reported_rows(value)
    if rows := _titled_rows(value):
        return rows
    if all(map(_is_day_key, value)):
        if all(isinstance(item, Mapping) for item in value.values()):
            return _records_table([{"date": day, **item} for day, item in value.items()], file)
        title = name if is_metric_name(name) else "value"
        return _texts([["date", title], *map(list, value.items())]) if are_plain(value.values()) else None
    if list(value) == [str(row) for row in range(len(value))] and all(map(_is_record, value.values())):
        return _records_table(list(value.values()), file)
    return _columns_table(value)


def _is_day_key(name: str) -> bool:
    """Whether an object's key is a day, or a time in milliseconds on a whole quarter of an hour."""
    if looks_like_date(name):
        return True
    return from_epoch(name) is not None and name.endswith("00000") and int(name) % 900_000 == 0


def _is_record(value: Any) -> bool:
    return isinstance(value, Mapping) and not all(map(str.isdecimal, value))


def _columns_table(value: Mapping[str, Any]) -> Rows | None:
    """Read an object with a list or an object for each column; keys of rows that are days become a column."""
    columns = [dict(enumerate(item)) if isinstance(item, list) else item for item in value.values()]
    if len(columns) < 2 or not all(
        isinstance(each, Mapping) and are_plain(each.values()) for each in columns
    ):
        return None
    places = list(dict.fromkeys(place for column in columns for place in column))
    if places and all(isinstance(place, str) and _is_day_key(place) for place in places):
        rows = [[place, *(column.get(place) for column in columns)] for place in places]
        return _texts([["date", *value], *rows])
    if places and all(list(column) == places for column in columns):
        rows = [[column[place] for column in columns] for place in places]
        return _texts([list(value), *rows])
    return None


def _titled_rows(value: Mapping[str, Any]) -> Rows | None:
    """Read rows given as lists beside a list of column titles, as YouTube's API and pandas write them."""
    titles = next((value[name] for name in TITLES if isinstance(value.get(name), list)), None)
    rows = next((value[name] for name in _ROWS if isinstance(value.get(name), list)), None)
    if not titles or not rows:
        return None
    names = [title.get("name") if isinstance(title, Mapping) else title for title in titles]
    index = value.get("index", [])
    if isinstance(index, list) and len(index) == len(rows) and all(map(is_day, index)):
        names = ["date", *names]
        rows = [[day, *row] if isinstance(row, list) else row for day, row in zip(index, rows, strict=True)]
    if all(isinstance(row, list) and len(row) == len(names) and are_plain(row) for row in rows):
        return _texts([names, *rows])
    return None


def _reported_rows(value: Mapping[str, Any]) -> Rows | None:
    """Read rows in the form of Google Analytics' API."""
    kinds = (("dimensionHeaders", "dimensionValues"), ("metricHeaders", "metricValues"))
    try:
        titles = [header["name"] for headers, _ in kinds for header in value.get(headers, [])]
        rows = [[cell["value"] for _, cells in kinds for cell in row.get(cells, [])] for row in value["rows"]]
    except (TypeError, KeyError, AttributeError):
        return None
    return _texts([titles, *rows])


def _named(record: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Give the fields of a record; a list is named by the record's metric, as Instagram does."""
    names = (record.get(title) for title in ("name", "metric"))
    metric = next((name for name in names if isinstance(name, str) and is_metric_name(name)), None)
    return [(metric if metric and isinstance(child, list) else key, child) for key, child in record.items()]


def _counted(name: str, records: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rename "count" or "value" to the name of the list the records are in, as in GitHub's list of views."""
    if not is_metric_name(name):
        return records
    return [
        {name if title in ("count", "value") else title: cell for title, cell in record.items()}
        for record in records
    ]


def _records_table(records: Sequence[Mapping[str, Any]], file: str) -> Rows:
    return _series_rows(records, file) if any(map(_is_series, records)) else _flat_rows(records)


def _is_series(record: Mapping[str, Any]) -> bool:
    """Whether an object is a whole series: in GluonTS's form with a start, or in ours with a last date."""
    by_start = isinstance(record.get("target"), list) and "start" in record
    return by_start or (isinstance(record.get("views"), list) and "last_date" in record)


def _series_rows(records: Sequence[Mapping[str, Any]], file: str) -> Rows:
    rows = [["series", "date", "views"]]
    for number, record in enumerate(records, 1):
        if not _is_series(record):
            raise HistoryError.at(file, None, None, f"record {number} is no series like the others")
        if record.get("metric") not in (None, VIEWS_METRIC):
            problem = (
                f"record {number} counts {quoted(str(record['metric']))}, and series in a file have views"
            )
            raise HistoryError.at(file, None, None, f"{problem}; write a record a day instead")
        counts = record["target"] if "target" in record else record["views"]
        end = str(record.get("start", record.get("last_date")))
        day = parse_day(end)
        if day is None or str(record.get("freq", "D")).upper() not in ("D", "1D"):
            problem = f'record {number} does not begin on a day: "start" is {shown(end)}'
            raise HistoryError.at(file, None, None, problem)
        first = day if "start" in record else day - len(counts) + 1
        name = str(record.get("item_id", record.get("id", number if len(records) > 1 else "total")))
        for offset, count in enumerate(counts):
            rows.append([name, date.fromordinal(first + offset).isoformat(), cell_text(count)])
    return rows


def _flat_rows(records: Sequence[Mapping[str, Any]]) -> Rows:
    """Make one row of each record; a nested field is named by its last key when that is unique."""
    rows = [dict(_leaves(record, (), 0)) for record in records]
    paths = list(dict.fromkeys(path for row in rows for path in row))
    n_named = Counter(path[-1] for path in paths)
    titles = [path[-1] if n_named[path[-1]] == 1 else " ".join(path) for path in paths]
    return [titles, *([cell_text(row.get(path)) for path in paths] for row in rows)]


def _leaves(record: Mapping[str, Any], above: Path, depth: int) -> Iterator[tuple[Path, Any]]:
    for name, value in record.items():
        if isinstance(value, Mapping) and depth < _DEEPEST:
            yield from _leaves(value, (*above, name), depth + 1)
        elif isinstance(value, list) and len(value) <= _LONGEST_LIST and are_plain(value):
            for number, item in enumerate(value, 1):
                yield (*above, name if number == 1 else f"{name} {number}"), item
        else:
            yield (*above, name), value


def _texts(rows: Sequence[Sequence[Any]]) -> Rows:
    return [[cell_text(cell) for cell in row] for row in rows]


def cell_text(cell: Any) -> str:
    """Write a number or another cell value as a text that can be read in one way only."""
    if cell is None:
        return ""
    return count_text(cell) if isinstance(cell, float) else str(cell)
