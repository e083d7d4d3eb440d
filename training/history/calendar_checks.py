"""Days that cannot be what is meant: in the future, years away from the others, one a week or a month."""

import numpy as np
from numpy.typing import NDArray

from training.history.rows import Rows
from training.history.series import quoted
from training.history.series_names import Naming

# A day as far as this from all others of a series that is known from day to day is a mistyped year.
_LONE_DAY_GAP = 300
_DENSE_STEP = 2
_FEWEST_STEPS = 3


def check_future(rows: Rows, known: NDArray[np.bool_], today: np.datetime64 | None) -> None:
    """Refuse counts of days later than tomorrow, which is today somewhere on earth."""
    if today is None:
        return
    late = known & (rows.days > int(today.astype("datetime64[D]").astype(int)) + 1)
    if late.any():
        first = int(np.argmax(late))
        date = np.datetime64(int(rows.days[first]), "D")
        problem = (
            f"there is a count for {date}, and today is {today}; is the year mistyped? Leave days to come out"
        )
        raise rows.error(int(rows.lines[first]), rows.layout.date, problem)


def check_years(rows: Rows) -> None:
    """Refuse a year that only one row has, between the day before and the day after."""
    days = rows.days
    if days.size < 3:
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


def check_lone_days(
    rows: Rows, naming: Naming, calendar: NDArray[np.float64], starts: NDArray[np.int64]
) -> None:
    """Refuse a day that lies years apart from the others of its series, which follow each other."""
    known = np.flatnonzero(~np.isnan(calendar))
    far = np.flatnonzero(np.diff(known) >= _LONE_DAY_GAP)
    for gap in far[:1000]:
        series = int(np.searchsorted(starts, known[gap], side="right")) - 1
        if known[gap + 1] >= starts[series + 1]:
            continue  # the next series begins
        own = known[(known >= starts[series]) & (known < starts[series + 1])] - starts[series]
        steps = np.diff(own)
        place = int(known[gap] - starts[series])
        lone = own[0] if place == own[0] else own[-1] if steps[-1] >= _LONE_DAY_GAP else None
        if lone is None or own.size < 8 or np.median(steps) > _DENSE_STEP:
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
    """Refuse weekly and monthly sums, which a table of days would take for single days with gaps."""
    known = np.flatnonzero(~np.isnan(calendar))
    steps = np.diff(known)
    if not steps.size or (steps.min() == 1 and naming.codes.max() == 0):
        return
    belongs = np.searchsorted(starts, known, side="right")
    is_inside = belongs[1:] == belongs[:-1]
    steps, owners = steps[is_inside], belongs[1:][is_inside] - 1
    n_steps = np.bincount(owners, minlength=len(naming.names))
    shortest = np.full(len(naming.names), np.iinfo(np.int64).max)
    np.minimum.at(shortest, owners, steps)
    broken = np.bincount(owners, weights=steps % 7 != 0, minlength=len(naming.names))
    for series in np.flatnonzero((n_steps >= _FEWEST_STEPS) & (shortest >= 7)):
        own = steps[owners == series]
        if broken[series] == 0:
            what = "week"
        elif own.min() >= 28 and (own.max() <= 31 or _same_day_of_month(rows, naming, int(series))):
            what = "month"
        else:
            continue
        which = f" of series {quoted(naming.names[series])}" if n_steps.size > 1 else ""
        problem = f"there is one row a {what}{which}; one row a day is needed, with the views of that day"
        raise rows.error(None, rows.layout.date, problem)


def _same_day_of_month(rows: Rows, naming: Naming, series: int) -> bool:
    """Whether all days of a series are the same of their months, or the last ones."""
    dates = rows.days[naming.codes == series].astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    of_month = np.unique((dates - months).astype(int))
    is_last = (dates + np.timedelta64(1, "D")).astype("datetime64[M]") > months
    return of_month.size == 1 or bool(is_last.all())
