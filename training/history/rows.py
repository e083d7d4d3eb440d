"""The rows of a table as arrays, with their line numbers."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.history.layout import Layout
from training.history.series import HistoryError

Counts = NDArray[np.float64]
Codes = NDArray[np.int32]


@dataclass(frozen=True)
class TextColumn:
    """A column of words, stored as the position of each row's text in the list of distinct texts."""

    column: int
    texts: list[str]
    codes: Codes


@dataclass(frozen=True)
class Rows:
    """The rows of one table, in the file's order, without blank rows and summaries.

    Parameters
    ----------
    file : str
        The file's name in messages.
    layout : Layout
        What each column holds.
    days : ndarray of shape (n_rows,), int32
        Days since 1970-01-01.
    minutes : ndarray of shape (n_rows,), int32, or None
        Minute of the day of each row, -1 where no time is written; None when no row has a time.
    moments : ndarray of shape (n_rows,), int32
        A number for the text of each date; equal texts have equal numbers.
    counts : ndarray of shape (n_counts, n_rows), float64
        Daily counts, one row for each column of counts in the layout; NaN where a count is missing.
    lines : ndarray of shape (n_rows,), int32
        The line on which each row begins, from 1.
    names : TextColumn or None
        The column whose title says that it names the series, if any.
    others : tuple of TextColumn
        Columns that may hold series names or parts of them.
    events : ndarray of shape (n_events, n_rows), float64
        Sizes of the requested events that the table has; NaN where a value is missing.
    notes : tuple of str
        Notes on what was left out.
    """

    file: str
    layout: Layout
    days: Codes
    minutes: Codes | None
    moments: Codes
    counts: Counts
    lines: Codes
    names: TextColumn | None
    others: tuple[TextColumn, ...]
    events: Counts
    notes: tuple[str, ...]

    def only(self, chosen: NDArray[np.bool_]) -> "Rows":
        """Give a copy with the chosen rows only."""

        def cut(column: TextColumn) -> TextColumn:
            return replace(column, codes=column.codes[chosen])

        return replace(
            self,
            days=self.days[chosen],
            minutes=None if self.minutes is None else self.minutes[chosen],
            moments=self.moments[chosen],
            counts=self.counts[:, chosen],
            lines=self.lines[chosen],
            names=self.names and cut(self.names),
            others=tuple(map(cut, self.others)),
            events=self.events[:, chosen],
        )

    def error(self, line: int | None, column: int | None, problem: str) -> HistoryError:
        """Make an error for a place in this file."""
        titles = self.layout.titles
        title = titles[column] if column is not None and column < len(titles) else None
        return HistoryError.at(self.file, line, title, problem)
