"""The events in a request's body: which there are, on which days, and how much of each.

Read by hand rather than by pydantic, which would make an error of each wrong day, however many.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

import numpy as np
from pydantic_core import to_json

from service.http.problems import ProblemError
from training.history.days import EPOCH
from training.history.events import EventDays, SeriesEvents
from training.history.series import LARGEST_VIEWS


def read_events(
    sent: dict[str, Any], known: Collection[str], first: date, last: date, place: str
) -> SeriesEvents:
    """Read and check the events of one series.

    Parameters
    ----------
    sent : what stands in the body
    known : the events that there are
    first, last : between which days they may lie
    place : where in the body they stand

    Raises
    ------
    ProblemError
        Naming the first event, day or value that is wrong, and what would be right.
    """
    events = {}
    for name, days in sent.items():
        if name not in known:
            names = ", ".join(f'"{event}"' for event in known) or "none; training has to be asked for them"
            raise ProblemError.at(place, f"is no event that is known here; there is {names}", name)
        if not isinstance(days, dict):
            detail = 'is no object of days and values; {"2026-11-27": 1} would be right'
            raise ProblemError.at(place, detail, name)
        pairs = [
            (_day(text, first, last, place, name), _value(value, place, name, text))
            for text, value in days.items()
        ]
        events[name] = EventDays.latest_of(
            np.array([day for day, _ in pairs], np.int64), np.array([value for _, value in pairs], float)
        )
    return events


def _day(text: str, first: date, last: date, place: str, name: str) -> int:
    try:
        # Python would read 20261127 and 2026-W48-5 as well.
        day = date.fromisoformat(text if len(text) == 10 and text[4] == text[7] == "-" else "")
    except ValueError:
        detail = "is no date of the calendar in the form YYYY-MM-DD"
        raise ProblemError.at(place, detail, name, text) from None
    if not first <= day <= last:
        detail = f"is outside of the days that count here, {first} to {last}"
        raise ProblemError.at(place, detail, name, text)
    return day.toordinal() - EPOCH


def _value(value: Any, place: str, *keys: str) -> float:
    if type(value) not in (int, float) or not 0 <= value <= LARGEST_VIEWS:
        shown = to_json(value, inf_nan_mode="constants").decode()[:40]
        detail = f"is {shown}; a number from 0 to {LARGEST_VIEWS:g} would be right"
        raise ProblemError.at(place, detail, *keys)
    return float(value)
