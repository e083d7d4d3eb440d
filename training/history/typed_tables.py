"""Tables whose cells have types: spreadsheets, Parquet, JSON. Each becomes rows of texts, a header first.

What it takes to read spreadsheets and Parquet is an extra of the package; without it, a sentence says which.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from importlib import import_module
from types import ModuleType
from typing import IO, Any

from training.history.date_forms import parse_day
from training.history.series import HistoryError, shown
from training.history.sheets import CellSheet
from training.history.title_words import VIEWS, key, words

_MOST_CELLS = 50_000_000


def spreadsheet(stream: IO[bytes], file: str) -> list[CellSheet]:
    """Read the sheets of an Excel or OpenDocument workbook, by python-calamine."""
    calamine = _extra("python_calamine", "spreadsheets", file)
    try:
        book = calamine.CalamineWorkbook.from_filelike(stream)
        sheets = [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    except (calamine.CalamineError, OSError, ValueError) as error:
        problem = f'the workbook cannot be read ({shown(str(error))}); save it as "CSV UTF-8"'
        raise HistoryError.at(file, None, None, problem) from error
    filled = [(name, rows) for name, rows in sheets if rows]
    return [
        CellSheet(
            [[_text(cell) for cell in row] for row in rows], file if len(filled) == 1 else f"{file}: {name}"
        )
        for name, rows in filled
    ]


def parquet(stream: IO[bytes], file: str) -> list[CellSheet]:
    """Read a Parquet file, by pyarrow; an index that pandas has kept is a column like others."""
    _extra("pyarrow", "parquet", file)
    reader, arrow = import_module("pyarrow.parquet"), import_module("pyarrow")
    try:
        table = reader.read_table(stream)
        columns = [column.to_pylist() for column in table.columns]
    except (arrow.ArrowException, OSError, ValueError) as error:
        problem = f"the Parquet file cannot be read ({shown(str(error))})"
        raise HistoryError.at(file, None, None, problem) from error
    titles = ["" if name.startswith("__index_level_") else name for name in table.column_names]
    rows = [[_text(cell) for cell in row] for row in zip(*columns, strict=True)]
    return [CellSheet([titles, *rows], file)]


def _extra(module: str, extra: str, file: str) -> ModuleType:
    try:
        return import_module(module)
    except ImportError as error:
        problem = (
            f'reading it needs {module.replace("_", "-")}: pip install "viewcast[{extra}]"; or save it as CSV'
        )
        raise HistoryError.at(file, None, None, problem) from error


def _text(cell: Any) -> str:
    """A cell as a person would write it; whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        is_midnight = (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
        return cell.date().isoformat() if is_midnight else cell.isoformat(sep=" ", timespec="minutes")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def json_tables(text: str, file: str) -> list[CellSheet]:
    """Read JSON: records, an object with a list of them in it, whole series, or one of these a line."""
    try:
        document = _document(text)
    except (ValueError, RecursionError) as error:
        raise HistoryError.at(file, None, None, f"this is no JSON ({shown(str(error))})") from error
    records = _records(document)
    if not records:
        problem = (
            'no list of records is in this JSON; write [{"series": "home", "date": "2026-11-20", "views": 5}]'
        )
        raise HistoryError.at(file, None, None, problem)
    rows = (
        _series_rows(records, file) if any(_is_series(record) for record in records) else _flat_rows(records)
    )
    return [CellSheet(rows, file)]


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        return [json.loads(line) for line in lines]


def _records(document: Any) -> list[Mapping[str, Any]]:
    """The first list of objects; a lone series is a list of one."""
    if isinstance(document, Mapping):
        if _is_series(document):
            return [document]
        lists = [(name, value) for name, value in document.items() if _is_list_of_objects(value)]
        return _counted(*lists[0]) if len(lists) == 1 else []
    return document if _is_list_of_objects(document) else []


def _counted(name: str, records: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Records whose list says what their "count" is, as GitHub's list of views does."""
    if key(name) not in words(VIEWS):
        return records
    return [
        {name if title == "count" else title: cell for title, cell in record.items()} for record in records
    ]


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _is_series(record: Mapping[str, Any]) -> bool:
    """Whether an object is a whole series: GluonTS's with a start, or this service's own with a last day."""
    by_start = isinstance(record.get("target"), list) and "start" in record
    return by_start or (isinstance(record.get("views"), list) and "last_date" in record)


def _series_rows(records: list[Mapping[str, Any]], file: str) -> list[list[str]]:
    rows = [["series", "date", "views"]]
    for number, record in enumerate(records, 1):
        if not _is_series(record):
            raise HistoryError.at(file, None, None, f"record {number} is no series like the others")
        counts = record["target"] if "target" in record else record["views"]
        end = str(record.get("start", record.get("last_date")))
        day = parse_day(end)
        if day is None or str(record.get("freq", "D")).upper() not in ("D", "1D"):
            problem = f'record {number} does not begin on a day: "start" is {shown(end)}'
            raise HistoryError.at(file, None, None, problem)
        first = day if "start" in record else day - len(counts) + 1
        name = str(record.get("item_id", record.get("id", number if len(records) > 1 else "total")))
        for offset, count in enumerate(counts):
            rows.append([name, date.fromordinal(first + offset).isoformat(), _text(count)])
    return rows


def _flat_rows(records: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    titles = list(dict.fromkeys(title for record in records for title in record))
    return [titles, *([_text(record.get(title)) for title in titles] for record in records)]
