"""Rows become series: a row for each calendar day, the later of two counts, gaps where nothing is known.

What is done to which rows is told in notes; what would be misread is an error.
"""

import numpy as np
from numpy.typing import NDArray

from training.history.csv_rows import Rows
from training.history.events import EventDays
from training.history.series import LONGEST_SPAN_DAYS, History, Series, quoted, spread_problem

_EPOCH = np.datetime64("1970-01-01", "D")


def clean(rows: Rows) -> History:
    """Make a history of the rows of a file, with notes of what was done to them.

    Raises `HistoryError` when no row has a count, when a series covers more than 100 years, when nearly all
    days are gaps, when most counts contradict each other, or when the rows are weeks or months.
    """
    notes = _notes_on_file(rows)
    known = ~np.isnan(rows.views)
    if not known.any():
        raise rows.error(None, rows.columns.views, "no row has a count")
    events = _events(rows, known)
    if not known.all():
        # A row that only tells of an event may be a day to come.
        empty = ~known & np.isnan(rows.events).all(axis=0)
        if empty.any():
            notes.append(f"{_rows(rows.lines[empty])} without a count: taken as missing days")
        rows = rows.only(known)
    fractional = rows.views != np.floor(rows.views)
    if fractional.any():
        notes.append(f"{_rows(rows.lines[fractional])} with a fractional count: kept as it is")

    first, n_days = _spans(rows)
    starts = np.concatenate([[0], np.cumsum(n_days)])
    cells = starts[rows.series] + (rows.days - first[rows.series])
    calendar = np.full(starts[-1], np.nan)
    calendar[cells] = rows.views
    n_known = int(np.count_nonzero(~np.isnan(calendar)))
    if n_known < rows.views.size:
        notes += _settle_repeats(rows, calendar, cells)
    _check_steps(rows, calendar, starts)
    if n_gaps := calendar.size - n_known:
        notes.append(f"{_counted(n_gaps, 'day')} without a row inside of a series: taken as missing")
    return History(
        tuple(
            Series(rows.names[i], _EPOCH + first[i], calendar[starts[i] : starts[i + 1]])
            for i in np.flatnonzero(n_days)
        ),
        tuple(f"{rows.file}: {note}" for note in notes),
        events,
    )


def _events(rows: Rows, has_count: NDArray[np.bool_]) -> dict[str, dict[str, EventDays]]:
    """Give the days of the events, by series and event; of series without any count nothing is kept."""
    events: dict[str, dict[str, EventDays]] = {}
    is_series = np.isin(np.arange(len(rows.names)), rows.series[has_count])
    for name, values in zip(rows.columns.events, rows.events, strict=True):
        told = np.flatnonzero(~np.isnan(values) & is_series[rows.series])
        by_series = told[np.argsort(rows.series[told], kind="stable")]
        for own in np.split(by_series, np.flatnonzero(np.diff(rows.series[by_series])) + 1):
            if own.size:
                days = EventDays.latest_of(rows.days[own].astype(np.int64), values[own])
                events.setdefault(rows.names[rows.series[own[0]]], {})[name] = days
    return events


def _notes_on_file(rows: Rows) -> list[str]:
    """Say how the file was understood; a column of numbers is no column of names."""
    notes = []
    column = rows.columns.series
    if column is not None and rows.columns.names[column].casefold() != "series":
        title = rows.columns.names[column]
        if all(name.replace(".", "").isdigit() for name in rows.names):
            problem = 'the names of the series are numbers; if they are meant, name the column "series"'
            raise rows.error(None, column, f"{problem}, else leave it out")
        notes.append(f"the series are named by the column {quoted(title)}")
    if rows.n_totals:
        notes.append('the row "Total" is left out')
    return notes


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _rows(lines: NDArray[np.int32]) -> str:
    """Name rows by their lines: "1 row (line 5)", "12 rows (lines 5, 7, 9, 11, 13, …)"."""
    shown = ", ".join(str(line) for line in lines[:5])
    more = ", …" if lines.size > 5 else ""
    return f"{_counted(lines.size, 'row')} ({'line' if lines.size == 1 else 'lines'} {shown}{more})"


def _spans(rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the first day and the number of days of each series; 0 of one without a count."""
    first = np.full(len(rows.names), np.iinfo(np.int32).max, np.int64)
    last = np.full(len(rows.names), np.iinfo(np.int32).min, np.int64)
    np.minimum.at(first, rows.series, rows.days)
    np.maximum.at(last, rows.series, rows.days)
    n_days = np.maximum(last - first + 1, 0)
    longest = int(n_days.argmax())
    if n_days[longest] > LONGEST_SPAN_DAYS:
        own = rows.only(rows.series == longest)
        ends = [own.days.argmin(), own.days.argmax()]
        dates, lines = _EPOCH + own.days[ends].astype(int), own.lines[ends]
        problem = (
            f"series {quoted(rows.names[longest])} goes from {dates[0]} (line {lines[0]}) to {dates[1]} "
            f"(line {lines[1]}), more than 100 years; is one of these years mistyped?"
        )
        raise rows.error(int(lines.max()), rows.columns.date, problem)
    if spread := spread_problem(int(n_days.sum()), rows.days.size):
        raise rows.error(None, rows.columns.date, spread)
    return first, n_days


def _settle_repeats(rows: Rows, calendar: NDArray[np.float64], cells: NDArray[np.int64]) -> list[str]:
    """Of several counts for a day put the last in the file into `calendar`; give the notes."""
    order = np.argsort(cells, kind="stable")
    is_last = np.append(cells[order][1:] != cells[order][:-1], True)
    calendar[cells[order][is_last]] = rows.views[order][is_last]
    is_overruled = calendar[cells] != rows.views
    is_repeated = np.zeros_like(is_overruled)
    is_repeated[order[~is_last]] = True
    is_repeated &= ~is_overruled
    overruled, repeated = rows.lines[is_overruled], rows.lines[is_repeated]
    if 2 * overruled.size > rows.lines.size:
        problem = "most days have several counts that differ; a column that names the series is missing"
        raise rows.error(int(overruled[0]), rows.columns.views, problem)
    notes = []
    if repeated.size:
        notes.append(f"{_rows(repeated)} with the series, day and count of a later row: left out")
    if overruled.size:
        notes.append(f"{_rows(overruled)} with another count than a later row has for the day: left out")
    return notes


def _check_steps(rows: Rows, calendar: NDArray[np.float64], starts: NDArray[np.int64]) -> None:
    """Refuse weekly and monthly sums, which a table of days would take for single days with gaps."""
    known = np.flatnonzero(~np.isnan(calendar))
    steps = np.diff(known)
    belongs = np.searchsorted(starts, known, side="right")
    steps = steps[belongs[1:] == belongs[:-1]]
    if steps.size < 3:
        return
    for shortest, longest, what in ((7, 7, "week"), (28, 31, "month")):
        if steps.min() >= shortest and steps.max() <= longest:
            problem = f"there is one row a {what}; one row a day is needed, with the views of that day"
            raise rows.error(None, rows.columns.date, problem)
