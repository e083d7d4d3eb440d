"""View histories: what they are, and reading them from files and writing them.

`series` has what they are, `history_rows` and `history_cleaning` read a CSV file, `history_zip` a zip.
"""

import csv
import io
from collections.abc import Sequence
from itertools import repeat
from pathlib import Path, PureWindowsPath
from typing import IO

import numpy as np

from training.history.cleaning import clean
from training.history.csv_rows import read_rows
from training.history.series import DAY, History, HistoryError, Series, shown
from training.history.studio_zip import MAGICS, read_zip

__all__ = ["History", "HistoryError", "Series", "parse_history", "read_history", "write_csv"]


def read_history(path: Path, events: Sequence[str] = ()) -> History:
    """Read a view history: CSV (long, of a single series, or as YouTube Studio exports it) or a zip.

    Parameters
    ----------
    path : Path
        The file; what it holds decides how it is read, not its ending.
    events : sequence of str, default=none
        Columns that say how much of an event there is on each day; days to come may have no views yet.

    Returns
    -------
    History
        Cleaned; its notes say what was done to which rows.

    Raises
    ------
    HistoryError
        When the file is not there, or would be misread; the message names file, line and column.
    """
    try:
        with path.open("rb") as stream:
            return _read(stream, shown(path.name), events)
    except OSError as error:
        raise HistoryError.at(str(path), None, None, error.strerror or str(error)) from error


def parse_history(content: bytes, name: str, events: Sequence[str] = ()) -> History:
    """Read a view history from an upload; `name` is its file name in messages, else as `read_history`."""
    return _read(io.BytesIO(content), shown(PureWindowsPath(name).name) or "the upload", events)


def _read(stream: IO[bytes], file: str, events: Sequence[str]) -> History:
    is_zip = stream.read(4) in MAGICS
    stream.seek(0)
    return read_zip(stream, file, events) if is_zip else clean(read_rows(stream, file, events))


def write_csv(history: History, path: Path) -> None:
    """Write the known days as long CSV, `series,date,views`; reading it gives an equal history."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("series", "date", "views"))
        for series in history.series:
            known = np.flatnonzero(~np.isnan(series.views))
            dates = np.datetime_as_string(series.first_date + known * DAY)
            counts = (int(v) if v.is_integer() else v for v in series.views[known].tolist())
            writer.writerows(zip(repeat(series.name), dates, counts))
