"""Read and write rows of series and their counts, within a transaction of the caller."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from training.database.engine import Database
from training.database.packed import Days, pack, unpack
from training.database.tables import CHALLENGER_FORECASTS, COUNTS, EVENTS, FORECASTS, SERIES

T = TypeVar("T")

# Number of series for one statement: limited by its parameters, and by memory.
AT_ONCE = 500

# Name and metric of a series.
Key = tuple[str, str]

# The condition that a series is among the given ones, for `rows_of`.
HAS_KEY = sa.and_(
    SERIES.c.name.in_(sa.bindparam("names", expanding=True)), SERIES.c.metric == sa.bindparam("metric")
)


class StoredSeries(NamedTuple):
    """A kept series, and its days."""

    id: int
    days: Days


def chunks(items: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Split the items into lists of at most `size`."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def rows_of(
    connection: sa.Connection, query: sa.Select[Any], keys: Collection[Key]
) -> Iterator[sa.RowMapping]:
    """Run a query that contains `HAS_KEY`, for some series: once for each of their metrics.

    Building a query takes as long as running it, so queries are built once, as constants.
    """
    names_by_metric: dict[str, list[str]] = {}
    for name, metric in keys:
        names_by_metric.setdefault(metric, []).append(name)
    for metric, names in names_by_metric.items():
        yield from connection.execute(query, {"names": names, "metric": metric}).mappings()


def begins_with(prefix: str, name: sa.ColumnElement[str] = SERIES.c.name) -> sa.ColumnElement[bool]:
    """Make the condition that a series' name begins with a text; case matters."""
    return sa.func.substr(name, 1, len(prefix)) == prefix


_LOAD = (
    sa.select(SERIES.c.name, SERIES.c.metric, SERIES.c.id, SERIES.c.first_day, COUNTS.c.counts)
    .join(COUNTS, COUNTS.c.series_id == SERIES.c.id)
    .where(HAS_KEY)
)
_IDS = sa.select(SERIES.c.name, SERIES.c.metric, SERIES.c.id).where(HAS_KEY)


def load(connection: sa.Connection, keys: Collection[Key]) -> dict[Key, StoredSeries]:
    """Read some series, up to `AT_ONCE`; series that are not kept are left out."""
    return {
        (row["name"], row["metric"]): StoredSeries(row["id"], Days(row["first_day"], unpack(row["counts"])))
        for row in rows_of(connection, _LOAD, keys)
    }


def load_ids(connection: sa.Connection, keys: Collection[Key]) -> dict[Key, int]:
    """Read the ids of some series, up to `AT_ONCE`; series that are not kept are left out."""
    return {(row["name"], row["metric"]): row["id"] for row in rows_of(connection, _IDS, keys)}


def save(database: Database, connection: sa.Connection, series: Mapping[Key, Days]) -> None:
    """Write some series, up to `AT_ONCE`, replacing those that exist."""
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
    ids = load_ids(connection, series.keys())
    counts = [{"series_id": ids[key], "counts": pack(days.counts)} for key, days in series.items()]
    connection.execute(database.upsert(COUNTS, ["series_id"]), counts)


def remove(connection: sa.Connection, key: Key) -> None:
    """Delete a series, its counts and forecasts; with the last metric of its name also the events."""
    name, _ = key
    for series_id in load_ids(connection, [key]).values():
        for table in COUNTS, FORECASTS, CHALLENGER_FORECASTS:
            connection.execute(sa.delete(table).where(table.c.series_id == series_id))
        connection.execute(sa.delete(SERIES).where(SERIES.c.id == series_id))
    if connection.execute(sa.select(SERIES.c.id).where(SERIES.c.name == name).limit(1)).first() is None:
        connection.execute(sa.delete(EVENTS).where(EVENTS.c.name == name))
