"""What a view history is: daily counts of many series, a gap where a day is unknown.

Arithmetic on arrays only; `files` reads and writes files, `database` keeps histories.
"""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from training.errors import ViewcastError
from training.history.events import Events, SeriesEvents, merge_events

DAY = np.timedelta64(1, "D")
EARLIEST_DATE = np.datetime64("1900-01-01", "D")
LATEST_DATE = np.datetime64("2199-12-31", "D")
# A hundred years: one mistyped year must not become a million days of gaps.
LONGEST_SPAN_DAYS = 36_525
# Series may have gaps, but a small file must not ask for gigabytes of them.
_FREE_DAYS = 10_000_000
_DAYS_PER_COUNT = 20
# PostgreSQL indexes keys of up to about 2,700 bytes; 500 characters have at most 2,000.
LONGEST_NAME = 500
LONGEST_METRIC = 100
# The series of a file that names none: always the same, so that it grows from file to file.
ONLY_SERIES = "total"
# What is counted when nothing else is said: views a day.
VIEWS = "views"
# Above it, float64 sums no longer keep single views, and squares come near float32's end.
LARGEST_VIEWS = 1e15


class HistoryError(ViewcastError):
    """The history cannot be used; the message says what was found, where, and what would be right."""

    @classmethod
    def at(cls, file: str, line: int | None, column: str | None, problem: str) -> Self:
        """Make the error for one place in a file; lines count from 1, the header's."""
        place = file
        if line is not None:
            place += f", line {line}"
        if column is not None:
            place += f", column {quoted(column)}"
        return cls(f"{place}: {problem}")


def shown(text: str) -> str:
    """Make foreign text fit for a message: at most 60 characters of it, the unprintable ones escaped."""
    start = text if len(text) <= 60 else text[:60] + "…"
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in start)


def quoted(text: str) -> str:
    """Show foreign text in quotes."""
    return f'"{shown(text)}"'


