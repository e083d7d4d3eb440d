"""Write forecasts as CSV or, if pyarrow is installed, as Parquet; one row for each series and day.

The columns are `series`, `date`, `views` (the median), and a pair such as `lower_80` and `upper_80` for each
level. In CSV, numbers have two decimals, and a name that a spreadsheet would read as a formula has an
apostrophe before it. Parquet has the unrounded numbers and the unchanged names.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np

from training.errors import ViewcastError
from training.export.decimal_text import lines_of
from training.history.names import cell_of
from training.history.series import DAY
from training.model.forecasts import Forecasts
from training.model.windows import Days, Float64


@dataclass(frozen=True)
class ForecastTable:
    """Forecasts of several series.

    Attributes
    ----------
    names : list of str, of length n_series
    last_dates : ndarray of datetime64[D], shape (n_series,)
        The day before the first forecast day.
    forecasts : Forecasts
    """

    names: list[str]
    last_dates: Days
    forecasts: Forecasts

    def dates(self) -> Days:
        """Give the forecast days; shape (n_series, horizon)."""
        return self.last_dates[:, None] + np.arange(1, self.forecasts.median.shape[1] + 1) * DAY

    def numbers(self) -> Float64:
        """Give the median and the ends of intervals; shape (n_series, horizon, 1 + 2 n_levels)."""
        lower, upper = self.forecasts.lower, self.forecasts.upper
        bounds = [bound for pair in zip(lower, upper, strict=True) for bound in pair]
        return np.stack([self.forecasts.median, *bounds], axis=-1)


class ForecastFile(Protocol):
    """A file to which tables of forecasts are appended."""

    def write(self, table: ForecastTable) -> None:
        """Append a table."""


OpenFile = Callable[[IO[bytes], Sequence[int]], AbstractContextManager[ForecastFile]]


class ForecastFileError(ViewcastError):
    """A forecast file cannot be written; the message says why, and what to do instead."""


def format_of(path: Path) -> OpenFile:
    """Choose the format by the ending of a file's name, and check that the file can be written.

    Parameters
    ----------
    path : Path
        Ends in .csv or .parquet, in upper or lower case.

    Returns
    -------
    callable
        Called with a binary stream and the levels, gives a context manager with a `ForecastFile`.

    Raises
    ------
    ForecastFileError
        When the ending is neither .csv nor .parquet, pyarrow is not installed for Parquet, the folder does
        not exist, or the path exists but is not a file.
    """
    if not path.parent.is_dir():
        raise ForecastFileError(f"{path}: there is no folder {path.parent}; make it first")
    if path.exists() and not path.is_file():
        raise ForecastFileError(f"{path} is not a file; name one that may be replaced")
    ending = path.suffix.lower()
    if ending == ".csv":
        return csv_file
    if ending != ".parquet":
        raise ForecastFileError(f"{path}: forecasts are written as .csv or .parquet; end the file's name so")
    try:
        import pyarrow  # noqa: F401, an optional extra
    except ImportError as error:
        raise ForecastFileError(
            f"{path}: Parquet needs pyarrow, which is not installed; `pip install pyarrow`, or write .csv"
        ) from error
    return parquet_file


def number_columns(levels: Sequence[int]) -> list[str]:
    """Give the names of the columns of numbers: `views`, `lower_80`, `upper_80`, and so on."""
    return ["views", *(f"{bound}_{level}" for level in levels for bound in ("lower", "upper"))]


class _CsvFile:
    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, table: ForecastTable) -> None:
        """Append the rows of a table."""
        numbers = table.numbers()
        n_series, horizon, n_columns = numbers.shape
        # Few different days occur many times, so each is formatted once.
        days, which = np.unique(table.dates(), return_inverse=True)
        written = np.char.add(np.datetime_as_string(days).astype(bytes), b",")
        lines = lines_of(written[which.ravel()], numbers.reshape(n_series * horizon, n_columns)).split(b"\n")
        blocks = []
        for name, begin in zip(_csv_fields(table.names), range(0, len(lines) - 1, horizon), strict=True):
            start = name + b","
            blocks += [start, (b"\n" + start).join(lines[begin : begin + horizon]), b"\n"]
        self._stream.write(b"".join(blocks))


def _csv_fields(names: list[str]) -> list[bytes]:
    """Format names as CSV fields, quoted where necessary; names contain no line feeds."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([cell_of(name)] for name in names)
    return text.getvalue().encode().split(b"\n")[:-1]


@contextmanager
def csv_file(stream: IO[bytes], levels: Sequence[int]) -> Iterator[ForecastFile]:
    """Write CSV with a header, in UTF-8."""
    stream.write(",".join(["series", "date", *number_columns(levels)]).encode() + b"\n")
    yield _CsvFile(stream)


class _ParquetFile:
    def __init__(self, writer: Any, schema: Any) -> None:
        self._writer, self._schema = writer, schema

    def write(self, table: ForecastTable) -> None:
        """Append a table as a row group."""
        import pyarrow as pa

        numbers = table.numbers().reshape(-1, len(self._schema) - 2)
        horizon = table.forecasts.median.shape[1]
        which = pa.array(np.repeat(np.arange(len(table.names)), horizon))
        columns = [pa.array(table.names).take(which), pa.array(table.dates().ravel())]
        columns += [pa.array(np.ascontiguousarray(column)) for column in numbers.T]
        self._writer.write_table(pa.table(columns, schema=self._schema))


@contextmanager
def parquet_file(
    stream: IO[bytes], levels: Sequence[int], metadata: Mapping[str, str] | None = None
) -> Iterator[ForecastFile]:
    """Write Parquet with columns of strings, dates and float64, and optional metadata of the file."""
    import pyarrow as pa
    from pyarrow import parquet

    numbers = [(name, pa.float64()) for name in number_columns(levels)]
    schema = pa.schema([("series", pa.string()), ("date", pa.date32()), *numbers])
    with parquet.ParquetWriter(stream, schema) as writer:
        writer.add_key_value_metadata(metadata or {})
        yield _ParquetFile(writer, schema)
