"""What events do to views: factors by event and day, to divide views by and to multiply forecasts with.

Plain numbers, learned by `fitting.event_effects`; a person can read the file that they are kept in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.history.events import EventDays, SeriesEvents
from training.history.series import LARGEST_VIEWS, History, Series, quoted

# An event may be felt the day before, and a week after.
FIRST_OFFSET = -1
LAST_OFFSET = 7
OFFSETS = range(FIRST_OFFSET, LAST_OFFSET + 1)
# Whatever comes together on a day, views change at most twentyfold.
LARGEST_LOG_EFFECT = math.log(20.0)

_WHEN = {-1: "one day before", 0: "on the day", 1: "one day after"}


@dataclass(frozen=True)
class Effect:
    """What one event does.

    Attributes
    ----------
    log_effects : tuple of nine floats
        Log of the factor on views from the day before the event to seven days after it, for an event of the
        largest value; half of that value has half of the log.
    largest : float
        Largest value that it was learned from; what is larger counts as this. 0 when it was never seen.
    times : int
        How often it was seen.
    """

    log_effects: tuple[float, ...] = (0.0,) * len(OFFSETS)
    largest: float = 0.0
    times: int = 0

    def __post_init__(self) -> None:
        """Check what a file may have made of it."""
        numbers = (*self.log_effects, self.largest)
        is_right = len(self.log_effects) == len(OFFSETS) and all(
            type(number) in (int, float) and math.isfinite(number) for number in numbers
        )
        if not is_right or type(self.times) is not int or self.largest < 0:
            raise ValueError(f"an event's effect has {len(OFFSETS)} finite numbers, and a largest value")
        if max(map(abs, self.log_effects)) > LARGEST_LOG_EFFECT:
            raise ValueError("an event changes views more than twentyfold")

    def sentence(self) -> str:
        """Say what it does: "seen 6 times: ×1.82 on the day, ×1.20 one day after"."""
        felt = [
            f"×{math.exp(log):.2f} {_WHEN.get(offset, f'{offset} days after')}"
            for offset, log in zip(OFFSETS, self.log_effects, strict=True)
            if log
        ]
        times = "once" if self.times == 1 else f"{self.times} times"
        return f"seen {times}: {', '.join(felt) or 'no effect was found'}"

    def add_to(self, total: NDArray[np.float64], first_day: int, event: EventDays) -> None:
        """Add its logs to the days from `first_day` on, days counted from 1970."""
        if self.largest == 0.0:
            return
        near = (event.days >= first_day - LAST_OFFSET) & (event.days < first_day + total.size - FIRST_OFFSET)
        strengths = np.minimum(event.values[near] / self.largest, 1.0)
        for offset, log_effect in zip(OFFSETS, self.log_effects, strict=True):
            days = event.days[near] + offset - first_day
            inside = (days >= 0) & (days < total.size)
            total[days[inside]] += log_effect * strengths[inside]


@dataclass(frozen=True)
class EventEffects:
    """What all events of a model do.

    Attributes
    ----------
    events : mapping of str to Effect
        Those whose days have to be given.
    holidays : mapping of str to (Effect, EventDays)
        Those whose days are known, for ten years after training and for all series alike.
    """

    events: Mapping[str, Effect]
    holidays: Mapping[str, tuple[Effect, EventDays]]

    def log_effects(
        self, first_days: NDArray[np.int64], n_days: int, events: Sequence[SeriesEvents] | None = None
    ) -> NDArray[np.float64]:
        """Give the log of the factor on each day of some series.

        Parameters
        ----------
        first_days : ndarray of shape (n_series,)
            Days since 1970-01-01.
        n_days : int
        events : sequence of n_series mappings, default=none
            The days of each series' own events; names that are not known here change nothing.

        Returns
        -------
        ndarray of shape (n_series, n_days)
        """
        begin, holidays = self._calendar
        days = first_days[:, None] + np.arange(n_days) - begin
        # The calendar ends in a zero, for all days that it does not reach.
        total = holidays[np.where((days >= 0) & (days < holidays.size), days, holidays.size - 1)]
        for row, first_day, own_events in zip(
            total, first_days.tolist(), events or (), strict=events is not None
        ):
            for name, event_days in own_events.items():
                if effect := self.events.get(name):
                    effect.add_to(row, first_day, event_days)
        return np.clip(total, -LARGEST_LOG_EFFECT, LARGEST_LOG_EFFECT)

    @cached_property
    def _calendar(self) -> tuple[int, NDArray[np.float64]]:
        """The logs of the holidays' factors, day after day, and the first of these days."""
        known = [days.days for _, days in self.holidays.values() if days.days.size]
        if not known:
            return 0, np.zeros(1)
        begin = int(min(days[0] for days in known)) + FIRST_OFFSET
        total = np.zeros(int(max(days[-1] for days in known)) + LAST_OFFSET + 2 - begin)
        for effect, days in self.holidays.values():
            effect.add_to(total, begin, days)
        return begin, total

    def without(self, history: History) -> History:
        """Give the views that there would have been without the events."""
        return History(
            tuple(map(self._without, history.series, history.events_of(history.series))), history.notes
        )

    def _without(self, series: Series, events: SeriesEvents) -> Series:
        first_day = np.array([series.first_date.astype(np.int64)])
        (logs,) = self.log_effects(first_day, series.views.size, [events])
        return replace(series, views=np.minimum(series.views / np.exp(logs), LARGEST_VIEWS))

    def notes(self) -> tuple[str, ...]:
        """Say in plain sentences what was learned."""
        notes = [
            f"the event {quoted(name)} is on no day that has views: nothing is learned of it"
            if effect.times == 0
            else f"the event {quoted(name)}, {effect.sentence()}"
            for name, effect in self.events.items()
        ]
        notes += [f"{name}, {effect.sentence()}" for name, (effect, _) in self.holidays.items()]
        return tuple(notes)

    def to_document(self) -> dict[str, Any]:
        """Return everything, as JSON can say it."""
        return {
            "events": {name: vars(effect) for name, effect in self.events.items()},
            "holidays": {
                name: {**vars(effect), "days": days.days.astype("datetime64[D]").astype(str).tolist()}
                for name, (effect, days) in self.holidays.items()
            },
        }

    @classmethod
    def from_document(cls, document: Any) -> EventEffects:
        """Rebuild it from what `to_document` returned.

        Raises
        ------
        ValueError
            When it is anything else.
        """
        try:
            if document.keys() != {"events", "holidays"}:
                raise ValueError("it has to tell of events and holidays")
            events = {name: _effect(fields) for name, fields in document["events"].items()}
            holidays = {name: _holiday(fields) for name, fields in document["holidays"].items()}
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise ValueError(f"it tells no effects of events ({error})") from error
        return cls(events, holidays)


def _effect(fields: Mapping[str, Any]) -> Effect:
    return Effect(**{**fields, "log_effects": tuple(fields["log_effects"])})


def _holiday(fields: Mapping[str, Any]) -> tuple[Effect, EventDays]:
    effect = _effect({name: value for name, value in fields.items() if name != "days"})
    days = np.array(fields["days"], "datetime64[D]").astype(np.int64)
    return effect, EventDays.latest_of(days, np.ones(days.size))
