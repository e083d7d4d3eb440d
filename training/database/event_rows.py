"""Read and write the days of events, past and planned, within a transaction."""

from collections.abc import Collection, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np
import sqlalchemy as sa

from training.database.engine import Database
from training.database.packed import Change
from training.database.stored_series import chunks
from training.database.tables import CHANGES, EVENTS
from training.history.events import EventDays, Events, SeriesEvents


def events_of(
    connection: sa.Connection, events: Collection[str], names: Collection[str] | None = None
) -> Events:
    """Read the days of some events, of some series or of all series; returned by series and event."""
    query = sa.select(EVENTS).where(EVENTS.c.event.in_(list(events))).order_by(*EVENTS.primary_key)
    if names is not None:
        query = query.where(EVENTS.c.name.in_(list(names)))
    by_name: dict[str, dict[str, EventDays]] = {}
    for (name, event), rows in groupby(connection.execute(query), itemgetter(0, 1)):
        _, _, days, values = zip(*rows, strict=True)
        by_name.setdefault(name, {})[event] = EventDays(
            np.array(days, np.int64), np.array(values, np.float64)
        )
    return by_name


def put_event_days(database: Database, connection: sa.Connection, upload_id: int, events: Events) -> int:
    """Write the days of events, and record the previous values as changes of the upload.

    Returns the number of days that had no value before.
    """
    names_of_events = {event for named in events.values() for event in named}
    before: dict[str, SeriesEvents] = {}
    for names in chunks(events):
        before.update(events_of(connection, names_of_events, names))
    rows, changes, n_new = [], [], 0
    for name, named in events.items():
        for event, put in named.items():
            old = before.get(name, {}).get(event, EventDays(np.empty(0, np.int64), np.empty(0)))
            known = dict(zip(old.days.tolist(), old.values.tolist(), strict=True))
            earlier = np.array([known.get(day, np.nan) for day in put.days.tolist()], np.float64)
            changed = earlier != put.values
            change = Change(put.days[changed], earlier[changed])
            key = {"upload_id": upload_id, "name": name, "metric": "", "event": event}
            if changed.any():
                changes.append({**key, **change.as_bytes()})
            n_new += int(np.count_nonzero(np.isnan(earlier)))
            rows += _rows(name, event, put.days[changed], put.values[changed])
    write_event_days(database, connection, rows)
    if changes:
        connection.execute(sa.insert(CHANGES), changes)
    return n_new


def restore_event_days(
    database: Database, connection: sa.Connection, name: str, event: str, change: Change
) -> None:
    """Restore the previous days of an event; days whose value is NaN are deleted."""
    was_there = ~np.isnan(change.before)
    for days in chunks(change.days[~was_there].tolist()):
        here = EVENTS.c.name == name, EVENTS.c.event == event, EVENTS.c.day.in_(days)
        connection.execute(sa.delete(EVENTS).where(*here))
    rows = _rows(name, event, change.days[was_there], change.before[was_there])
    write_event_days(database, connection, rows)


def write_event_days(
    database: Database, connection: sa.Connection, rows: Sequence[dict[str, str | int | float]]
) -> None:
    """Write rows of the events table, replacing those that exist."""
    upsert = database.upsert(EVENTS, ["name", "event", "day"])
    for chunk in chunks(rows):
        connection.execute(upsert, chunk)


def _rows(name: str, event: str, days: np.ndarray, values: np.ndarray) -> list[dict[str, str | int | float]]:
    return [
        {"name": name, "event": event, "day": day, "value": value}
        for day, value in zip(days.tolist(), values.tolist(), strict=True)
    ]
