"""Checks of a table's days: in the future, years away from the others, or one row a week or month."""

import numpy as np
from numpy.typing import NDArray

from training.history.days import day_number
from training.history.rows import Rows
from training.history.series import quoted
from training.history.series_names import Naming
from training.history.title_words import DATE, key, words

# In a series with counts on most days, a day this far from all the others has a mistyped year.
_LONE_DAY_GAP = 300
_DENSE_STEP = 2
# With fewer jumps between rows than this, a file is in order.
_FEWEST_JUMPS = 8
# A file with few rows, weeks apart, holds weekly sums. For one series among many, more rows are required.
_FEWEST_STEPS, _FEWEST_STEPS_AMONG_OTHERS = 2, 8
_FEWEST_EQUAL_STEPS = 8
# Of weekly or monthly rows, a first or last one may be cut, and a holiday may move one: most steps are usual.
_FEWEST_USUAL_STEPS = 4
_ADVICE = "one row a day is needed, with the views of that day"


def check_future(rows: Rows, known: NDArray[np.bool_], today: np.datetime64 | None) -> None:
    """Refuse counts later than tomorrow in UTC; tomorrow has already begun in some time zones."""
    if today is None:
        return
    late = known & (rows.days > day_number(today) + 1)
    if late.any():
        first = int(np.argmax(late))
        date = np.datetime64(int(rows.days[first]), "D")
        problem = (
            f"there is a count for {date}, and today is {today}; is the year mistyped? Leave days to come out"
        )
        raise rows.error(int(rows.lines[first]), rows.layout.date, problem)


def check_years(rows: Rows) -> None:
    """Refuse a wrong year in a single row, when the rows before and after it are neighbouring days."""
    days = rows.days
    if days.size < 3 or _are_unordered(days):
        return
    around = days[2:] - days[:-2]
    inside = days[1:-1] - days[:-2]
    odd = np.flatnonzero((np.abs(around) == 2) & (2 * inside != around)) + 1
    for place in odd[:1000]:
        expected = (int(days[place - 1]) + int(days[place + 1])) // 2
        dates = [str(np.datetime64(int(day), "D")) for day in (days[place], expected)]
        if dates[0][4:] == dates[1][4:]:
            problem = f"{dates[0]} stands where {dates[1]} would follow; is the year mistyped?"
            raise rows.error(int(rows.lines[place]), rows.layout.date, problem)


