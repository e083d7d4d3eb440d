"""Read view histories from files, and write them.

Steps: bytes to text (`text`), text to a table (`sheets`, `typed_tables`, `parquet_tables`), the columns of
the table (`layout_search`), its dates and counts (`row_reading`), and series with notes (`cleaning`).
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import repeat
from pathlib import Path, PureWindowsPath
from typing import IO

import numpy as np

from training.clock import utc_now
from training.history.cleaning import clean
from training.history.counts import count_text
from training.history.headers import NoTableError
from training.history.json_tables import json_tables
from training.history.layout_search import find_layout
from training.history.metric_rows import rows_by_metric
from training.history.names import cell_of
from training.history.options import ReadOptions
from training.history.parquet_tables import ParquetSheet
from training.history.phrases import notes_on_passed_over
from training.history.row_reading import read_rows
from training.history.series import DAY, History, HistoryError, Series, quoted, shown
from training.history.sheets import Sheet, TextSheet
from training.history.text import open_text
from training.history.typed_tables import spreadsheet
from training.history.zip_members import MAGICS, is_workbook, read_zip

__all__ = [
    "History",
    "HistoryError",
    "ReadOptions",
    "Series",
    "check_events",
    "parse_history",
    "read_history",
    "write_csv",
]

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# Daily counts compress about ten times by gzip; a decompression bomb compresses a thousand times.
_LARGEST_UNPACKED_BYTES = 2**32
_LARGEST_JSON_BYTES = 2**30
_PIECE_BYTES = 2**20


def read_history(path: Path, options: ReadOptions | None = None) -> History:
    """Read a history of daily counts from a file.

    Parameters
    ----------
    path : Path
        CSV in any of the forms of docs/history.md, zipped or not, a workbook, Parquet or JSON. The content
        decides how it is read, not the file's ending.
    options : ReadOptions, default=none
        Which columns to read, and how. Without a date in them, today is the current day in UTC.

    Returns
    -------
    History
        The cleaned history; its notes say which rows were changed.

    Raises
    ------
    HistoryError
        When the file does not exist, cannot be read or may be read in several ways; names file, line, column.
    """
    try:
        with path.open("rb") as stream:
            return _read(stream, shown(path.name), _dated(options))
    except OSError as error:
        raise HistoryError.at(str(path), None, None, error.strerror or str(error)) from error


def parse_history(content: bytes, name: str, options: ReadOptions | None = None) -> History:
    """Read a history from uploaded bytes; `name` is the file name in messages. See `read_history`."""
    return _read(io.BytesIO(content), shown(PureWindowsPath(name).name) or "the upload", _dated(options))


def _dated(options: ReadOptions | None) -> ReadOptions:
    options = options or ReadOptions()
    if options.today is not None:
        return options
    return replace(options, today=np.datetime64(utc_now().date()))


def _read(stream: IO[bytes], file: str, options: ReadOptions) -> History:
    start = stream.read(4)
    stream.seek(0)
    if start in MAGICS and not is_workbook(stream):
        return read_zip(stream, file, partial(_read_member, options=options))
    if start.startswith(_GZIP):
        return _read(_unpacked(stream, file), file, options)
    return _read_table(stream, file, options, start)


def _read_member(stream: IO[bytes], file: str, options: ReadOptions) -> History:
    content = io.BytesIO(stream.read())
    return _read_table(content, file, options, content.getvalue()[:4])


def _read_table(stream: IO[bytes], file: str, options: ReadOptions, start: bytes) -> History:
    """Read a table; its first bytes decide the file format."""
    if start in MAGICS or start == _OLD_EXCEL:
        return _one_history(spreadsheet(stream, file), file, options)
    if start == _PARQUET:
        return _one_history([ParquetSheet(stream, file)], file, options)
    text, notes = open_text(stream, file)
    try:
        if _is_json(text):
            return _one_history(json_tables(text.read(_LARGEST_JSON_BYTES), file), file, options)
        return _one_history([TextSheet(text, file, notes)], file, options)
    finally:
        text.detach()


def _is_json(text: io.TextIOWrapper) -> bool:
    """Whether a text begins like JSON and not like a table's header."""
    beginning = text.read(200).lstrip("\ufeff \t\r\n")
    text.seek(0)
    return re.match(r"\{|\[\s*[\[{\]]|\[\s*[\r\n]", beginning) is not None


def _unpacked(stream: IO[bytes], file: str) -> IO[bytes]:
    content = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=stream) as packed:
            # In pieces: reading up to the limit at once would allocate all of it, even for a small file.
            while piece := packed.read(_PIECE_BYTES):
                content.write(piece)
                if content.tell() > _LARGEST_UNPACKED_BYTES:
                    problem = "the gzip unpacks to more than 4 GB; too much for a history"
                    raise HistoryError.at(file, None, None, problem)
    except (OSError, EOFError, zlib.error) as error:
        raise HistoryError.at(file, None, None, f"the gzip cannot be read ({shown(str(error))})") from error
    if content.getbuffer()[:2] == _GZIP:
        raise HistoryError.at(file, None, None, "a gzip in a gzip; pack it once")
    content.seek(0)
    return content


def _one_history(sheets: Sequence[Sheet], file: str, options: ReadOptions) -> History:
    """Read the only sheet that has days and counts; raises `HistoryError` when several have."""
    histories: list[tuple[str, History]] = []
    passed_over: list[tuple[str, NoTableError]] = []
    for sheet in sheets:
        try:
            histories.append((sheet.file, _read_sheet(sheet, options)))
        except NoTableError as error:
            passed_over.append((sheet.file, error))
    if len(histories) > 1:
        which = ", ".join(dict.fromkeys(quoted(name) for name, _ in histories[:5]))
        problem = f"{len(histories)} tables have days and counts ({which}); leave one"
        raise HistoryError.at(file, None, None, problem)
    if not histories:
        raise passed_over[0][1] if passed_over else HistoryError.at(file, None, None, "the file is empty")
    _, history = histories[0]
    names = [name.removeprefix(f"{file}: ") for name, _ in passed_over if name != file]
    return replace(history, notes=(*history.notes, *notes_on_passed_over(file, "sheet", names)))


def _read_sheet(sheet: Sheet, options: ReadOptions) -> History:
    layout = find_layout(sheet.samples(), sheet.file, options)
    first, *others = [clean(rows, options) for rows in rows_by_metric(read_rows(sheet, layout), options)]
    for other in others:
        first = first.merge(other)
    return replace(first, notes=tuple(dict.fromkeys(first.notes)))


def check_events(history: History, events: Sequence[str], file: str) -> None:
    """Refuse requested events that are not in the file; a misspelt column must not be ignored silently."""
    known = {name for by_event in history.events.values() for name in by_event}
    for name in events:
        if name not in known:
            problem = f"no row has a value for the event {quoted(name)}; name a column of numbers"
            raise HistoryError.at(shown(file), None, None, problem)


def write_csv(history: History, path: Path) -> None:
    """Write the known days as CSV, `series,date,views`; reading it gives an equal history."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("series", "date", "views"))
        for series in history.series:
            known = np.flatnonzero(~np.isnan(series.views))
            dates = np.datetime_as_string(series.first_date + known * DAY)
            writer.writerows(
                zip(repeat(cell_of(series.name)), dates, map(count_text, series.views[known].tolist()))
            )