@dataclass(frozen=True, eq=False)
class Series:
    """The daily counts of one video, channel or page: its views, or another metric of it.

    Parameters
    ----------
    name : str
        1 to 500 characters, none of them a control character, no space around them.
    first_date : datetime64[D]
        The day of `views[0]`; 1900-01-01 at the earliest.
    views : ndarray of shape (n_days,), float64
        Views a day, 0 to 1e15; NaN is a missing day. The first and the last day are known. Read-only.
    metric : str, default="views"
        What is counted: clicks, likes, plays. Two metrics of one page are two series.

    Raises
    ------
    HistoryError
        When one of these does not hold.
    """

    name: str
    first_date: np.datetime64
    views: NDArray[np.float64]
    metric: str = VIEWS

    def __post_init__(self) -> None:
        """Bring the fields to their types, and check them."""
        views = np.asarray(self.views, dtype=np.float64).view()
        views.flags.writeable = False
        object.__setattr__(self, "views", views)
        object.__setattr__(self, "first_date", self.first_date.astype("datetime64[D]"))
        if problem := name_problem(self.name) or metric_problem(self.metric) or self._problem():
            raise HistoryError(f"series {quoted(self.name)}: {problem}")

    def _problem(self) -> str | None:
        """What is wrong with the dates or the views, if anything is."""
        views = self.views
        if views.ndim != 1 or views.size == 0:
            return f"views must be a list of at least one day; its shape is {views.shape}"
        if problem := span_problem(self.first_date, self.last_date):
            return problem
        if np.isnan(views[0]) or np.isnan(views[-1]):
            return "the first and the last day must be known"
        bad = np.flatnonzero((views < 0) | (views > LARGEST_VIEWS))
        if bad.size:
            date = self.first_date + bad[0] * DAY
            return f"views of {date} are {views[bad[0]]:g}; a count lies between 0 and {LARGEST_VIEWS:g}"
        return None

    @classmethod
    def trimmed(
        cls, name: str, first_date: np.datetime64, views: NDArray[np.float64], metric: str = VIEWS
    ) -> "Series":
        """Make a series of views that may begin or end with missing days, which are left out.

        Raises `HistoryError` when no day is known, or as the constructor does.
        """
        known = np.flatnonzero(~np.isnan(views))
        if known.size == 0:
            raise HistoryError(f"series {quoted(name)}: no day has a count; at least one must")
        return cls(name, first_date + known[0] * DAY, views[known[0] : known[-1] + 1], metric)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all other series: its name and its metric."""
        return self.name, self.metric

    @property
    def label(self) -> str:
        """What people read: the name alone for views, else with the metric, "home (clicks)"."""
        return self.name if self.metric == VIEWS else f"{self.name} ({self.metric})"

    @property
    def last_date(self) -> np.datetime64:
        """The day of the last view, datetime64[D]."""
        return self.first_date + np.timedelta64(self.views.size - 1, "D")

    @property
    def n_known(self) -> int:
        """Number of days that are not missing."""
        return self.views.size - int(np.count_nonzero(np.isnan(self.views)))

    def __eq__(self, other: object) -> bool:
        """Equal name, metric, days and views; a gap equals a gap."""
        if not isinstance(other, Series):
            return NotImplemented
        return (
            self.key == other.key
            and self.first_date == other.first_date
            and np.array_equal(self.views, other.views, equal_nan=True)
        )

    def __hash__(self) -> int:
        """Hash of the name and the days; equal series have equal ones."""
        return hash((self.key, self.first_date.astype(int), self.views.size))

    def index_of(self, day: np.datetime64) -> int:
        """Give the place of a day in `views`; below 0 for one before the first."""
        return int((day - self.first_date).astype(int))


@dataclass(frozen=True)
class History:
    """The daily counts of many series.

    Parameters
    ----------
    series : tuple of Series
        In any order; kept sorted by name and metric. Both together occur once, or `HistoryError` is raised.
    notes : tuple of str
        What cleaning did to which rows, in plain sentences. They do not count when histories are compared.
    events : mapping, default=none
        For each name of a series that has any, the days of its events by name, past ones and such as are
        planned; they are those of all its metrics. They are not cut when days are.
    """

    series: tuple[Series, ...]
    notes: tuple[str, ...] = field(default=(), compare=False)
    events: Events = field(default_factory=dict[str, SeriesEvents], hash=False)

    def __post_init__(self) -> None:
        """Sort the series, and check that no two have the same name and metric."""
        ordered = tuple(sorted(self.series, key=lambda series: series.key))
        for series, following in pairwise(ordered):
            if series.key == following.key:
                raise HistoryError(
                    f"two series are named {quoted(series.label)}; each needs a name of its own"
                )
        object.__setattr__(self, "series", ordered)

    @cached_property
    def n_rows(self) -> int:
        """Number of known days, over all series."""
        return sum(series.n_known for series in self.series)

    @property
    def first_date(self) -> np.datetime64:
        """The earliest day of all, datetime64[D]. `HistoryError` when there are no series."""
        return min(series.first_date for series in self._some())

    @property
    def last_date(self) -> np.datetime64:
        """The latest day of all, datetime64[D]. `HistoryError` when there are no series."""
        return max(series.last_date for series in self._some())

    def _some(self) -> tuple[Series, ...]:
        if not self.series:
            raise HistoryError("the history is empty; it needs at least one series with one day")
        return self.series

    def names(self) -> tuple[str, ...]:
        """Give the names of the series, sorted."""
        return tuple(series.name for series in self.series)

    def events_of(self, series: Sequence[Series]) -> list[SeriesEvents]:
        """Give the events of some of its series, in their order."""
        return [self.events.get(member.name, {}) for member in series]

    def before(self, date: np.datetime64) -> "History":
        """Keep only the days strictly before `date`; a series without any drops out."""
        earlier = tuple(
            Series.trimmed(
                series.name,
                series.first_date,
                series.views[: series.index_of(date)],
                series.metric,
            )
            for series in self.series
            if series.first_date < date
        )
        return History(earlier, self.notes, self.events)

    def merge(self, newer: "History") -> "History":
        """Add the days of `newer`; where both know a day, the newer count wins. A gap erases nothing."""
        merged = {series.key: series for series in self.series}
        for series in newer.series:
            older = merged.get(series.key)
            merged[series.key] = series if older is None else _overlay(older, series)
        events = merge_events(self.events, newer.events)
        return History(tuple(merged.values()), self.notes + newer.notes, events)

    def sha256(self) -> str:
        """Give a fingerprint of names, metrics, days, views and events, whatever notes and order."""
        digest = hashlib.sha256()
        for series in self.series:
            name = series.name.encode()
            views = np.where(np.isnan(series.views), np.nan, series.views + 0.0)  # one NaN, and no -0.0
            metric = "" if series.metric == VIEWS else f" {series.metric!r}"
            digest.update(f"{len(name)} {series.first_date} {views.size}{metric}\n".encode())
            digest.update(name)
            digest.update(views.astype("<f8").tobytes())
        for series_name, events in sorted(self.events.items()):
            for event, listed in sorted(events.items()):
                digest.update(f"{series_name!r} {event!r} {listed.days.size}\n".encode())
                digest.update(listed.days.astype("<i8").tobytes() + listed.values.astype("<f8").tobytes())
        return digest.hexdigest()


def name_problem(name: str) -> str | None:
    """Say what is wrong with the name of a series; None when nothing is."""
    if not name:
        return "the name of a series is empty; give it one"
    if len(name) > LONGEST_NAME:
        return f"the name of a series has {len(name)} characters; at most {LONGEST_NAME} are kept"
    if name != name.strip():
        return "the name of a series has spaces around it; leave them out"
    if not name.isprintable() and any(unicodedata.category(c) in ("Cc", "Cs") for c in name):
        return "the name of a series has a control character or an invalid one in it; leave it out"
    return None


def metric_problem(metric: str) -> str | None:
    """Say what is wrong with the name of a metric; None when nothing is."""
    if 0 < len(metric) <= LONGEST_METRIC and metric == metric.strip() and metric.isprintable():
        return None
    return (
        f"the metric {quoted(metric)} is no name of 1 to {LONGEST_METRIC} characters without spaces around it"
    )


def span_problem(first_date: np.datetime64, last_date: np.datetime64) -> str | None:
    """Say what is wrong with the days that a series covers; None when nothing is."""
    if np.isnat(first_date):
        return "the first date is missing"
    if first_date < EARLIEST_DATE or last_date > LATEST_DATE:
        return f"{first_date} to {last_date} is outside of {EARLIEST_DATE} to {LATEST_DATE}"
    if (last_date - first_date).astype(int) >= LONGEST_SPAN_DAYS:
        return f"{first_date} to {last_date} is more than 100 years; is one of these years mistyped?"
    return None


def spread_problem(n_days: int, n_counts: int) -> str | None:
    """Say what is wrong with series that cover `n_days` in all and know `n_counts`; None when nothing is."""
    if n_days > _FREE_DAYS + _DAYS_PER_COUNT * n_counts:
        return f"{n_counts} counts are spread over {n_days} days; nearly all days are missing"
    return None


def is_dense(n_days: int, n_counts: int) -> bool:
    """Whether so many days with so many counts make no problem where there was none before."""
    return n_days <= _DAYS_PER_COUNT * n_counts


def _overlay(older: Series, newer: Series) -> Series:
    """Lay the known days of `newer` over those of `older`."""
    first_date = min(older.first_date, newer.first_date)
    last_date = max(older.last_date, newer.last_date)
    if problem := span_problem(first_date, last_date):
        raise HistoryError(f"series {quoted(newer.label)}: {problem}")
    views = np.full((last_date - first_date).astype(int) + 1, np.nan)
    for series in (older, newer):
        start = (series.first_date - first_date).astype(int)
        days = views[start : start + series.views.size]
        np.copyto(days, series.views, where=~np.isnan(series.views))
    return Series(newer.name, first_date, views, newer.metric)
