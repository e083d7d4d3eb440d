"""Reduce several rows for a day to one: parts are summed; of repeated counts, the later row is kept."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from training.history.phrases import counted, note_on_columns, rows_at
from training.history.rows import Rows
from training.history.series import quoted
from training.history.series_names import Naming, hour_column

_DAY_HOURS = 24
_DAY_MINUTES = _DAY_HOURS * 60
# When clocks are set back, one of the first hours of the day occurs twice.
_LAST_DOUBLED_HOUR = 3


def one_row_a_day(rows: Rows, naming: Naming) -> tuple[Rows, Naming, list[str]]:
    """Sum up the parts and the hours of each day.

    Returns the rows, at most one for each series and day; the series they belong to; and notes on what was
    summed, replaced or left out. Raises `HistoryError` when most counts contradict each other.
    """
    minutes, from_column = _minutes(rows)
    notes: list[str] = []
    hours_vary = False
    if minutes is not None:
        hours_vary = _hours_vary(rows, naming, minutes)
        if not hours_vary:
            notes += _notes_on_one_hour(minutes)
    if hours_vary and minutes is not None:
        chosen = _whole_days(rows, naming, minutes)
        dropped = np.unique(rows.days[~chosen])
        notes.append("the hours of each day are summed")
        if dropped.size:
            dates = ", ".join(str(np.datetime64(int(day), "D")) for day in dropped[:5])
            notes.append(f"{counted(dropped.size, 'day')} at an end, not whole ({dates}): left out")
        rows, minutes = rows.only(chosen), minutes[chosen]
        naming = naming.only(chosen)
        notes += _notes_on_fewer_hours(rows, naming, minutes)
        if not rows.days.size:
            raise rows.error(None, rows.layout.date, "no day is whole; the hours of a whole day are needed")
    keys = [rows.days.astype(np.int64), naming.codes.astype(np.int64)]
    if naming.parts is not None:
        keys.append(naming.parts)
    if hours_vary and minutes is not None:
        slot, doubled = _slots(rows, naming, minutes, from_column)
        keys.append(slot)
        if doubled:
            notes.append(
                f"{counted(doubled, 'hour')} that came twice as clocks were set back: both are counted"
            )
    return _summed(rows, naming, keys, notes)


def hours_are_summed(rows: Rows, naming: Naming) -> bool:
    """Whether most days have counts at several times, so that a day is the sum of them."""
    minutes, _ = _minutes(rows)
    return minutes is not None and _hours_vary(rows, naming, minutes)


def _minutes(rows: Rows) -> tuple[NDArray[np.int32] | None, bool]:
    """Give the minute of each row's day, and whether it comes from a column of hours."""
    column = hour_column(rows)
    return (column, True) if column is not None else (rows.minutes, False)


def _cells(rows: Rows, naming: Naming) -> NDArray[np.int64]:
    """Give a number for each row that is the same for rows of the same series and day."""
    first = int(rows.days.min())
    width = int(rows.days.max()) - first + 1
    return naming.codes.astype(np.int64) * width + (rows.days - first)


def _hours_vary(rows: Rows, naming: Naming, minutes: NDArray[np.int32]) -> bool:
    """Whether most days have counts at several times."""
    _, n_times = _times(rows, naming, minutes)
    return 2 * int(np.count_nonzero(n_times > 1)) > n_times.size


