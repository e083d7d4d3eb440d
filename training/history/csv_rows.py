"""The rows of a CSV file as arrays: every field checked, and every row with the line it stands on.

Series and dates repeat, so each different text is checked once; what is kept of a row are four numbers.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from training.history.csv_columns import Columns, find_columns
from training.history.csv_counts import CountError, read_counts
from training.history.csv_dates import DateColumn
from training.history.series import HistoryError, name_problem, quoted

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

# The series of a file that names none: always the same, so that it grows from file to file.
ONLY_SERIES = "total"
MOST_SERIES = 1_000_000
_CHUNK_ROWS = 2_000  # few enough to stay in the processor's cache
# No line that can be read is longer: csv takes fields of up to 131,072 characters.
_LONGEST_LINE = 2**20
_TOTAL = "Total"  # what Studio writes in place of the date, in the row that sums up all days
Counts = NDArray[np.float64]
_NEVER_CLOSED = "a quote is opened here and never closed"
_CSV_PROBLEMS = {
    "unexpected end of data": _NEVER_CLOSED,
    "field larger than field limit (131072)": _NEVER_CLOSED + ", or a field is longer than 131072 characters",
}


@dataclass(frozen=True)
class Rows:
    """The rows of one file, in its order; those with a blank or a summed-up day are left out.

    Parameters
    ----------
    file : str
        Its name in messages.
    columns : Columns
        Where things stand.
    names : list of str
        The series.
    series : ndarray of shape (n_rows,), int32
        Positions in `names`.
    days : ndarray of shape (n_rows,), int32
        Days since 1970-01-01.
    views : ndarray of shape (n_rows,), float64
        Views a day; NaN where there is none.
    lines : ndarray of shape (n_rows,), int32
        Where each row begins, from 1.
    events : ndarray of shape (n_events, n_rows), float64
        Values of the events that were asked for and are there; NaN where there is none.
    n_totals : int
        How many rows named "Total" were left out.
    """

    file: str
    columns: Columns
    names: list[str]
    series: NDArray[np.int32]
    days: NDArray[np.int32]
    views: NDArray[np.float64]
    lines: NDArray[np.int32]
    events: NDArray[np.float64]
    n_totals: int

    def only(self, chosen: NDArray[np.bool_]) -> "Rows":
        """Keep the chosen rows."""
        return replace(
            self,
            series=self.series[chosen],
            days=self.days[chosen],
            views=self.views[chosen],
            lines=self.lines[chosen],
            events=self.events[:, chosen],
        )

    def error(self, line: int | None, column: int | None, problem: str) -> HistoryError:
        """Make the error for a place in this file."""
        title = None if column is None else self.columns.names[column]
        return HistoryError.at(self.file, line, title, problem)


def read_rows(stream: IO[bytes], file: str, events: Sequence[str] = ()) -> Rows:
    """Read a CSV file, UTF-8 with or without a byte order mark, and the columns of the events asked for.

    Raises `HistoryError`, with line and column, for whatever is neither a row nor blank.
    """
    # What is not UTF-8 becomes lone surrogates, which no name, date or count may have; other columns may.
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    lines = iter(partial(text.readline, _LONGEST_LINE), "")
    number, header = next(((i, line) for i, line in enumerate(lines, 1) if line.strip()), (0, ""))
    if not header:
        raise HistoryError.at(
            file, None, None, 'the file is empty; it needs a header like "series,date,views"'
        )
    columns = find_columns(header, file, number, events)
    reader = csv.reader(lines, delimiter=columns.separator, strict=True)
    table = _Table(file, columns)
    for rows, starts in _chunks(reader, number, file):
        table.add(rows, starts)
    text.detach()
    return table.finish()


def _chunks(reader: "CsvReader", lines_before: int, file: str) -> Iterator[tuple[list[list[str]], list[int]]]:
    """Give the rows, many at a time, and the line that each begins on (a quoted field may hold line ends)."""
    rows: list[list[str]] = []
    starts: list[int] = []
    start = lines_before + 1
    try:
        for row in reader:
            rows.append(row)
            starts.append(start)
            start = lines_before + reader.line_num + 1
            if len(rows) == _CHUNK_ROWS:
                yield rows, starts
                rows, starts = [], []
    except csv.Error as error:
        problem = _CSV_PROBLEMS.get(str(error), f"{error}; write a quote inside of quotes twice")
        raise HistoryError.at(file, start, None, problem) from None
    if rows:
        yield rows, starts


class _Positions(dict[str, int]):
    """Texts in the order in which they were first seen; looking up a new one appends it."""

    def __missing__(self, text: str) -> int:
        position = self[text] = len(self)
        return position

    def of(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Give the position of each text."""
        return np.fromiter(map(self.__getitem__, texts), np.int32, len(texts))


