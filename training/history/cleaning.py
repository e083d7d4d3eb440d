"""Cleaning: turn the rows of a table into series with one value for each calendar day.

Notes say what was changed. Rows that cannot be read in one way only are errors.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.history.calendar_checks import (
    check_future,
    check_lone_days,
    check_one_row_a_series,
    check_steps,
    check_years,
)
from training.history.day_sums import hours_are_summed, one_row_a_day
from training.history.days import date_of
from training.history.events import EventDays, Events
from training.history.options import ReadOptions
from training.history.phrases import counted, rows_at
from training.history.rows import Rows
from training.history.series import VIEWS, History, Series, quoted
from training.history.series_names import Naming, name_series
from training.history.series_notes import finish
from training.history.spans import LONGEST_SPAN_DAYS, spread_problem


def clean(rows: Rows, options: ReadOptions) -> History:
    """Make a history from the rows of a table, with notes on what was changed.

    Raises `HistoryError` when no row has a count, when dates are implausible (in the future, far from the
    others, over more than 100 years, weekly or monthly), or when most counts contradict each other.
    """
    notes = [*rows.layout.notes, *rows.notes]
    rows, negative = _without_negative(rows)
    known = np.logical_not(np.isnan(rows.counts).all(axis=0))
    if not known.any():
        raise rows.error(None, next(iter(rows.layout.counts.values())), "no row has a count")
    check_future(rows, known, options.today)
    check_years(rows)
    rows, naming, naming_notes = name_series(rows, options)
    notes += naming_notes + negative
    known = np.logical_not(np.isnan(rows.counts).all(axis=0))
    if not known.any():
        raise rows.error(None, None, "no row has a count but those that sum up others")
    check_one_row_a_series(rows, naming)
    events = _events(rows, naming, known)
    notes += _notes_on_events(rows.layout.events, events)
    if not known.all():
        # A day is the sum of its hours or parts only when all of them are known.
        are_parts = naming.parts is not None or hours_are_summed(rows.only(known), naming.only(known))
        notes += _note_on_unknown(rows, known, are_parts=are_parts)
        if not are_parts:
            rows, naming = rows.only(known), naming.only(known)
    notes += _note_on_fractions(rows)
    calendar = None
    if naming.parts is None and rows.minutes is None and rows.layout.hour is None:
        # Where each day has one row, as in most files, nothing has to be sorted.
        calendar = _Calendar.of(rows, naming)
    if calendar is None or calendar.n_taken < rows.days.size:
        rows, naming, day_notes = one_row_a_day(rows, naming)
        notes += day_notes
        calendar = _Calendar.of(rows, naming)
    series, n_gaps = _series(rows, naming, calendar)
    if not series:
        raise rows.error(None, None, "no day has a count for all of its parts")
    series, series_notes = finish(series, options)
    notes += series_notes
    if n_gaps:
        notes.append(f"{counted(n_gaps, 'day')} without a row inside of a series: taken as missing")
    return History(tuple(series), tuple(f"{rows.file}: {note}" for note in notes), events)


def _without_negative(rows: Rows) -> tuple[Rows, list[str]]:
    """Turn negative counts into missing days; refuse a column with many of them, as it holds no counts."""
    negative = rows.counts < 0
    if not negative.any():
        return rows, []
    for column, is_negative in zip(rows.layout.counts.values(), negative, strict=True):
        lines = rows.lines[is_negative]
        if lines.size > 1 and 10 * lines.size > rows.lines.size:
            problem = f"{lines.size} counts are negative; a count is 0 or more"
            raise rows.error(int(lines[0]), column, problem)
    note = f"{rows_at(rows.lines[negative.any(axis=0)])} with a negative count: taken as missing"
    return replace(rows, counts=np.where(negative, np.nan, rows.counts)), [note]


def _note_on_unknown(rows: Rows, known: NDArray[np.bool_], *, are_parts: bool) -> list[str]:
    # A row without a count may announce an event on a future day.
    empty = ~known & np.isnan(rows.events).all(axis=0)
    taken = "the days that they are part of are missing" if are_parts else "taken as missing days"
    return [f"{rows_at(rows.lines[empty])} without a count: {taken}"] if empty.any() else []


def _note_on_fractions(rows: Rows) -> list[str]:
    fractional = np.zeros(rows.lines.size, np.bool_)
    for counts in rows.counts:
        fractional |= (counts != np.floor(counts)) & ~np.isnan(counts)
    return (
        [f"{rows_at(rows.lines[fractional])} with a fractional count: kept as it is"]
        if fractional.any()
        else []
    )


def _events(rows: Rows, naming: Naming, has_count: NDArray[np.bool_]) -> dict[str, dict[str, EventDays]]:
    """Give the days of the events, by series and event; series without any count are left out."""
    events: dict[str, dict[str, EventDays]] = {}
    is_series = np.isin(np.arange(len(naming.names)), naming.codes[has_count])
    for name, values in zip(rows.layout.events, rows.events, strict=True):
        marked = np.flatnonzero(~np.isnan(values) & is_series[naming.codes])
        by_series = marked[np.argsort(naming.codes[marked], kind="stable")]
        for of_series in np.split(by_series, np.flatnonzero(np.diff(naming.codes[by_series])) + 1):
            if of_series.size:
                days = EventDays.latest_of(rows.days[of_series].astype(np.int64), values[of_series])
                events.setdefault(naming.names[naming.codes[of_series[0]]], {})[name] = days
    return events


def _notes_on_events(names: Iterable[str], events: Events) -> list[str]:
    """Say on how many days each event occurs."""
    n_days = {
        name: sum(
            int(np.count_nonzero(by_event[name].values)) for by_event in events.values() if name in by_event
        )
        for name in names
    }
    return [f"the event {quoted(name)} has {counted(n, 'day')}" for name, n in n_days.items()]


@dataclass(frozen=True)
class _Calendar:
    """One array of consecutive days for all series, one series after another.

    Attributes
    ----------
    first : the first day of each series, in days since 1970
    starts : where each series begins in the array; the last entry is the length of the array
    cells : the position of each row's day in the array
    """

    first: NDArray[np.int64]
    starts: NDArray[np.int64]
    cells: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Rows, naming: Naming) -> "_Calendar":
        first = np.full(len(naming.names), np.iinfo(np.int32).max, np.int64)
        last = np.full(len(naming.names), np.iinfo(np.int32).min, np.int64)
        # Consecutive rows mostly belong to one series: keep one number for each run of rows.
        runs = np.flatnonzero(np.diff(naming.codes, prepend=-1))
        np.minimum.at(first, naming.codes[runs], np.minimum.reduceat(rows.days, runs))
        np.maximum.at(last, naming.codes[runs], np.maximum.reduceat(rows.days, runs))
        n_days = np.maximum(last - first + 1, 0)
        _check_spans(rows, naming, n_days)
        starts = np.concatenate([[0], np.cumsum(n_days)])
        return cls(first, starts, (starts[:-1] - first)[naming.codes] + rows.days)

    @property
    def n_taken(self) -> int:
        """Count the days that have at least one row."""
        taken = np.zeros(self.starts[-1], np.bool_)
        taken[self.cells] = True
        return int(np.count_nonzero(taken))


def _check_spans(rows: Rows, naming: Naming, n_days: NDArray[np.int64]) -> None:
    longest = int(n_days.argmax())
    if n_days[longest] > LONGEST_SPAN_DAYS:
        longest_rows = rows.only(naming.codes == longest)
        ends = [longest_rows.days.argmin(), longest_rows.days.argmax()]
        dates, lines = longest_rows.days[ends].astype("datetime64[D]"), longest_rows.lines[ends]
        problem = (
            f"series {quoted(naming.names[longest])} goes from {dates[0]} (line {lines[0]}) to {dates[1]} "
            f"(line {lines[1]}), more than 100 years; is one of these years mistyped?"
        )
        raise rows.error(int(lines.max()), rows.layout.date, problem)
    if spread := spread_problem(int(n_days.sum()), rows.days.size):
        raise rows.error(None, rows.layout.date, spread)


def _series(rows: Rows, naming: Naming, calendar: _Calendar) -> tuple[list[Series], int]:
    """Make the series, and count the missing days inside them."""
    starts = calendar.starts
    series = []
    for metric, counts in zip(rows.layout.counts, rows.counts, strict=True):
        views = np.full(starts[-1], np.nan)
        views[calendar.cells] = counts
        check_steps(rows, naming, views, starts)
        check_lone_days(rows, naming, views, starts)
        for i in np.flatnonzero(np.diff(starts)):
            of_series = views[starts[i] : starts[i + 1]]
            if not np.isnan(of_series).all():
                name = metric if rows.layout.is_wide else naming.names[i]
                kind = VIEWS if rows.layout.is_wide else metric
                series.append(Series.trimmed(name, date_of(int(calendar.first[i])), of_series, kind))
    return series, sum(member.views.size - member.n_known for member in series)
