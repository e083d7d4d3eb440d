"""Effects of events on views: factors by event and day, to divide views by and to multiply forecasts by.

The factors are learned by `fitting.event_effects` and saved as readable JSON.
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

# An event has effects from one day before it to seven days after it.
FIRST_OFFSET = -1
LAST_OFFSET = 7
OFFSETS = range(FIRST_OFFSET, LAST_OFFSET + 1)
# The effects of all events on a day together change views by a factor of 20 at most.
LARGEST_LOG_EFFECT = math.log(20.0)

_WHEN = {-1: "one day before", 0: "on the day", 1: "one day after"}


@dataclass(frozen=True)
class Effect:
    """The effect of one event.

    Attributes
    ----------
    log_effects : tuple of nine floats
        Logs of the factors on views, from one day before the event to seven days after it, for an event with
        the value `largest`. The log is proportional to the event's value.
    largest : float
        Largest value in training; larger values count as this one. 0 when the event did not occur.
    times : int
        How often the event occurred in training.

    Raises
    ------
    ValueError
        When there are not nine logs, a number is not finite, or a factor is more than 20 or less than 1 / 20.
    """

    log_effects: tuple[float, ...] = (0.0,) * len(OFFSETS)
    largest: float = 0.0
    times: int = 0

    def __post_init__(self) -> None:
        """Check the values, which may come from a damaged file."""
        numbers = (*self.log_effects, self.largest)
        is_right = len(self.log_effects) == len(OFFSETS) and all(
            type(number) in (int, float) and math.isfinite(number) for number in numbers
        )
        if not is_right or type(self.times) is not int or self.largest < 0:
            raise ValueError(f"an event's effect has {len(OFFSETS)} finite numbers, and a largest value")
        if max(map(abs, self.log_effects)) > LARGEST_LOG_EFFECT:
            raise ValueError("an event changes views more than twentyfold")

    def sentence(self) -> str:
        """Describe the effect, e.g. "seen 6 times: ×1.82 on the day, ×1.20 one day after"."""
        felt = [
            f"×{math.exp(log):.2f} {_WHEN.get(offset, f'{offset} days after')}"
            for offset, log in zip(OFFSETS, self.log_effects, strict=True)
            if log
        ]
        times = "once" if self.times == 1 else f"{self.times} times"
        return f"seen {times}: {', '.join(felt) or 'no effect was found'}"

    def add_to(self, total: NDArray[np.float64], first_day: int, event: EventDays) -> None:
        """Add the logs of the event's factors to `total`, in place.

        Parameters
        ----------
        total : ndarray of shape (n_days,)
            Sum of the logs on each day from `first_day` on.
        first_day : int
            In days since 1970.
        event : EventDays
            Days and values of the event.
        """
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
    """The effects of all events of a model.

    Attributes
    ----------
    events : mapping of str to Effect
        Events whose days are given with each forecast.
    holidays : mapping of str to (Effect, EventDays)
        Events whose days are saved with the model, up to ten years after training; the same for all series.
    """

    events: Mapping[str, Effect]
    holidays: Mapping[str, tuple[Effect, EventDays]]

    def log_effects(
        self, first_days: NDArray[np.int64], n_days: int, events: Sequence[SeriesEvents] | None = None
    ) -> NDArray[np.float64]:
        """Give the log of the factor of all events, for each series and day.

        Parameters
        ----------
        first_days : ndarray of shape (n_series,)
            First day of each series, in days since 1970-01-01.
        n_days : int
            Number of days.
        events : sequence of n_series mappings, default=None
            The days of each series' events, by name. Unknown names are ignored; None means no events but
            holidays.

        Returns
        -------
        ndarray of shape (n_series, n_days)
            Limited to a factor of 20 in either direction.
        """
        begin, holidays = self._calendar
        days = first_days[:, None] + np.arange(n_days) - begin
        # The last entry of the calendar is zero; it is used for all days outside the calendar.
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
        """Give the first day of the calendar, and the log of the holidays' factor for each day from it on."""
        known = [days.days for _, days in self.holidays.values() if days.days.size]
        if not known:
            return 0, np.zeros(1)
        begin = int(min(days[0] for days in known)) + FIRST_OFFSET
        total = np.zeros(int(max(days[-1] for days in known)) + LAST_OFFSET + 2 - begin)
        for effect, days in self.holidays.values():
            effect.add_to(total, begin, days)
        return begin, total

    def without(self, history: History) -> History:
        """Divide the views of a history by the factors of its events and holidays."""
        return History(
            tuple(map(self._without, history.series, history.events_of(history.series))), history.notes
        )

    def _without(self, series: Series, events: SeriesEvents) -> Series:
        first_day = np.array([series.first_date.astype(np.int64)])
        (logs,) = self.log_effects(first_day, series.views.size, [events])
        return replace(series, views=np.minimum(series.views / np.exp(logs), LARGEST_VIEWS))

    def notes(self) -> tuple[str, ...]:
        """Describe each event's effect in a sentence."""
        notes = [
            f"the event {quoted(name)} is on no day that has views: nothing is learned of it"
            if effect.times == 0
            else f"the event {quoted(name)}, {effect.sentence()}"
            for name, effect in self.events.items()
        ]
        notes += [f"{name}, {effect.sentence()}" for name, (effect, _) in self.holidays.items()]
        return tuple(notes)

    def to_document(self) -> dict[str, Any]:
        """Return all effects as a document for JSON."""
        return {
            "events": {name: vars(effect) for name, effect in self.events.items()},
            "holidays": {
                name: {**vars(effect), "days": days.days.astype("datetime64[D]").astype(str).tolist()}
                for name, (effect, days) in self.holidays.items()
            },
        }

    @classmethod
    def from_document(cls, document: Any) -> EventEffects:
        """Rebuild the effects from a result of `to_document`.

        Raises
        ------
        ValueError
            When the document has another form.
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
