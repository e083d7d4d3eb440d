"""Notes drawn from the counts: days before a series existed, lifetime counts, an incomplete last day."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from training.history.options import ReadOptions
from training.history.phrases import counted
from training.history.series import DAY, HistoryError, Series, quoted
from training.history.title_words import is_total

_FEWEST_DAYS = 14
# Lifetime counts are much larger than what one day adds to them.
_LIFETIME_RATIO = 10
_LOOK_BACK_DAYS = 28
# Analytics products report some days late, and show 0 until then.
_MOST_LATE_DAYS = 5
# Lifetime counts fall now and then, when views are removed.
_STEPS_A_FALL = 40
_FEW_SERIES = 10_000


def finish(series: list[Series], options: ReadOptions) -> tuple[list[Series], list[str]]:
    """Apply the options, and note what is remarkable about the counts.

    Raises `HistoryError` when nothing is left of the history.
    """
    notes: list[str] = []
    if options.without_last_day:
        series, notes = _without_last_day(series)
    elif note := _note_on_last_day(series, options):
        notes.append(note)
    if options.differences:
        series, more = _differences(series)
        notes += more
    elif note := _note_on_lifetime(series, options.written("differences")):
        notes.append(note)
    series, more = since_first_count(series)
    return series, notes + more + _notes_on_totals(series)


def _notes_on_totals(series: list[Series]) -> list[str]:
    """Name the series that are called a total and equal the sum of all others on each of their days."""
    notes = []
    for total in series:
        if not is_total(total.name):
            continue
        others = [member for member in series if member.metric == total.metric and member.name != total.name]
        if len(others) > 1 and _is_sum(total, others):
            notes.append(
                f"series {quoted(total.label)} is the sum of the others: kept as a series of its own"
            )
    return notes


def _is_sum(total: Series, others: list[Series]) -> bool:
    sums = np.zeros(total.views.size)
    for part in others:
        start = total.index_of(part.first_date)
        inside = part.views[max(0, -start) : max(0, total.views.size - start)]
        sums[max(0, start) : max(0, start) + inside.size] += np.nan_to_num(inside)
    known = ~np.isnan(total.views)
    return bool((np.abs(sums - total.views)[known] <= 1).all() and total.views[known].any())


def since_first_count(series: list[Series]) -> tuple[list[Series], list[str]]:
    """Treat zeros before the first count as days before the series existed."""
    kept, n_days, n_series = [], 0, 0
    for member in series:
        n_zeros = leading_zeros(member.views) if member.views[0] == 0 else 0
        if 0 < n_zeros < member.views.size:
            n_days += int(np.count_nonzero(member.views[:n_zeros] == 0))
            n_series += 1
            member = replace(
                member, first_date=member.first_date + n_zeros * DAY, views=member.views[n_zeros:]
            )
        kept.append(member)
    if not n_series:
        return kept, []
    which = "a series" if n_series == 1 else counted(n_series, "series").replace("seriess", "series")
    return kept, [
        f"{counted(n_days, 'day')} of 0 before the first count of {which}: taken as before it existed"
    ]


def leading_zeros(views: NDArray[np.float64]) -> int:
    """Count the days before the first count above 0; all days when there is none."""
    positive = np.flatnonzero(views > 0)
    return int(positive[0]) if positive.size else views.size


def _note_on_lifetime(series: list[Series], advice: str) -> str | None:
    lifetime = [member for member in series if _looks_lifetime(member.views)]
    if not lifetime:
        return None
    which = quoted(lifetime[0].label) + (f" and {len(lifetime) - 1} more" if len(lifetime) > 1 else "")
    falls = "hardly ever" if any((np.diff(member.views) < 0).any() for member in lifetime) else "never"
    return (
        f"the counts of series {which} {falls} fall, and are large beside their steps: if they are lifetime "
        f"counts, {advice} takes what each day added"
    )


def _looks_lifetime(views: NDArray[np.float64]) -> bool:
    """Whether counts hardly ever fall, and are much larger than their steps."""
    if views[-1] < _LIFETIME_RATIO or views[0] > views[-1]:
        return False
    known = views[~np.isnan(views)]
    if known.size < _FEWEST_DAYS:
        return False
    steps = np.diff(known)
    rising = steps[steps > 0]
    if _STEPS_A_FALL * np.count_nonzero(steps < 0) > steps.size or 2 * rising.size < steps.size:
        return False
    return bool(np.median(known) > _LIFETIME_RATIO * np.median(rising))


def _differences(series: list[Series]) -> tuple[list[Series], list[str]]:
    """Give what each day added to a lifetime count; missing after a gap and where the count fell."""
    kept, n_falls = [], 0
    for member in series:
        steps = np.diff(member.views)
        falls = steps < 0
        n_falls += int(np.count_nonzero(falls))
        steps[falls] = np.nan
        if not np.isnan(steps).all():
            kept.append(Series.trimmed(member.name, member.first_date + DAY, steps, member.metric))
    if not kept:
        raise HistoryError("no series has two days in a row, whose difference could be taken")
    notes = ["the differences from day to day are taken, as of lifetime counts"]
    if n_falls:
        notes.append(f"{counted(n_falls, 'day')} on which a lifetime count falls: taken as missing")
    return kept, notes


def _without_last_day(series: list[Series]) -> tuple[list[Series], list[str]]:
    last = max(member.last_date for member in series)
    kept = []
    for member in series:
        if member.last_date < last:
            kept.append(member)
        elif member.views.size > 1:
            kept.append(Series.trimmed(member.name, member.first_date, member.views[:-1], member.metric))
    if not kept:
        raise HistoryError(f"there is no day but {last}, which was to be left out")
    return kept, [f"the last day, {last}, is left out"]


def _note_on_last_day(series: list[Series], options: ReadOptions) -> str | None:
    """Say so when the last day is today, or far lower than every day of the weeks before."""
    last = max(member.last_date for member in series)
    advice = f"if its count is not whole yet, {options.written('without_last_day')} leaves it out"
    if options.today is not None and last >= options.today:
        return f"the last day, {last}, is not over; {advice}"
    recent = [
        member.views[-_LOOK_BACK_DAYS - 1 :] for member in series[:_FEW_SERIES] if member.last_date == last
    ]
    recent = [views for views in recent if views.size > _FEWEST_DAYS]
    if not recent:
        return None
    width = min(views.size for views in recent)
    daily = np.nansum([views[-width:] for views in recent], axis=0)
    if daily[-1] < daily[:-1].min() / 2:
        return f"the last day, {last}, has less than half of any of the {width - 1} days before; {advice}"
    for n_late in range(2, min(_MOST_LATE_DAYS, width - _FEWEST_DAYS) + 1):
        if daily[-n_late:].max() < daily[:-n_late].min() / 2:
            return (
                f"the last {n_late} days have less than half of any of the {width - n_late} days before; if "
                "their counts are not whole yet, leave them out"
            )
    return None
