"""The rows of a table as arrays, with the lines they stand on."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.history.layout import Layout
from training.history.series import HistoryError

Counts = NDArray[np.float64]
Codes = NDArray[np.int32]


@dataclass(frozen=True)
class TextColumn:
    """A column of words: what stands in each row, as a position in its different texts."""

    column: int
    texts: list[str]
    codes: Codes


@dataclass(frozen=True)
class Rows:
    """The rows of one table, in its order; blank and summed-up ones are left out.

    Parameters
    ----------
    file : str
        Its name in messages.
    layout : Layout
        Where things stand.
    days : ndarray of shape (n_rows,), int32
        Days since 1970-01-01.
    minutes : ndarray of shape (n_rows,), int32, or None
        Minute of the day, -1 where none is written; None when it is written nowhere.
    moments : ndarray of shape (n_rows,), int32
        The date's text, as a number that is the same for equal texts.
    counts : ndarray of shape (n_counts, n_rows), float64
        Counts a day, a row for each of the layout's; NaN where there is none.
    lines : ndarray of shape (n_rows,), int32
        Where each row begins, from 1.
    names : TextColumn or None
        The column whose title says that it names the series.
    others : tuple of TextColumn
        Columns that may name series or parts of them.
    events : ndarray of shape (n_events, n_rows), float64
        Values of the events that were asked for and are there; NaN where there is none.
    notes : tuple of str
        What was left out.
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
        """Keep the chosen rows."""

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
        """Make the error for a place in this file."""
        titles = self.layout.titles
        title = titles[column] if column is not None and column < len(titles) else None
        return HistoryError.at(self.file, line, title, problem)
