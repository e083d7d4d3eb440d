"""What events are: on which days of a series something was or will be, and how much of it.

A planned upload, a campaign, a broadcast: known beforehand, so that what it brings can be foreseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Each has nine effects to learn; what comes in hundreds are measurements, not plans.
MOST_EVENTS = 50


@dataclass(frozen=True, eq=False)
class EventDays:
    """The days of one event in one series.

    Parameters
    ----------
    days : ndarray of shape (n_days,), int64
        Days since 1970-01-01, rising.
    values : ndarray of shape (n_days,), float64
        How much of it there is on each of them: 1 for an event that just is or is not, a budget, a number of
        uploads. 0 or more; 0 says that there is none, as does a day that is not listed.
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
        """Make the days of an event of pairs in any order; where a day comes twice, its last value holds."""
        latest, position = np.unique(days[::-1], return_index=True)
        return cls(latest, values[::-1][position])

    def merge(self, newer: EventDays) -> EventDays:
        """Add what `newer` says; of a day that both have, it wins."""
        return EventDays.latest_of(
            np.concatenate([self.days, newer.days]), np.concatenate([self.values, newer.values])
        )


# By the event's name, and by the series' name.
SeriesEvents = Mapping[str, EventDays]
Events = Mapping[str, SeriesEvents]


def merge_events(older: Events, newer: Events) -> Events:
    """Add the event days of `newer`; where both know a day, the newer value wins."""
    merged = {series: dict(events) for series, events in older.items()}
    for series, events in newer.items():
        by_event = merged.setdefault(series, {})
        for name, days in events.items():
            by_event[name] = by_event[name].merge(days) if name in by_event else days
    return merged


def names_in(text: str | None) -> tuple[str, ...]:
    """Take names that are separated by commas apart."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def event_names_problem(names: Sequence[str]) -> str | None:
    """Say what is wrong with the names of the events that are asked for; None when nothing is."""
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