def _are_unordered(days: NDArray[np.int32]) -> bool:
    """Whether most rows are not followed by a neighbouring day; any day may then stand between others."""
    n_jumps = int(np.count_nonzero(np.abs(np.diff(days)) > 1))
    return n_jumps > max(_FEWEST_JUMPS, days.size // 2)


def check_one_row_a_series(rows: Rows, naming: Naming) -> None:
    """Refuse a table of publication dates: one row a series, each on another day, under an unclear title."""
    title = rows.layout.titles[rows.layout.date] if rows.layout.date < len(rows.layout.titles) else "date"
    if len(naming.names) != rows.days.size or rows.days.size < 2 or key(title) in words(DATE):
        return
    if rows.days.min() != rows.days.max() and np.unique(naming.codes).size == rows.days.size:
        problem = (
            f"each series has one day; if {quoted(title)} is not the day of the views, add the one that is"
        )
        raise rows.error(rows.layout.header_line, None, f'{problem}, else call it "date"')


def check_lone_days(
    rows: Rows, naming: Naming, calendar: NDArray[np.float64], starts: NDArray[np.int64]
) -> None:
    """Refuse a day that lies years apart from all other days of its series."""
    is_known = ~np.isnan(calendar)
    n_days = np.diff(starts)
    has_gap = n_days - _sums(is_known, starts) >= _LONE_DAY_GAP - 1
    if not has_gap.any():
        return
    known = np.flatnonzero(is_known & np.repeat(has_gap, n_days))
    far = np.flatnonzero(np.diff(known) >= _LONE_DAY_GAP)
    for gap in far[:1000]:
        series = int(np.searchsorted(starts, known[gap], side="right")) - 1
        if known[gap + 1] >= starts[series + 1]:
            continue  # the next series begins
        days = known[(known >= starts[series]) & (known < starts[series + 1])] - starts[series]
        steps = np.diff(days)
        place = int(known[gap] - starts[series])
        lone = days[0] if place == days[0] else days[-1] if steps[-1] >= _LONE_DAY_GAP else None
        if lone is None or days.size < 8 or np.median(steps) > _DENSE_STEP:
            continue
        is_row = naming.codes == series
        first = int(rows.days[is_row].min())
        is_row &= rows.days == first + lone
        line = int(rows.lines[is_row][0])
        date = np.datetime64(first + int(lone), "D")
        problem = (
            f"{date} lies {int(np.max(steps))} days apart from all other days of series "
            f"{quoted(naming.names[series])}; is the year mistyped?"
        )
        raise rows.error(line, rows.layout.date, problem)


def check_steps(rows: Rows, naming: Naming, calendar: NDArray[np.float64], starts: NDArray[np.int64]) -> None:
    """Refuse weekly and monthly sums; they would be read as single days with gaps between them."""
    is_known = ~np.isnan(calendar)
    follows = np.append(is_known[1:] & is_known[:-1], False)
    follows[starts[1:][starts[1:] > 0] - 1] = False  # the next series begins here
    # A week that is cut at new year may leave a single day.
    is_sparse = (_sums(follows, starts) <= 1) & (_sums(is_known, starts) > _FEWEST_STEPS)
    if not is_sparse.any():
        return
    known = np.flatnonzero(is_known & np.repeat(is_sparse, np.diff(starts)))
    belongs = np.searchsorted(starts, known, side="right")
    is_inside = belongs[1:] == belongs[:-1]
    steps, owners = np.diff(known)[is_inside], belongs[1:][is_inside] - 1
    n_steps = np.bincount(owners, minlength=len(naming.names))
    n_days = np.bincount(owners, steps, len(naming.names))
    suspects = np.flatnonzero(is_sparse & (n_days >= 5 * n_steps))
    if not suspects.size:
        return
    all_days = np.unique(rows.days[~np.isnan(rows.counts).all(axis=0)])
    if all_days.size > _FEWEST_STEPS and (period := _period(all_days)):
        raise rows.error(None, rows.layout.date, f"there is one row {period}; {_ADVICE}")
    for series in suspects[n_steps[suspects] >= _FEWEST_STEPS_AMONG_OTHERS]:
        if period := _period(np.unique(rows.days[naming.codes == series])):
            which = f"series {quoted(naming.names[series])}"
            raise rows.error(None, rows.layout.date, f"there is one row {period} of {which}; {_ADVICE}")


def _sums(flags: NDArray[np.bool_], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the true flags of each series; `starts` says where its flags begin."""
    sums = np.zeros(starts.size - 1, np.int64)
    has_days = np.diff(starts) > 0
    sums[has_days] = np.add.reduceat(flags, starts[:-1][has_days], dtype=np.int64)
    return sums


def _period(days: NDArray[np.int32]) -> str | None:
    """Name the interval between days, such as "a week" or "a month"; None when it is irregular or one day."""
    steps = np.diff(days)
    if not (steps % 7).any():
        return "a week"
    if steps.min() >= 28 and (steps.max() <= 31 or _are_same_of_months(days)):
        return "a year" if steps.min() >= 365 else "a quarter" if steps.min() >= 89 else "a month"
    if steps.size >= _FEWEST_USUAL_STEPS:
        if np.median(steps) == 7 and _are_most(steps % 7 == 0):
            return "a week"
        if _are_most((steps >= 28) & (steps <= 31)):
            return "a month"
    is_even = steps.min() == steps.max() >= 7 and steps.size >= _FEWEST_EQUAL_STEPS
    return f"every {steps[0]} days" if is_even else None


def _are_most(flags: NDArray[np.bool_]) -> bool:
    return 3 * int(np.count_nonzero(flags)) >= 2 * flags.size


def _are_same_of_months(days: NDArray[np.int32]) -> bool:
    """Whether all days have the same day of the month, or all are the last day of their month."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    of_month = np.unique((dates - months).astype(int))
    is_last = (dates + np.timedelta64(1, "D")).astype("datetime64[M]") > months
    return of_month.size == 1 or bool(is_last.all())
