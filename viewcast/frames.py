"""Convert long data frames, one row for each series and day, to histories, and forecasts to frames.

narwhals gives access to pandas, polars and other libraries. All checks of a frame are made here.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from narwhals.typing import IntoDataFrame
from numpy.typing import NDArray

from training.errors import ViewcastError
from training.history.phrases import counted
from training.history.series import DAY, History, Series, quoted
from training.history.series_notes import since_first_count
from training.history.spans import span_problem, spread_problem
from training.model.windows import Days, Float64

_DATE_LENGTH = len("2026-11-20")


class FrameError(ViewcastError):
    """A data frame cannot be used; the message says what is wrong, and what would be right."""


@dataclass(frozen=True)
class Columns:
    """The names of a frame's columns: series, calendar day, count."""

    id: str = "unique_id"
    time: str = "ds"
    target: str = "y"

    @property
    def names(self) -> list[str]:
        return [self.id, self.time, self.target]


@dataclass(frozen=True)
class LongFrame:
    """A frame as a history, with what is needed to make frames like it.

    Attributes
    ----------
    history : History
        The series; the name of each is the text of its id.
    left_out : list of str
        Series without any count.
    columns : Columns
    keys : narwhals DataFrame
        The columns of ids and days, sorted by both.
    rows : dict of str to int
        For each series of the history, in order of the ids, a row of `keys` with its id.
    """

    history: History
    left_out: list[str]
    columns: Columns
    keys: nw.DataFrame[Any]
    rows: dict[str, int]

    def forecasts(self, names: Sequence[str], days: Days, numbers: dict[str, Float64]) -> Any:
        """Make a frame of forecasts, of the same kind as the frame that was read.

        Parameters
        ----------
        names : sequence of n_series str
        days : ndarray of datetime64[D], shape (n_series, horizon)
        numbers : dict of str to ndarray of shape (n_series, horizon)
            The columns after ids and days.

        Returns
        -------
        pandas.DataFrame, polars.DataFrame, ...
            With the ids and days in the types of the original frame.
        """
        return self._table(names, self._dates(days.ravel()), numbers)

    def totals(self, names: Sequence[str], days: Sequence[int], numbers: dict[str, Float64]) -> Any:
        """Make a frame of totals.

        Parameters
        ----------
        names : sequence of n_series str
        days : sequence of n_totals int
            Number of days in each total: the column after the ids.
        numbers : dict of str to ndarray of shape (n_series, n_totals)
            The columns after that.

        Returns
        -------
        pandas.DataFrame, polars.DataFrame, ...
        """
        summed = np.tile(np.array(days), len(names))
        return self._table(names, nw.new_series("days", summed, backend=self.keys.implementation), numbers)

    def _table(self, names: Sequence[str], second: nw.Series[Any], numbers: dict[str, Float64]) -> Any:
        """Make a frame: the id of each series for all of its rows, a second column, and numbers."""
        rows = np.repeat([self.rows[name] for name in names], len(second) // len(names))
        table = nw.maybe_reset_index(self.keys[rows.tolist(), [self.columns.id]])
        added = [
            nw.new_series(name, values.ravel(), backend=self.keys.implementation)
            for name, values in numbers.items()
        ]
        return table.with_columns(second, *added).to_native()

    def _dates(self, days: Days) -> nw.Series[Any]:
        name, kind, backend = self.columns.time, self.keys.schema[self.columns.time], self.keys.implementation
        if kind == nw.String:
            return nw.new_series(name, days.astype(str).tolist(), nw.String, backend=backend)
        if kind == nw.Object:
            return nw.new_series(name, days.tolist(), backend=backend)
        return nw.new_series(name, days.astype("datetime64[ms]"), backend=backend).cast(kind)


def number_columns(alias: str, level: Sequence[int], numbers: Float64) -> dict[str, Float64]:
    """Name the forecast columns: median, lower ends (widest interval first), upper ends.

    Parameters
    ----------
    alias : str
        Prefix of the names.
    level : sequence of int
        The intervals, in percent.
    numbers : ndarray of shape (n_series, n_rows, 1 + 2 * n_levels)
    """
    ends = {f"{alias}-lo-{percent}": numbers[..., 1 + 2 * n] for n, percent in enumerate(level)}
    ends |= {f"{alias}-hi-{percent}": numbers[..., 2 + 2 * n] for n, percent in enumerate(level)}
    order = [f"{alias}-lo-{percent}" for percent in sorted(level, reverse=True)]
    order += [f"{alias}-hi-{percent}" for percent in sorted(level)]
    return {alias: numbers[..., 0], **{name: ends[name] for name in order}}


def read_frame(frame: IntoDataFrame, columns: Columns) -> LongFrame:
    """Read a long frame.

    Parameters
    ----------
    frame : pandas.DataFrame, polars.DataFrame, ...
        One row for each series and day, in any order; a day without a row or with a null is missing.
    columns : Columns

    Raises
    ------
    FrameError
        When a column is missing or has another type, a day occurs twice, or no day has a count.
    HistoryError
        When a count, a date or a name is not valid.
    """
    table = _sorted(frame, columns)
    days, counts = _days(table[columns.time]), _counts(table[columns.target])
    ids = table[columns.id]
    first = np.ones(len(ids), dtype=np.bool_)
    first[1:] = (ids != ids.shift(1)).to_numpy()[1:]
    _check_unique(ids, days, first)
    starts = np.flatnonzero(first)
    series: list[Series] = []
    rows: dict[str, int] = {}
    left_out: list[str] = []
    n_missing = 0
    for start, end in zip(starts, [*starts[1:], len(ids)], strict=True):
        name = str(ids[int(start)])
        views = _by_day(name, days[start:end], counts[start:end])
        if np.isnan(views).all():
            left_out.append(name)
            continue
        series.append(Series.trimmed(name, days[start], views))
        n_missing += series[-1].views.size - series[-1].n_known
        rows[name] = int(start)
    if not series:
        raise FrameError(f"no row of the frame has a count in {quoted(columns.target)}")
    if problem := spread_problem(sum(member.views.size for member in series), len(ids)):
        raise FrameError(problem)
    existing, notes = since_first_count(series)
    if n_missing:
        notes.append(f"{counted(n_missing, 'day')} without a count inside of a series: taken as missing")
    history = History(tuple(existing), tuple(notes))
    return LongFrame(history, left_out, columns, table.select(columns.id, columns.time), rows)


def _sorted(frame: IntoDataFrame, columns: Columns) -> nw.DataFrame[Any]:
    try:
        table = nw.from_native(frame, eager_only=True)
    except TypeError as error:
        raise FrameError(f"{type(frame).__name__} is no data frame of pandas, polars or the like") from error
    for name in columns.names:
        if name not in table.columns:
            raise FrameError(
                f"the frame has no column {quoted(name)}, but {', '.join(map(quoted, table.columns))}; "
                "id_col, time_col and target_col say what they are called; reset_index() makes columns of an "
                "index"
            )
    for name in columns.id, columns.time:
        if n_nulls := table[name].null_count():
            raise FrameError(f"{counted(n_nulls, 'row')} of the frame say nothing in {quoted(name)}")
    return table.select(columns.names).sort(columns.id, columns.time)


def _days(column: nw.Series[Any]) -> Days:
    """Read a column of dates, times at midnight, or texts like 2026-11-20, as calendar days."""
    kind, name = column.dtype, quoted(column.name)
    if kind == nw.Date:
        return column.to_numpy().astype("datetime64[D]")
    if isinstance(kind, nw.Datetime) and kind.time_zone is None:
        times = column.to_numpy()
        days: Days = times.astype("datetime64[D]")
        if (odd := times != days).any():
            raise FrameError(f"{name} has the time {times[odd][0]}; add up the counts of each day first")
        return days
    if isinstance(kind, nw.Datetime):
        raise FrameError(f"{name} is in the time zone {kind.time_zone}; calendar days without one are needed")
    values = column.to_list() if kind in (nw.String, nw.Object) else []
    try:
        if values and all(type(value) is datetime.date or len(value) == _DATE_LENGTH for value in values):
            return np.array(values, dtype="datetime64[D]")
    except (TypeError, ValueError) as error:
        raise FrameError(f"{name} cannot be read: {error}; 2026-11-20 would be right") from error
    raise FrameError(f"{name} holds {kind}; dates, times at midnight or texts as 2026-11-20 would be right")


def _counts(column: nw.Series[Any]) -> Float64:
    if not column.dtype.is_numeric():
        raise FrameError(f"{quoted(column.name)} holds {column.dtype}; numbers of views a day would be right")
    return column.cast(nw.Float64).to_numpy().astype(np.float64)


def _check_unique(ids: nw.Series[Any], days: Days, first: NDArray[np.bool_]) -> None:
    twice = np.flatnonzero(~first[1:] & (days[1:] == days[:-1]))
    if twice.size:
        row = int(twice[0]) + 1
        name = quoted(str(ids[row]))
        raise FrameError(f"the series {name} has two rows for {days[row]}; there are {twice.size} such days")


def _by_day(name: str, days: Days, counts: Float64) -> Float64:
    """Give the counts of a series, one for each calendar day; NaN where there is no row."""
    if problem := span_problem(days[0], days[-1]):
        raise FrameError(f"series {quoted(name)}: {problem}")
    views = np.full(int((days[-1] - days[0]) / DAY) + 1, np.nan)
    views[(days - days[0]).astype(np.intp)] = counts
    return views
