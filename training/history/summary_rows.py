"""Rows that are no days: blank ones, sums over days, a header that is repeated."""

import numpy as np
from numpy.typing import NDArray

from training.history.counts import CountError, read_counts
from training.history.layout import Layout
from training.history.series import HistoryError, quoted
from training.history.title_words import is_total


class SummaryRows:
    """The rows that were left out of one table.

    Parameters
    ----------
    layout : Layout
        Where things stand.
    file : str
        Its name in messages.
    """

    def __init__(self, layout: Layout, file: str) -> None:
        self._layout, self._file = layout, file
        self._width = len(layout.titles) + (2 if layout.days else 0)
        self._totals: list[str] = []
        self._n_headers = 0
        self._undated: list[tuple[int, list[str]]] = []

    def without(self, rows: list[list[str]], starts: list[int]) -> tuple[list[list[str]], list[int]]:
        """Leave those rows out; the others must be as wide as the header, or have blank fields behind."""
        kept, lines = [], []
        for row, line in zip(rows, starts, strict=True):
            if not any(map(str.strip, row)) or self._is_summary(row, line):
                continue
            if len(row) != self._width:
                row = self._widened(row, line)
            kept.append(row)
            lines.append(line)
        return kept, lines

    def _is_summary(self, row: list[str], line: int) -> bool:
        date = row[self._layout.date].strip() if self._layout.date < len(row) else ""
        name = row[self._layout.series or 0] if len(row) > (self._layout.series or 0) else ""
        if self._layout.days and self._layout.series is not None and is_total(name):
            self._totals.append(name.strip())
            return True
        if date and is_total(date):
            self._totals.append(date)
            return True
        if not date:
            total = next((text.strip() for text in row if is_total(text.strip())), None)
            if total is not None:
                self._totals.append(total)
            elif self._has_count(row):
                self._undated.append((line, row))
            else:
                return False
            return True
        if date == self._layout_title() and [text.strip() for text in row] == list(self._layout.titles):
            self._n_headers += 1
            return True
        return False

    def _layout_title(self) -> str:
        place = self._layout.date
        return self._layout.titles[place] if place < len(self._layout.titles) else ""

    def _has_count(self, row: list[str]) -> bool:
        return any(place < len(row) and row[place].strip() for place in self._layout.counts.values())

    def _widened(self, row: list[str], line: int) -> list[str]:
        if len(row) > self._width and not any(map(str.strip, row[self._width :])):
            return row[: self._width]
        problem = f"{len(row)} fields where the header has {len(self._layout.titles)}"
        if len(row) > self._width and self._layout.separator == ",":
            problem += "; write counts without commas, and put names with commas in quotes"
        raise HistoryError.at(self._file, line, None, problem)

    def notes(self, counts: NDArray[np.float64]) -> tuple[str, ...]:
        """Say what was left out; a row without a date must be the sum of the others, or it is an error."""
        notes = []
        if self._totals:
            which = ", ".join(quoted(total) for total in dict.fromkeys(self._totals))
            rows = "row" if len(self._totals) == 1 else "rows"
            notes.append(f"the {rows} {which} {'is' if rows == 'row' else 'are'} left out")
        if self._n_headers:
            notes.append("the header stands there again: left out")
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
