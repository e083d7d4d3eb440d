"""Rows of series and their counts, read and written inside of a transaction that a caller has opened."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple, TypeVar

import sqlalchemy as sa

from training.database.engine import Database
from training.database.packed import Days, pack, unpack
from training.database.tables import CHALLENGER_FORECASTS, COUNTS, EVENTS, FORECASTS, SERIES

T = TypeVar("T")

# Few enough for the parameters of one statement, and for memory.
AT_ONCE = 500

# A series' name and metric.
Key = tuple[str, str]


class StoredSeries(NamedTuple):
    """A series that is kept, and its days."""

    id: int
    days: Days


def chunks(items: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Give the items in lists of some size."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def has_key(keys: Collection[Key]) -> sa.ColumnElement[bool]:
    """The condition that a series is one of some."""
    if len({metric for _, metric in keys}) == 1:  # the usual case, and the one that the index is best at
        names, metric = [name for name, _ in keys], next(iter(keys))[1]
        return sa.and_(SERIES.c.name.in_(names), SERIES.c.metric == metric)
    return sa.tuple_(SERIES.c.name, SERIES.c.metric).in_(list(keys))


def begins_with(prefix: str) -> sa.ColumnElement[bool]:
    """The condition that a series' name begins with a text, in its case."""
    return sa.func.substr(SERIES.c.name, 1, len(prefix)) == prefix


def load(connection: sa.Connection, keys: Collection[Key]) -> dict[Key, StoredSeries]:
    """Read some series, up to `AT_ONCE`; those that are not kept are not in the answer."""
    if not keys:
        return {}
    query = (
        sa.select(SERIES.c.name, SERIES.c.metric, SERIES.c.id, SERIES.c.first_day, COUNTS.c.counts)
        .join(COUNTS, COUNTS.c.series_id == SERIES.c.id)
        .where(has_key(keys))
    )
    return {
        (name, metric): StoredSeries(series_id, Days(first_day, unpack(counts)))
        for name, metric, series_id, first_day, counts in connection.execute(query)
    }


def save(database: Database, connection: sa.Connection, series: Mapping[Key, Days]) -> None:
    """Write some series, up to `AT_ONCE`, in the place of what was kept of them."""
    if not series:
        return
    rows = [
        {
            "name": name,
            "metric": metric,
            "first_day": days.first_day,
            "last_day": days.last_day,
            "n_days": days.n_known,
            "last_count": float(days.counts[-1]),
        }
        for (name, metric), days in series.items()
    ]
    connection.execute(database.upsert(SERIES, ["name", "metric"]), rows)
    ids = connection.execute(
        sa.select(SERIES.c.name, SERIES.c.metric, SERIES.c.id).where(has_key(series.keys()))
    )
    counts = [{"series_id": row.id, "counts": pack(series[row.name, row.metric].counts)} for row in ids]
    connection.execute(database.upsert(COUNTS, ["series_id"]), counts)


def remove(connection: sa.Connection, key: Key) -> None:
    """Delete a series, its counts and its forecasts; with its last metric, the events of its name too."""
    name, _ = key
    ids = sa.select(SERIES.c.id).where(has_key([key])).scalar_subquery()
    for table in COUNTS, FORECASTS, CHALLENGER_FORECASTS:
        connection.execute(sa.delete(table).where(table.c.series_id.in_(ids)))
    connection.execute(sa.delete(SERIES).where(has_key([key])))
    if connection.execute(sa.select(SERIES.c.id).where(SERIES.c.name == name).limit(1)).first() is None:
        connection.execute(sa.delete(EVENTS).where(EVENTS.c.name == name))
