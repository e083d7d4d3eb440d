"""Events: the days on which something happened or is planned for a series, and how much of it.

Examples are an upload, a campaign, a broadcast. They are known beforehand, so a forecast can use them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Nine effects are learned for each event; a file with hundreds of columns has measurements, not events.
MOST_EVENTS = 50


@dataclass(frozen=True, eq=False)
class EventDays:
    """The days of one event in one series.

    Parameters
    ----------
    days : ndarray of shape (n_days,), int64
        Days since 1970-01-01, in rising order.
    values : ndarray of shape (n_days,), float64
        Size of the event on each day: 1 for an event without a size, or a budget, or a number of uploads. 0
        or more; 0 means no event, as does a day that is not listed.
    """

    days: NDArray[np.int64]
    values: NDArray[np.float64]

    def __eq__(self, other: object) -> bool:
        """Equal days and values."""
        if not isinstance(other, EventDays):
            return NotImplemented
        return np.array_equal(self.days, other.days) and np.array_equal(self.values, other.values)

    @classmethod
    def latest_of(cls, days: NDArray[np.int64], values: NDArray[np.float64]) -> EventDays:
        """Make event days from pairs in any order; when a day occurs twice, the last value is kept."""
        latest, position = np.unique(days[::-1], return_index=True)
        return cls(latest, values[::-1][position])

    def merge(self, newer: EventDays) -> EventDays:
        """Add the days of `newer`; where both list a day, the value of `newer` is kept."""
        return EventDays.latest_of(
            np.concatenate([self.days, newer.days]), np.concatenate([self.values, newer.values])
        )


# Maps the name of a series to its events, by name.
SeriesEvents = Mapping[str, EventDays]
Events = Mapping[str, SeriesEvents]


def merge_events(older: Events, newer: Events) -> Events:
    """Add the event days of `newer`; where both list a day, the newer value is kept."""
    merged = {series: dict(events) for series, events in older.items()}
    for series, events in newer.items():
        by_event = merged.setdefault(series, {})
        for name, days in events.items():
            by_event[name] = by_event[name].merge(days) if name in by_event else days
    return merged


def names_in(text: str | None) -> tuple[str, ...]:
    """Split a text with names separated by commas."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def event_names_problem(names: Sequence[str]) -> str | None:
    """Say what is wrong with the requested event names; None when they are valid."""
    if len(names) > MOST_EVENTS:
        return f"{len(names)} events are asked for; at most {MOST_EVENTS} are learned from"
    for name in names:
        if not name or name != name.strip() or not name.isprintable():
            return "the name of an event is empty, or has spaces around it or unprintable characters in it"
        if name.casefold() in ("date", "views", "series"):
            return f'"{name}" is a column that every history has; it is no event'
    if len({name.casefold() for name in names}) < len(names):
        return "an event is asked for twice; once is enough"
    return None
