"""Read the rows of a table: check every field, and remember the line of every row.

Texts repeat, so each distinct text is checked once, and each row is stored as a few numbers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter

import numpy as np

from training.history.counts import CountError, read_counts
from training.history.dates import DateColumn
from training.history.fields import Fields, Positions, TextFields
from training.history.headers import NoTableError
from training.history.layout import Layout
from training.history.line_blocks import Chunk
from training.history.names import name_of, notes_on_spellings
from training.history.rows import Codes, Counts, Rows, TextColumn
from training.history.series import LARGEST_VIEWS, HistoryError, name_problem
from training.history.sheets import Sheet
from training.history.summary_rows import SummaryRows
from training.history.title_words import NO, YES, is_total, key, words

MOST_SERIES = 1_000_000


def read_rows(sheet: Sheet, layout: Layout) -> Rows:
    """Read the rows below the header.

    Raises `HistoryError`, with line and column, for a row that is not valid, blank, or a summary of other
    rows.
    """
    table = _Table(sheet, layout)
    chunks = sheet.chunks(layout.separator, len(layout.titles), layout.header_end)
    for chunk in _long(chunks, layout) if layout.days else chunks:
        table.add(chunk)
    return table.finish()


def _long(chunks: Iterator[Chunk], layout: Layout) -> Iterator[Chunk]:
    """Split each row of a table with a column for each day into one row for each day."""
    width = len(layout.titles)
    for chunk in chunks:
        for row, line in zip(chunk.as_rows(), chunk.lines, strict=True):
            if any(map(str.strip, row)) and len(row) == width:
                rows = [[*row, layout.titles[day], row[day]] for day in layout.days]
                yield Chunk(np.full(len(rows), line, np.int32), rows)
            else:
                yield Chunk(np.array([line], np.int32), [row])


class _Counts:
    """One column of counts: digits are read at once, other texts when the whole column is known."""

    def __init__(self, *, is_event: bool) -> None:
        self._is_event = is_event
        self._odd = Positions()
        self._lines: list[int] = []  # of each text that is not digits: the line where it appears first
        self._places: list[Codes] = []
        self._codes: list[Codes] = []
        self._n_rows = 0

    def add(self, fields: Fields, lines: Codes) -> Counts:
        """Add the next fields; those that are not digits are NaN until `settle`."""
        counts, places, odd = fields.counts()
        if places.size:
            codes = odd.positions(self._odd)
            if len(self._odd) > len(self._lines):
                new, first = np.unique(codes, return_index=True)
                self._lines += lines[places[first[new >= len(self._lines)]]].tolist()
            self._places.append((places + self._n_rows).astype(np.int32))
            self._codes.append(codes)
        self._n_rows += lines.size
        return counts

    def settle(self, counts: Counts, *, commas_separate: bool) -> None:
        """Write the values of the other texts into `counts`; the position in a `CountError` is a line."""
        if self._odd:
            texts = [_number(text) for text in self._odd] if self._is_event else list(self._odd)
            try:
                values = read_counts(texts, commas_separate=commas_separate)
            except CountError as error:
                raise CountError(self._lines[error.position], str(error)) from None
            counts[np.concatenate(self._places)] = values[np.concatenate(self._codes)]


def _number(text: str) -> str:
    """Convert yes and no of an event to 1 and 0; return other texts unchanged."""
    plain = key(text)
    return "1" if plain in words(YES) else "0" if plain in words(NO) else text


class _Table:
    """The rows read so far: positions of texts, counts and lines, in chunks."""

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self._file, self._layout = sheet.file, layout
        self._commas_separate = layout.separator == "," or sheet.is_typed
        self._sheet_notes = sheet.notes
        self._date_texts = Positions()
        self._dates = DateColumn()
        self._date_of: list[int] = []  # of each date's text: its position in `_dates`
        self._texts = {column: Positions() for column in self._text_columns()}
        self._checked_names: list[int] = []
        self._names = Positions()
        self._summaries = SummaryRows(layout, sheet.file)
        counts = dict.fromkeys(layout.counts.values(), False) | dict.fromkeys(layout.events.values(), True)
        self._counts = {column: _Counts(is_event=is_event) for column, is_event in counts.items()}
        self._chunks: list[tuple[Codes, Codes, Counts, list[Codes]]] = []

    def _text_columns(self) -> list[int]:
        layout = self._layout
        hour = [] if layout.hour is None else [layout.hour]
        return ([] if layout.series is None else [layout.series]) + hour + list(layout.others)

    def add(self, chunk: Chunk) -> None:
        """Check the rows, and store their numbers."""
        lines = chunk.lines
        fields = chunk.columns
        if fields is None or not self._are_days(fields[self._layout.date].distinct()):
            rows = chunk.as_rows()
            if not self._have_days(rows):
                rows, lines = self._summaries.without(rows, lines)
            fields = list(map(TextFields, zip(*rows, strict=True)))
        if fields:
            self._summaries.has_days = True
            self._add(fields, lines)

    def _add(self, fields: Sequence[Fields], lines: Codes) -> None:
        layout = self._layout
        dates = fields[layout.date].positions(self._date_texts)
        self._check(dates, lines, self._date_texts, self._date_of, self._dates.add, layout.date)
        codes = [fields[column].positions(texts) for column, texts in self._texts.items()]
        if layout.series is not None:
            names = self._texts[layout.series]
            self._check(codes[0], lines, names, self._checked_names, self._add_name, layout.series)
        counts = [column.add(fields[place], lines) for place, column in self._counts.items()]
        self._chunks.append((dates, lines, np.array(counts), codes))

    def finish(self) -> Rows:
        """Join the chunks; raises `HistoryError` when there are none, or when a date may be two days."""
        layout = self._layout
        if not self._chunks:
            self._summaries.notes(np.empty((len(layout.counts), 0)))
            raise NoTableError.at(self._file, None, None, "there is a header, but no row below it")
        dates, lines, counts, codes = zip(*self._chunks, strict=True)
        self._chunks.clear()
        lines_, texts = np.concatenate(lines), np.concatenate(dates)
        positions = (
            texts
            if self._date_of == list(range(len(self._date_of)))
            else (np.array(self._date_of, np.int32)[texts])
        )
        if ambiguity := self._dates.ambiguity():
            position, problem = ambiguity
            raise self._error(lines_[np.argmax(positions == position)], layout.date, problem)
        values = np.concatenate(counts, axis=1)
        self._settle(values, lines_)
        columns = [
            TextColumn(column, list(self._texts[column]), np.concatenate(chunks))
            for column, chunks in zip(self._texts, zip(*codes, strict=True), strict=True)
        ]
        n_counts = len(layout.counts)
        notes = self._sheet_notes + self._summaries.notes(values[:n_counts])
        names = None
        if layout.series is not None:
            spelled, checked = columns.pop(0), np.array(self._checked_names, np.int32)
            names = TextColumn(layout.series, list(self._names), checked[spelled.codes])
            notes += notes_on_spellings(spelled.texts, checked, names.texts)
        of_texts = self._dates.minutes()
        days, minutes = self._dates.days()[positions], of_texts[positions] if of_texts.max() > 0 else None
        return Rows(
            self._file, layout, days, minutes, texts, values[:n_counts], lines_, names, tuple(columns),
            values[n_counts:], notes,
        )  # fmt: skip

    def _settle(self, values: Counts, lines: Codes) -> None:
        for row, (column, counts) in zip(values, self._counts.items(), strict=True):
            try:
                counts.settle(row, commas_separate=self._commas_separate)
            except CountError as error:
                raise self._error(error.position, column, str(error)) from None
            if (row > LARGEST_VIEWS).any():
                place = int(np.argmax(row > LARGEST_VIEWS))
                problem = f"the number is too large; a count is at most {LARGEST_VIEWS:g} views a day"
                raise self._error(lines[place], column, problem)
        events = values[len(self._layout.counts) :]
        for row, column in zip(events, self._layout.events.values(), strict=True):
            if (row < 0).any():
                place = int(np.argmax(row < 0))
                raise self._error(lines[place], column, f"{row[place]:g} is negative; write 0 or more")

    def _error(self, line: int, column: int, problem: str) -> HistoryError:
        titles = self._layout.titles
        title = titles[column] if column < len(titles) else None
        return HistoryError.at(self._file, int(line), title, problem)

    def _have_days(self, rows: list[list[str]]) -> bool:
        """Whether all rows have as many fields as the header, and a date that begins with a digit."""
        width = len(self._layout.titles) + (2 if self._layout.days else 0)
        if set(map(len, rows)) != {width}:
            return False
        if self._layout.days and any(map(self._is_total, rows)):
            return False
        return self._are_days(map(itemgetter(self._layout.date), rows))

    def _are_days(self, dates: Iterable[str]) -> bool:
        """Whether texts begin with a digit, and no second table has begun."""
        new = set(dates) - self._date_texts.keys()
        return not self._summaries.is_below_table and all(date[:1].isdigit() for date in new)

    def _is_total(self, row: list[str]) -> bool:
        return self._layout.series is not None and is_total(row[self._layout.series].strip())

    def _check(
        self,
        positions: Codes,
        lines: Codes,
        texts: Positions,
        checked: list[int],
        add: Callable[[str], int],
        column: int,
    ) -> None:
        """Check the texts that are new in this chunk; an error names the first row with an invalid text."""
        n_before = len(checked)
        for position, text in enumerate(islice(texts, n_before, None), n_before):
            try:
                checked.append(add(text.strip()))
            except ValueError as error:
                raise self._error(lines[np.argmax(positions == position)], column, str(error)) from None

    def _add_name(self, text: str) -> int:
        name = name_of(text)
        if problem := name_problem(name):
            raise ValueError(problem)
        if len(self._names) == MOST_SERIES and name not in self._names:
            raise ValueError(f"there are more than {MOST_SERIES} series; split the file")
        return self._names[name]
