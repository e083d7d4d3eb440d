"""Tables before anybody knows what is in them: rows of texts, from lines of text or from typed cells."""

import csv
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Protocol, TextIO

from training.history.headers import SampleTable
from training.history.series import HistoryError

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SEPARATORS = (",", ";", "\t", "|")
CHUNK_ROWS = 2_000  # few enough to stay in the processor's cache
_SAMPLE_LINES = 300
# No line that can be read is longer: csv takes fields of up to 131,072 characters.
_LONGEST_LINE = 2**20
_NEVER_CLOSED = "a quote is opened here and never closed"
_CSV_PROBLEMS = {
    "unexpected end of data": _NEVER_CLOSED,
    "field larger than field limit (131072)": _NEVER_CLOSED + ", or a field is longer than 131072 characters",
}
Chunk = tuple[list[list[str]], list[int]]


class Sheet(Protocol):
    """One table of a file.

    Attributes
    ----------
    file : its name in messages
    notes : what was done to make rows of it
    is_typed : whether numbers were numbers already
    """

    file: str
    notes: tuple[str, ...]
    is_typed: bool

    def samples(self) -> Sequence[SampleTable]:
        """Give the first rows, as each separator takes them apart."""
        ...

    def chunks(self, separator: str, after: int) -> Iterator[Chunk]:
        """Give the rows below line `after`, many at a time, and the line that each begins on."""
        ...


class TextSheet:
    """Lines of text whose fields a separator takes apart. It can be read once."""

    is_typed = False

    def __init__(self, text: TextIO, file: str, notes: tuple[str, ...] = ()) -> None:
        self.file, self.notes = file, notes
        self._lines = iter(partial(text.readline, _LONGEST_LINE), "")
        self._first: list[str] = []
        for line in self._lines:
            self._first.append(line)
            if len(self._first) == _SAMPLE_LINES:
                break
        self._refuse_binary()

    def _refuse_binary(self) -> None:
        if self._first and "\0" in self._first[0]:
            raise HistoryError.at(self.file, None, None, 'not a text in UTF-8; save it as "CSV UTF-8"')

    def samples(self) -> Sequence[SampleTable]:
        """Give the first rows, as each separator takes them apart; remarks above the table are left out."""
        told = next((line for line in self._first if line.strip()), "")
        if told_separator := re.fullmatch(r'"?sep=(.)"?[,;\t|]*\s*', told, re.IGNORECASE):
            return [self._sample(told_separator[1])]
        return [self._sample(separator) for separator in SEPARATORS]

    def _sample(self, separator: str) -> SampleTable:
        sample = SampleTable(separator, [], [], [])
        skipped = self._n_remarks()
        reader = csv.reader(self._first[skipped:], delimiter=separator, skipinitialspace=True)
        start = skipped + 1
        try:
            for row in reader:
                if any(map(str.strip, row)):
                    sample.rows.append(row)
                    sample.lines.append(start)
                    sample.ends.append(skipped + reader.line_num)
                start = skipped + reader.line_num + 1
        except csv.Error:
            pass  # the rows so far show the columns; reading them all says where the error is
        return sample

    def _n_remarks(self) -> int:
        """How many lines above the table are none of it: remarks, blank ones, and the separator's name."""
        n = 0
        for line in self._first:
            if line.strip() and not re.match(r'\s*(?:#|"#|"?sep=.)', line, re.IGNORECASE):
                break
            n += 1
        return n

    def chunks(self, separator: str, after: int) -> Iterator[Chunk]:
        """Give the rows below line `after`; a quoted field may hold line ends."""
        lines = chain(self._first[after:], self._lines)
        self._first = []
        reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
        return _chunks(reader, after, self.file)


def _chunks(reader: "CsvReader", lines_before: int, file: str) -> Iterator[Chunk]:
    rows: list[list[str]] = []
    starts: list[int] = []
    start = lines_before + 1
    try:
        for row in reader:
            rows.append(row)
            starts.append(start)
            start = lines_before + reader.line_num + 1
            if len(rows) == CHUNK_ROWS:
                yield rows, starts
                rows, starts = [], []
    except csv.Error as error:
        problem = _CSV_PROBLEMS.get(str(error), f"{error}; write a quote inside of quotes twice")
        raise HistoryError.at(file, start, None, problem) from None
    if rows:
        yield rows, starts


class CellSheet:
    """Rows of texts that were cells already; row 1 is the first."""

    def __init__(
        self, rows: list[list[str]], file: str, notes: tuple[str, ...] = (), *, is_typed: bool = True
    ) -> None:
        self.file, self.notes, self.is_typed = file, notes, is_typed
        width = max(map(len, rows), default=0)
        self._rows = [row + [""] * (width - len(row)) for row in rows]

    def samples(self) -> Sequence[SampleTable]:
        """Give the first rows."""
        first = [(n, row) for n, row in enumerate(self._rows[:_SAMPLE_LINES], 1) if any(map(str.strip, row))]
        lines = [n for n, _ in first]
        return [SampleTable("", [row for _, row in first], lines, lines)]

    def chunks(self, separator: str, after: int) -> Iterator[Chunk]:
        """Give the rows below row `after`."""
        for start in range(after, len(self._rows), CHUNK_ROWS):
            rows = self._rows[start : start + CHUNK_ROWS]
            yield rows, list(range(start + 1, start + 1 + len(rows)))
