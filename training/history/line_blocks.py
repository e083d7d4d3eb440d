"""The lines of a text in blocks, and their fields, taken apart all at once where no quote is among them."""

import csv
import io
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray

from training.history.series import HistoryError

BLOCK_CHARACTERS = 2**16  # few enough to stay in the processor's cache
# No line that can be read is longer: csv takes fields of up to 131,072 characters.
LONGEST_LINE = 2**20
_NEVER_CLOSED = "a quote is opened here and never closed"
_CSV_PROBLEMS = {
    "unexpected end of data": _NEVER_CLOSED,
    "field larger than field limit (131072)": _NEVER_CLOSED + ", or a field is longer than 131072 characters",
}


class Chunk(NamedTuple):
    """Some rows of a table, by rows or by columns.

    Parameters
    ----------
    lines : ndarray of shape (n_rows,), int32
        The line that each row begins on, from 1.
    rows : list of list of str, or None
        Of any width; None when there are columns.
    columns : list of list of str, or None
        As many as the header has, each as long as `lines`.
    """

    lines: NDArray[np.int32]
    rows: list[list[str]] | None = None
    columns: list[list[str]] | None = None

    def as_rows(self) -> list[list[str]]:
        """Give the rows, however they were taken apart."""
        if self.rows is not None:
            return self.rows
        return list(map(list, zip(*self.columns or [], strict=True)))


class LineBlocks:
    """A text, whole lines at a time.

    Parameters
    ----------
    first : str
        What was read of it already.
    text : TextIO
        The rest. Its line ends are left as they are.
    """

    def __init__(self, first: str, text: TextIO) -> None:
        self._waiting, self._text = first, text

    def block(self) -> str:
        """Give the next lines; nothing when there are none."""
        more = self._text.read(BLOCK_CHARACTERS)
        content = self._waiting + more
        end = content.rfind("\n") + 1 if len(more) == BLOCK_CHARACTERS else len(content)
        if not end and content:
            content += self._text.readline(LONGEST_LINE)
            end = len(content)
        self._waiting = content[end:]
        return content[:end]

    def single(self) -> Iterator[str]:
        """Give the next lines one by one."""
        while line := self._line():
            yield line

    def _line(self) -> str:
        if not self._waiting:
            return self._text.readline(LONGEST_LINE)
        line = io.StringIO(self._waiting, newline="").readline()
        self._waiting = self._waiting[len(line) :]
        return line if line.endswith(("\n", "\r")) else line + self._text.readline(LONGEST_LINE)


def read_chunks(
    blocks: LineBlocks, separator: str, width: int, lines_before: int, file: str
) -> Iterator[Chunk]:
    """Take the lines apart.

    Parameters
    ----------
    blocks : LineBlocks
    separator : str
        What stands between two fields.
    width : int
        How many fields the header has.
    lines_before : int
        How many lines of the file come before these.
    file : str
        Its name in messages.

    Raises
    ------
    HistoryError
        When a quote is never closed, or stands where none can; names its line.
    """
    while block := blocks.block():
        if columns := _plain_columns(block, separator, width):
            lines = np.arange(lines_before + 1, lines_before + 1 + len(columns[0]), dtype=np.int32)
            lines_before += lines.size
            yield Chunk(lines, columns=columns)
            continue
        block_lines = list(io.StringIO(block, newline=""))
        rows, starts, lines_before = _quoted_rows(block_lines, blocks, separator, lines_before, file)
        yield Chunk(np.array(starts, np.int32), rows)


def _plain_columns(block: str, separator: str, width: int) -> list[list[str]] | None:
    """The columns of lines that have no quote and all have as many fields as the header; None for others."""
    if '"' in block or width < 2:
        return None
    if "\r" in block:
        block = block.replace("\r\n", "\n")
        if "\r" in block:
            return None
    lines = block.removesuffix("\n")
    fields = lines.replace("\n", f"{separator}\n").split(separator)
    # A line end can only begin a field. If all of them are in the first column, one a row, no row is of
    # another width.
    firsts = "".join(fields[::width]).split("\n")
    if len(firsts) * width != len(fields) or len(firsts) != lines.count("\n") + 1:
        return None
    return [firsts, *(fields[column::width] for column in range(1, width))]


def _quoted_rows(
    lines: list[str], blocks: LineBlocks, separator: str, lines_before: int, file: str
) -> tuple[list[list[str]], list[int], int]:
    """The rows that begin in some lines, the line of each, and the last line that they take."""
    # A quoted field may go on in the lines after these.
    reader = csv.reader(
        chain(lines, blocks.single()), delimiter=separator, skipinitialspace=True, strict=True
    )
    rows: list[list[str]] = []
    starts: list[int] = []
    line = lines_before + 1
    try:
        while reader.line_num < len(lines):
            rows.append(next(reader))
            starts.append(line)
            line = lines_before + reader.line_num + 1
    except csv.Error as error:
        problem = _CSV_PROBLEMS.get(str(error), f"{error}; write a quote inside of quotes twice")
        raise HistoryError.at(file, line, None, problem) from None
    return rows, starts, line - 1