class _Table:
    """The rows read so far: positions of texts, counts and lines, chunk by chunk."""

    def __init__(self, file: str, columns: Columns) -> None:
        self._file = file
        self._columns = columns
        self._date_texts, self._name_texts, self._names = _Positions(), _Positions(), _Positions()
        self._dates = DateColumn()
        self._date_of: list[int] = []  # of each date's text: its position in `_dates`
        self._name_of: list[int] = []  # of each name's text: its position in `_names`
        self._n_totals = 0
        self._chunks: list[
            tuple[NDArray[np.int32], NDArray[np.int32], Counts, NDArray[np.int32], Counts]
        ] = []

    def add(self, rows: list[list[str]], starts: list[int]) -> None:
        """Check the rows and keep their numbers."""
        columns = self._columns
        if not self._are_days(rows):
            rows, starts = self._days_only(rows, starts)
        if not rows:
            return
        fields = list(zip(*rows, strict=True))
        lines = np.array(starts, np.int32)
        dates = self._date_texts.of(fields[columns.date])
        self._check(dates, lines, self._date_texts, self._date_of, self._dates.add, columns.date)
        series = np.zeros(len(rows), np.int32)
        if columns.series is not None:
            series = self._name_texts.of(fields[columns.series])
            self._check(series, lines, self._name_texts, self._name_of, self._add_name, columns.series)
        views = self._counts(fields, columns.views, lines)
        events = [self._counts(fields, column, lines) for column in columns.events.values()]
        self._chunks.append((series, dates, views, lines, np.reshape(events, (len(events), len(rows)))))

    def finish(self) -> Rows:
        """Put the chunks together; `HistoryError` when there are none, or when a date may be two days."""
        if not self._chunks:
            raise HistoryError.at(self._file, None, None, "there is a header, but no row below it")
        *rows, events = zip(*self._chunks, strict=True)
        series, dates, views, lines = map(np.concatenate, rows)
        self._chunks.clear()
        positions = np.array(self._date_of, np.int32)[dates]
        if ambiguity := self._dates.ambiguity():
            position, problem = ambiguity
            raise self._error(lines[np.argmax(positions == position)], self._columns.date, problem)
        names = [ONLY_SERIES]
        if self._columns.series is not None:
            names = list(self._names)
            series = np.array(self._name_of, np.int32)[series]
        days = np.fromiter(self._dates.days(), np.int32)[positions]
        values = np.concatenate(events, axis=1)
        return Rows(self._file, self._columns, names, series, days, views, lines, values, self._n_totals)

    def _error(self, line: int, column: int, problem: str) -> HistoryError:
        return HistoryError.at(self._file, int(line), self._columns.names[column], problem)

    def _are_days(self, rows: list[list[str]]) -> bool:
        """Whether all rows have as many fields as the header, and none a blank for its date, or "Total"."""
        if set(map(len, rows)) != {len(self._columns.names)}:
            return False
        return {"", _TOTAL}.isdisjoint(map(itemgetter(self._columns.date), rows))

    def _days_only(self, rows: list[list[str]], starts: list[int]) -> tuple[list[list[str]], list[int]]:
        """Leave out rows without any text, and Studio's totals; the others must be as wide as the header."""
        expected = len(self._columns.names)
        kept, lines = [], []
        for row, line in zip(rows, starts, strict=True):
            if not any(map(str.strip, row)):
                continue
            if len(row) != expected:
                problem = f"{len(row)} fields where the header has {expected}"
                if len(row) > expected and self._columns.separator == ",":
                    problem += "; write counts without commas, and put names with commas in quotes"
                raise HistoryError.at(self._file, line, None, problem)
            if row[self._columns.date] == _TOTAL:
                self._n_totals += 1
                continue
            kept.append(row)
            lines.append(line)
        return kept, lines

    def _check(
        self,
        positions: NDArray[np.int32],
        lines: NDArray[np.int32],
        texts: _Positions,
        checked: list[int],
        add: Callable[[str], int],
        column: int,
    ) -> None:
        """Take in the texts that are new with this chunk; an error names the first row with a bad one."""
        n_before = len(checked)
        for position, text in enumerate(islice(texts, n_before, None), n_before):
            try:
                checked.append(add(text.strip()))
            except ValueError as error:
                raise self._error(lines[np.argmax(positions == position)], column, str(error)) from None

    def _add_name(self, name: str) -> int:
        if problem := name_problem(name):
            if any("\udc80" <= character <= "\udcff" for character in name):
                problem = f'{quoted(name)} is not UTF-8; save the file as "CSV UTF-8"'
            raise ValueError(problem)
        if len(self._names) == MOST_SERIES and name not in self._names:
            raise ValueError(f"there are more than {MOST_SERIES} series; split the file")
        return self._names[name]

    def _counts(self, fields: list[tuple[str, ...]], column: int, lines: NDArray[np.int32]) -> Counts:
        """Read the views of a chunk, or what it says of an event."""
        points_are_decimal = self._columns.separator == ","
        try:
            return read_counts(fields[column], points_are_decimal=points_are_decimal)
        except CountError as error:
            raise self._error(lines[error.position], column, str(error)) from None
