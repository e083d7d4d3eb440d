"""The types of a view history: daily counts of many series, with gaps where a day is unknown.

Arithmetic on arrays only; `files` reads and writes files, `database` stores histories.
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
from training.history.spans import span_problem

DAY = np.timedelta64(1, "D")
# PostgreSQL can index keys of up to about 2,700 bytes; 500 characters take at most 2,000.
LONGEST_NAME = 500
LONGEST_METRIC = 100
# The name of the series of a file without names: constant, so that the next file extends the same series.
ONLY_SERIES = "total"
# The default metric: views a day.
VIEWS = "views"
# Above this, sums in float64 are no longer exact to one view, and squares approach the limit of float32.
LARGEST_VIEWS = 1e15


class HistoryError(ViewcastError):
    """The history cannot be used; the message says what is wrong, where, and what to write instead."""

    @classmethod
    def at(cls, file: str, line: int | None, column: str | None, problem: str) -> Self:
        """Make the error for one place in a file; lines count from 1, the line of the header."""
        place = file
        if line is not None:
            place += f", line {line}"
        if column is not None:
            place += f", column {quoted(column)}"
        return cls(f"{place}: {problem}")


def shown(text: str) -> str:
    """Shorten foreign text to 60 characters, and escape unprintable ones, to show it in a message."""
    start = text if len(text) <= 60 else text[:60] + "…"
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in start)


def quoted(text: str) -> str:
    """Give foreign text in quotes, shortened and escaped as by `shown`."""
    return f'"{shown(text)}"'


@dataclass(frozen=True, eq=False)
class Series:
    """The daily counts of one video, channel or page, in one metric.

    Parameters
    ----------
    name : str
        1 to 500 characters; no control characters, no spaces around it.
    first_date : datetime64[D]
        The day of `views[0]`, from 1900-01-01 on.
    views : ndarray of shape (n_days,), float64
        Counts a day, 0 to 1e15; NaN is a missing day. The first and the last day are known. Read-only.
    metric : str, default="views"
        What is counted: views, clicks, likes, plays. Two metrics of one page are two series.

    Raises
    ------
    HistoryError
        When a parameter breaks one of these rules.
    """

    name: str
    first_date: np.datetime64
    views: NDArray[np.float64]
    metric: str = VIEWS

    def __post_init__(self) -> None:
        """Convert the fields to their types, and check them."""
        views = np.asarray(self.views, dtype=np.float64).view()
        views.flags.writeable = False
        object.__setattr__(self, "views", views)
        object.__setattr__(self, "first_date", self.first_date.astype("datetime64[D]"))
        if problem := name_problem(self.name) or metric_problem(self.metric) or self._problem():
            raise HistoryError(f"series {quoted(self.name)}: {problem}")

    def _problem(self) -> str | None:
        """Say what is wrong with the dates or the views; None when they are valid."""
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
        """Make a series of views, dropping missing days at the beginning and the end.

        Raises `HistoryError` when no day is known, and when the constructor does.
        """
        known = np.flatnonzero(~np.isnan(views))
        if known.size == 0:
            raise HistoryError(f"series {quoted(name)}: no day has a count; at least one must")
        return cls(name, first_date + known[0] * DAY, views[known[0] : known[-1] + 1], metric)

    @property
    def key(self) -> tuple[str, str]:
        """The name and the metric, which together identify the series."""
        return self.name, self.metric

    @property
    def label(self) -> str:
        """The name for people: "home" for views, with the metric for others, as "home (clicks)"."""
        return self.name if self.metric == VIEWS else f"{self.name} ({self.metric})"

    @property
    def last_date(self) -> np.datetime64:
        """The day of the last count, datetime64[D]."""
        return self.first_date + np.timedelta64(self.views.size - 1, "D")

    @property
    def n_known(self) -> int:
        """Number of days with a count."""
        return self.views.size - int(np.count_nonzero(np.isnan(self.views)))

    def __eq__(self, other: object) -> bool:
        """Whether name, metric, days and counts are equal; gaps are equal to gaps."""
        if not isinstance(other, Series):
            return NotImplemented
        return (
            self.key == other.key
            and self.first_date == other.first_date
            and np.array_equal(self.views, other.views, equal_nan=True)
        )

    def __hash__(self) -> int:
        """Hash of the name and the days; equal series have equal hashes."""
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
        In any order; stored sorted by name and metric. `HistoryError` is raised when two have the same name
        and metric.
    notes : tuple of str
        What cleaning changed, one sentence each. Ignored when histories are compared.
    events : mapping, default=none
        Maps the name of a series to its events, by event name, past and planned. They apply to all metrics of
        that name. Cutting off days does not cut them.
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
        """Number of known days of all series together."""
        return sum(series.n_known for series in self.series)

    @property
    def first_date(self) -> np.datetime64:
        """The earliest day of all series, datetime64[D]. Raises `HistoryError` when there are none."""
        return min(series.first_date for series in self._some())

    @property
    def last_date(self) -> np.datetime64:
        """The latest day of all series, datetime64[D]. Raises `HistoryError` when there are none."""
        return max(series.last_date for series in self._some())

    def _some(self) -> tuple[Series, ...]:
        if not self.series:
            raise HistoryError("the history is empty; it needs at least one series with one day")
        return self.series

    def names(self) -> tuple[str, ...]:
        """Give the names of the series, sorted."""
        return tuple(series.name for series in self.series)

    def events_of(self, series: Sequence[Series]) -> list[SeriesEvents]:
        """Give the events of each of the given series, in the same order."""
        return [self.events.get(member.name, {}) for member in series]

    def before(self, date: np.datetime64) -> "History":
        """Keep only the days before `date`; series without such days are left out."""
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
        """Add the days of `newer`; where both have a count, the newer is kept. A gap replaces no count."""
        merged = {series.key: series for series in self.series}
        for series in newer.series:
            older = merged.get(series.key)
            merged[series.key] = series if older is None else _overlay(older, series)
        events = merge_events(self.events, newer.events)
        return History(tuple(merged.values()), self.notes + newer.notes, events)

    def sha256(self) -> str:
        """Compute a fingerprint of names, metrics, days, counts and events; notes and order do not matter."""
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
    """Say what is wrong with the name of a series; None when it is valid."""
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
    """Say what is wrong with the name of a metric; None when it is valid."""
    if 0 < len(metric) <= LONGEST_METRIC and metric == metric.strip() and metric.isprintable():
        return None
    return (
        f"the metric {quoted(metric)} is no name of 1 to {LONGEST_METRIC} characters without spaces around it"
    )


def _overlay(older: Series, newer: Series) -> Series:
    """Replace the days of `older` by the known days of `newer`."""
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