def _times(
    rows: Rows, naming: Naming, minutes: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Count the times of day of each series and day; these are numbered as by `_cells`."""
    different = np.unique(_cells(rows, naming) * _DAY_MINUTES + np.maximum(minutes, 0)) // _DAY_MINUTES
    return np.unique(different, return_counts=True)


def _notes_on_one_hour(minutes: NDArray[np.int32]) -> list[str]:
    """Say at what time of day the rows are, unless it is midnight."""
    times = np.unique(np.maximum(minutes, 0))
    if times[-1] == 0:
        return []
    shown = ", ".join(f"{time // 60:02}:{time % 60:02}" for time in times[:3])
    more = ", …" if times.size > 3 else ""
    return [f"one row a day, at {shown}{more}: each is the count of the day it names"]


def _whole_days(rows: Rows, naming: Naming, minutes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Drop the first day if it begins late, and the last day if it ends early."""
    times = np.unique(np.maximum(minutes, 0))
    step = int(np.diff(times).min()) if times.size > 1 else _DAY_MINUTES
    offset = int(times.min())
    chosen = np.ones(rows.days.size, np.bool_)
    order = np.lexsort((minutes, rows.days, naming.codes))
    codes = naming.codes[order]
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    ends = np.append(starts[1:], codes.size) - 1
    for start, end in zip(starts, ends, strict=True):
        first, last = order[start], order[end]
        mine = order[start : end + 1]
        if minutes[first] > offset:
            chosen[mine[rows.days[mine] == rows.days[first]]] = False
        if minutes[last] + step < _DAY_MINUTES and minutes[last] < times[-1]:
            chosen[mine[rows.days[mine] == rows.days[last]]] = False
    return chosen


def _notes_on_fewer_hours(rows: Rows, naming: Naming, minutes: NDArray[np.int32]) -> list[str]:
    """Say which days have fewer hours than nearly all others; clocks set forward leave out one."""
    cells, n_times = _times(rows, naming, minutes)
    usual = int(np.median(n_times)) if n_times.size else 0
    is_short = n_times < usual - usual // _DAY_HOURS
    if not is_short.any() or 5 * np.count_nonzero(is_short) > is_short.size:
        return []
    days = np.unique(rows.days[np.isin(_cells(rows, naming), cells[is_short])])
    dates = ", ".join(str(np.datetime64(int(day), "D")) for day in days[:5])
    which = f"{counted(days.size, 'day')} with fewer hours than the others ({dates})"
    return [f"{which}: the sum of those there are"]


def _slots(
    rows: Rows, naming: Naming, minutes: NDArray[np.int32], from_column: bool
) -> tuple[NDArray[np.int64], int]:
    """Number the times of each day, and count the hours that occur twice because clocks were set back."""
    # Different texts are different times, even when only their UTC offsets differ.
    slot = minutes.astype(np.int64) if from_column else rows.moments.astype(np.int64)
    keys = [slot, naming.codes.astype(np.int64), rows.days.astype(np.int64)]
    if naming.parts is not None:
        keys.insert(0, naming.parts)
    order = np.lexsort(keys)
    same = np.all([np.diff(column[order]) == 0 for column in keys], axis=0)
    again = order[1:][same]
    early = minutes[again] <= _LAST_DOUBLED_HOUR * 60
    days, times = np.unique(rows.days[again], return_counts=True)
    n_series = np.unique(naming.codes[again]).size or 1
    parts = 1 if naming.parts is None else np.unique(naming.parts).size
    if again.size and early.all() and (times <= n_series * parts).all() and _are_autumn_nights(days):
        slot = slot.copy()
        slot[again] += int(slot.max()) + 1
        return slot, int(days.size)
    return slot, 0


def _are_autumn_nights(days: NDArray[np.int32]) -> bool:
    """Whether the days are about a year apart, like the nights in which clocks are set back."""
    return days.size == 1 or bool((np.diff(days) > 300).all())


def _summed(
    rows: Rows, naming: Naming, keys: list[NDArray[np.int64]], notes: list[str]
) -> tuple[Rows, Naming, list[str]]:
    order = np.lexsort(keys[::-1])
    new = np.zeros(order.size, np.bool_)
    new[:1] = True
    for column in keys:
        new[1:] |= np.diff(column[order]) != 0
    is_last = np.append(new[1:], True)
    notes = notes + _notes_on_repeats(rows, order, new, is_last)
    kept = order[is_last]
    starts = np.zeros(kept.size, np.bool_)
    starts[:1] = True
    for column in keys[:2]:
        starts[1:] |= np.diff(column[kept]) != 0
    begins = np.flatnonzero(starts)
    if begins.size == kept.size:
        chosen = np.zeros(order.size, np.bool_)
        chosen[kept] = True
        return rows.only(chosen), naming.only(chosen), notes + note_on_columns(naming.titles)
    # NaN propagates: when a part is unknown, the sum is unknown.
    sums = np.add.reduceat(rows.counts[:, kept], begins, axis=1)
    firsts = kept[begins]
    places = np.zeros(order.size, np.bool_)
    places[firsts] = True
    summed = replace(rows.only(places), counts=sums[:, np.argsort(firsts, kind="stable")])
    if naming.titles:
        which = ", ".join(quoted(title) for title in naming.titles)
        notes.append(
            f"rows of one series and day that differ in {which} are taken for parts of that day and summed"
        )
    n_unknown = int(np.count_nonzero(np.isnan(sums).all(axis=0)))
    if n_unknown:
        notes.append(f"{counted(n_unknown, 'day')} with a part without a count: taken as missing")
    return summed, naming.only(places), notes


def _notes_on_repeats(
    rows: Rows, order: NDArray[np.intp], new: NDArray[np.bool_], is_last: NDArray[np.bool_]
) -> list[str]:
    """Say which rows are left out because a later row has the same series and day."""
    if is_last.all():
        return []
    group = np.cumsum(new) - 1
    last_counts = rows.counts[:, order[is_last]][:, group]
    equal = (rows.counts[:, order] == last_counts) | (np.isnan(rows.counts[:, order]) & np.isnan(last_counts))
    is_equal = equal.all(axis=0)
    overruled = np.sort(rows.lines[order[~is_last & ~is_equal]])
    repeated = np.sort(rows.lines[order[~is_last & is_equal]])
    n_days = int(group[-1]) + 1
    if overruled.size > 1 and 2 * np.unique(group[~is_equal]).size > n_days:
        column = next(iter(rows.layout.counts.values()))
        problem = (
            "most days have several counts that differ; leave one, or add a column that names the series"
        )
        raise rows.error(int(overruled[0]), column, problem)
    notes = []
    if repeated.size:
        notes.append(f"{rows_at(repeated)} with the series, day and count of a later row: left out")
    if overruled.size:
        notes.append(f"{rows_at(overruled)} with another count than a later row has for the day: left out")
    return notes
