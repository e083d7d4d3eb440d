"""Rows that hold no day: blank rows, totals, a repeated header, and what follows below the table."""

import re

import numpy as np
from numpy.typing import NDArray

from training.history.counts import CountError, read_counts
from training.history.date_forms import looks_like_date
from training.history.layout import Layout
from training.history.series import HistoryError, quoted
from training.history.title_words import is_summary, is_total

# Lines that a program draws below a header, and its number of rows.
_RULER = re.compile(r"[-+=:|_ ]{3,}|\(\d+ rows?\)|\d+ rows? in set.*")


# What a spreadsheet shows for a date that does not fit the column, or that it cannot compute.
_HIDDEN = re.compile(r"#{2,}|#(?:VALUE|REF|NAME|NUM|DIV/0|NULL|N/A|SPILL|CALC|ERROR)[!?]?", re.IGNORECASE)


class SummaryRows:
    """Finds and remembers the rows of a table that hold no day.

    Parameters
    ----------
    layout : Layout
        What each column holds.
    file : str
        The file's name in messages.
    """

    def __init__(self, layout: Layout, file: str) -> None:
        self._layout, self._file = layout, file
        self._width = len(layout.titles) + (2 if layout.days else 0)
        self._totals: list[str] = []
        self._n_headers = 0
        self._undated: list[tuple[int, list[str]]] = []
        self.has_days = False  # also set by `row_reading` when a chunk has no row to leave out
        self._is_below_blank = False
        self._remarks: list[tuple[int, list[str]]] = []
        self._next_table: tuple[int, list[str]] | None = None

    @property
    def is_below_table(self) -> bool:
        """Whether another table or remarks have begun below the table of days."""
        return self._next_table is not None or bool(self._remarks)

    def without(
        self, rows: list[list[str]], starts: NDArray[np.int32]
    ) -> tuple[list[list[str]], NDArray[np.int32]]:
        """Leave out such rows. The others must be as wide as the header, or have blank fields at the end."""
        kept, lines = [], []
        for row, line in zip(rows, starts.tolist(), strict=True):
            if not row:
                self._is_below_blank = True
                continue
            if self._is_no_row(row) or self._is_below(row, line) or self._is_summary(row, line):
                continue
            if len(row) != self._width:
                row = self._widened(row, line)
            kept.append(row)
            lines.append(line)
            self.has_days = True
        return kept, np.array(lines, np.int32)

    def _is_no_row(self, row: list[str]) -> bool:
        texts = [text.strip() for text in row if text.strip()]
        if texts and (not texts[0].startswith("#") or looks_like_date(self._date(row))):
            return all(map(_RULER.fullmatch, texts))
        if _HIDDEN.fullmatch(self._date(row)) and any(text[:1].isdigit() for text in self._counts(row)):
            return False  # the count of a day that cannot be told
        self._is_below_blank = True
        return True

    def _is_below(self, row: list[str], line: int) -> bool:
        """Whether a row is below the table: a remark, or a row of another table, which may not have days."""
        if self._next_table is not None:
            if any(map(looks_like_date, row)):
                problem = (
                    f"another table with days begins here, below {quoted(self._next_table[1][0])}; leave one"
                )
                raise HistoryError.at(self._file, self._next_table[0], None, problem)
            return True
        if self._is_below_blank and self.has_days:
            texts = [text.strip() for text in row if text.strip()]
            is_worded = not any(text[0].isdigit() or looks_like_date(text) for text in texts)
            if is_worded and not any(map(is_total, texts)):
                if len(texts) == 1:
                    self._remarks.append((line, row))
                    return True
                if texts != list(self._layout.titles) and not any(map(str.isdigit, self._counts(row))):
                    self._next_table = line, texts
                    return True
        if self._remarks:
            self._widened(self._remarks[0][1], self._remarks[0][0])
        self._is_below_blank = False
        return False

    def _is_summary(self, row: list[str], line: int) -> bool:
        date = self._date(row)
        name = row[self._layout.series or 0] if len(row) > (self._layout.series or 0) else ""
        if self._layout.days and self._layout.series is not None and is_total(name):
            self._totals.append(name.strip())
            return True
        if date and is_summary(date) and not looks_like_date(date):
            self._totals.append(date)
            return True
        if not date:
            total = next((text.strip() for text in row if is_total(text.strip())), None)
            if total is not None:
                self._totals.append(total)
            elif any(self._counts(row)):
                self._undated.append((line, row))
            else:
                return False
            return True
        if date == self._layout_title() and [text.strip() for text in row] == list(self._layout.titles):
            self._n_headers += 1
            return True
        return False

    def _date(self, row: list[str]) -> str:
        return row[self._layout.date].strip() if self._layout.date < len(row) else ""

    def _layout_title(self) -> str:
        place = self._layout.date
        return self._layout.titles[place] if place < len(self._layout.titles) else ""

    def _counts(self, row: list[str]) -> list[str]:
        return [row[place].strip() for place in self._layout.counts.values() if place < len(row)]

    def _widened(self, row: list[str], line: int) -> list[str]:
        if len(row) > self._width and not any(map(str.strip, row[self._width :])):
            return row[: self._width]
        problem = f"{len(row)} fields where the header has {len(self._layout.titles)}"
        if len(row) > self._width and self._layout.separator == ",":
            problem += "; write counts without commas, and put names with commas in quotes"
        if len(row) == 1 and self._layout.separator and self._layout.separator in row[0]:
            problem += "; the line is in quotes as a whole, write it without them"
        raise HistoryError.at(self._file, line, None, problem)

    def notes(self, counts: NDArray[np.float64]) -> tuple[str, ...]:
        """Say what was left out; raises `HistoryError` for a row without a date that is not the total."""
        notes = []
        if self._totals:
            which = ", ".join(quoted(total) for total in dict.fromkeys(self._totals))
            rows = "row" if len(self._totals) == 1 else "rows"
            notes.append(f"the {rows} {which} {'is' if rows == 'row' else 'are'} left out")
        if self._n_headers:
            notes.append("the header stands there again: left out")
        for line, row in self._remarks:
            notes.append(f"line {line}, {quoted(' '.join(row).strip())}, is no row: left out")
        if self._next_table:
            line, titles = self._next_table
            which = ", ".join(map(quoted, titles[:8]))
            notes.append(f"another table, of {which}, begins on line {line}: passed over")
        for line, row in self._undated:
            if not self._is_sum(row, counts):
                title = self._layout_title()
                problem = "the date is missing; write year-month-day, like 2026-11-20"
                raise HistoryError.at(self._file, line, title, problem)
            notes.append(f"the row without a date (line {line}) is the sum of the others: left out")
        return tuple(notes)

    def _is_sum(self, row: list[str], counts: NDArray[np.float64]) -> bool:
        for place, known in zip(self._layout.counts.values(), counts, strict=True):
            try:
                value = read_counts([row[place]], commas_separate=True)[0]
            except (CountError, IndexError):
                return False
            if abs(value - np.nansum(known)) > 0.5:
                return False
        return True
