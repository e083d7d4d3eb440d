"""Read the lines of a text in blocks, and split many lines at once when none of them has a quote."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray

from training.history.fields import Fields, TextFields
from training.history.series import HistoryError

BLOCK_CHARACTERS = 2**16  # small enough for the processor's cache
# The longest line that can be read: csv accepts fields of up to 131,072 characters.
LONGEST_LINE = 2**20
_NEVER_CLOSED = "a quote is opened here and never closed"
_CSV_PROBLEMS = {
    "unexpected end of data": _NEVER_CLOSED,
    "field larger than field limit (131072)": _NEVER_CLOSED + ", or a field is longer than 131072 characters",
}


class Chunk(NamedTuple):
    """Some rows of a table, as rows or as columns.

    Parameters
    ----------
    lines : ndarray of shape (n_rows,), int32
        The line on which each row begins, from 1.
    rows : list of list of str, or None
        Rows of any width; None when there are columns.
    columns : list of Fields, or None
        One for each column of the header, each as long as `lines`; None when there are rows.
    """

    lines: NDArray[np.int32]
    rows: list[list[str]] | None = None
    columns: Sequence[Fields] | None = None

    def as_rows(self) -> list[list[str]]:
        """Give the chunk as rows."""
        if self.rows is not None:
            return self.rows
        return list(map(list, zip(*self.columns or [], strict=True)))


class LineBlocks:
    """Reads a text in blocks of whole lines.

    Parameters
    ----------
    first : str
        The beginning of the text, which was read before.
    text : TextIO
        The rest of the text; its line ends are not translated.
    """

    def __init__(self, first: str, text: TextIO) -> None:
        self._waiting, self._text = first, text

    def block(self) -> str:
        """Give the next lines; an empty text at the end."""
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
    """Split the lines into fields, chunk by chunk.

    Parameters
    ----------
    blocks : LineBlocks
    separator : str
        The separator between two fields.
    width : int
        The number of fields of the header.
    lines_before : int
        The number of lines in the file before these.
    file : str
        The file's name in messages.

    Raises
    ------
    HistoryError
        When a quote is never closed or not allowed where it is; the message names its line.
    """
    while block := blocks.block():
        if columns := _plain_columns(block, separator, width):
            lines = np.arange(lines_before + 1, lines_before + 1 + len(columns[0]), dtype=np.int32)
            lines_before += lines.size
            yield Chunk(lines, columns=list(map(TextFields, columns)))
            continue
        block_lines = list(io.StringIO(block, newline=""))
        rows, starts, lines_before = _quoted_rows(block_lines, blocks, separator, lines_before, file)
        yield Chunk(np.array(starts, np.int32), rows)


def _plain_columns(block: str, separator: str, width: int) -> list[list[str]] | None:
    """Split lines without quotes into columns; None when there is a quote or a line of another width."""
    if '"' in block or width < 2:
        return None
    if "\r" in block:
        block = block.replace("\r\n", "\n")
        if "\r" in block:
            return None
    lines = block.removesuffix("\n")
    fields = lines.replace("\n", f"{separator}\n").split(separator)
    # A line end can only begin a field. If all line ends are in the first column, one in each row, all rows
    # have the same width.
    firsts = "".join(fields[::width]).split("\n")
    if len(firsts) * width != len(fields) or len(firsts) != lines.count("\n") + 1:
        return None
    return [firsts, *(fields[column::width] for column in range(1, width))]


def _quoted_rows(
    lines: list[str], blocks: LineBlocks, separator: str, lines_before: int, file: str
) -> tuple[list[list[str]], list[int], int]:
    """Read rows with quoted fields: the rows, the line on which each begins, and the last line read."""
    # A quoted field may continue on the next lines.
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
