"""Tables before their columns are known: rows of texts, read from lines of text or from typed cells."""

import csv
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Protocol, TextIO

import numpy as np

from training.history.headers import SampleTable, sample_of_cells
from training.history.line_blocks import LONGEST_LINE, Chunk, LineBlocks, read_chunks
from training.history.quoted_lines import NOTE, are_quoted, unquoted, unquoted_rest
from training.history.series import HistoryError

SEPARATORS = (",", ";", "\t", "|")
CHUNK_ROWS = 2_000
SAMPLE_ROWS = 300


class Sheet(Protocol):
    """One table of a file.

    Attributes
    ----------
    file : its name in messages
    notes : how its rows were read
    is_typed : whether the cells had number types
    """

    file: str
    notes: tuple[str, ...]
    is_typed: bool

    def samples(self) -> Sequence[SampleTable]:
        """Give the first rows, split by each possible separator."""
        ...

    def chunks(self, separator: str, width: int, after: int) -> Iterator[Chunk]:
        """Give the rows below line `after` in chunks; `width` is the number of fields of the header."""
        ...


class TextSheet:
    """Lines of text with a separator between the fields. It can be read once."""

    is_typed = False

    def __init__(self, text: TextIO, file: str, notes: tuple[str, ...] = ()) -> None:
        self.file, self.notes = file, notes
        self._text = text
        lines = iter(partial(text.readline, LONGEST_LINE), "")
        self._first = list(islice(lines, SAMPLE_ROWS))
        self._refuse_binary()
        if are_quoted(self._first):
            self._first, self._text = unquoted(self._first), unquoted_rest(text, file)
            self.notes += (NOTE,)

    def _refuse_binary(self) -> None:
        if self._first and "\0" in self._first[0]:
            raise HistoryError.at(self.file, None, None, 'not a text in UTF-8; save it as "CSV UTF-8"')

    def samples(self) -> Sequence[SampleTable]:
        """Give the first rows, split by each possible separator, without remarks above the table."""
        first_line = next((line for line in self._first if line.strip()), "")
        if named_separator := re.fullmatch(r'"?sep=(.)"?[,;\t|]*\s*', first_line, re.IGNORECASE):
            return [self._sample(named_separator[1])]
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
            pass  # these rows are enough to find the columns; reading all rows reports the error
        return sample

    def _n_remarks(self) -> int:
        """Count the lines above the table: remarks, blank lines, and a line that names the separator."""
        n = 0
        for line in self._first:
            if line.strip() and not re.match(r'\s*(?:#|"#|"?sep=.)', line, re.IGNORECASE):
                break
            n += 1
        return n

    def chunks(self, separator: str, width: int, after: int) -> Iterator[Chunk]:
        """Give the rows below line `after`; a quoted field may contain line ends."""
        blocks = LineBlocks("".join(self._first[after:]), self._text)
        self._first = []
        return read_chunks(blocks, separator, width, after, self.file)


class CellSheet:
    """Rows of texts from typed cells; the first row has number 1."""

    notes: tuple[str, ...] = ()
    is_typed = True

    def __init__(self, rows: list[list[str]], file: str) -> None:
        self.file = file
        width = max(map(len, rows), default=0)
        self._rows = [row + [""] * (width - len(row)) for row in rows]

    def samples(self) -> Sequence[SampleTable]:
        """Give the first rows."""
        return [sample_of_cells(self._rows[:SAMPLE_ROWS])]

    def chunks(self, separator: str, width: int, after: int) -> Iterator[Chunk]:
        """Give the rows below row `after`."""
        for start in range(after, len(self._rows), CHUNK_ROWS):
            rows = self._rows[start : start + CHUNK_ROWS]
            yield Chunk(np.arange(start + 1, start + 1 + len(rows), dtype=np.int32), rows)
