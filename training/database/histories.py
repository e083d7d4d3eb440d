"""Read kept histories: all for a training, the last days for a forecast, summaries for a list."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import sqlalchemy as sa

from training.database.adapted_widths import adapted_widths
from training.database.engine import Database
from training.database.event_rows import events_of
from training.database.packed import Days, unpack
from training.database.stored_series import AT_ONCE, Key, begins_with, chunks, load
from training.database.tables import COUNTS, SERIES
from training.history.days import date_of
from training.history.events import SeriesEvents
from training.history.series import History, Series
from training.model.adaptive_intervals import WidthFactors

Order = Literal["id", "last_date", "last_count", "n_days", "-id", "-last_date", "-last_count", "-n_days"]
_ORDER_COLUMNS = {"id": "name", "last_date": "last_day", "last_count": "last_count", "n_days": "n_days"}


@dataclass(frozen=True)
class Summary:
    """A kept series without its days."""

    name: str
    metric: str
    first_date: np.datetime64
    last_date: np.datetime64
    n_days: int
    last_count: float


class Recent(NamedTuple):
    """The last days of a series, its events, and the factors of its intervals.

    Attributes
    ----------
    days : at most the requested number; the last day is known
    events : the days of its events, by name
    width_factors : factors of the half-widths of its intervals; None before the first forecast
    """

    days: Days
    events: SeriesEvents
    width_factors: WidthFactors | None


class Histories:
    """The histories kept in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, events: Sequence[str] = ()) -> History:
        """Read all kept series, and the days of the requested events."""
        query = (
            sa.select(SERIES.c.name, SERIES.c.metric, SERIES.c.first_day, COUNTS.c.counts)
            .join(COUNTS, COUNTS.c.series_id == SERIES.c.id)
            .execution_options(yield_per=AT_ONCE)
        )
        with self._database.read() as connection:
            series = tuple(
                Series(name, date_of(first_day), unpack(counts), metric)
                for name, metric, first_day, counts in connection.execute(query)
            )
            return History(series, (), events_of(connection, events) if events else {})

    def all_keys(self) -> Iterator[Key]:
        """Read the names and metrics of all kept series, in any order."""
        query = sa.select(SERIES.c.name, SERIES.c.metric).execution_options(yield_per=AT_ONCE)
        with self._database.read() as connection:
            yield from ((name, metric) for name, metric in connection.execute(query))

    def some(self, keys: Collection[Key], events: Sequence[str] = ()) -> History:
        """Read some series, and the days of the requested events; series that are not kept are left out."""
        series: list[Series] = []
        named: dict[str, SeriesEvents] = {}
        with self._database.read() as connection:
            for chunk in chunks(keys):
                series += [_series(key, days) for key, (_, days) in load(connection, chunk).items()]
                if events:
                    named |= events_of(connection, events, {name for name, _ in chunk})
        return History(tuple(series), (), named)

    def series(self, key: Key) -> Series | None:
        """Read one series; None when it is not kept."""
        with self._database.read() as connection:
            stored = load(connection, [key]).get(key)
        return None if stored is None else _series(key, stored.days)

    def recent(self, keys: Collection[Key], n_days: int, events: Sequence[str] = ()) -> dict[Key, Recent]:
        """Read the last days of some series; series that are not kept are left out.

        Parameters
        ----------
        keys : names and metrics
        n_days : the largest number of days for each series
        events : names of the events to read
        """
        recent: dict[Key, Recent] = {}
        with self._database.read() as connection:
            for chunk in chunks(keys):
                stored = load(connection, chunk)
                named = events_of(connection, events, {name for name, _ in stored}) if events else {}
                widths = adapted_widths(connection, stored)
                for key, (_, days) in stored.items():
                    last = Days(max(days.first_day, days.last_day - n_days + 1), days.counts[-n_days:])
                    recent[key] = Recent(last, named.get(key[0], {}), widths.get(key))
        return recent

    def summary(self, key: Key) -> Summary | None:
        """Give the summary of a series; None when it is not kept."""
        name, metric = key
        with self._database.read() as connection:
            query = sa.select(SERIES).where(SERIES.c.name == name, SERIES.c.metric == metric)
            row = connection.execute(query).first()
        return None if row is None else _summary(row)

    def page(
        self,
        *,
        prefix: str = "",
        search: str = "",
        metric: str | None = None,
        order: Order = "id",
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[list[Summary], int]:
        """List one page of the series.

        Parameters
        ----------
        prefix : only series whose names begin with it
        search : a part of the name; case is ignored for ASCII letters only, as in SQLite
        metric : only series of this metric; by default, of all metrics
        order : sort key, followed by name and metric; a leading `-` reverses the order
        limit, offset : size and start of the page

        Returns
        -------
        list of Summary, int
            The page, and the number of series on all pages.
        """
        chosen = sa.select(SERIES).where(begins_with(prefix))
        if search:
            chosen = chosen.where(SERIES.c.name.icontains(search, autoescape=True))
        if metric is not None:
            chosen = chosen.where(SERIES.c.metric == metric)
        column = SERIES.c[_ORDER_COLUMNS[order.removeprefix("-")]]
        ordered = column.desc() if order.startswith("-") else column
        with self._database.read() as connection:
            n_all = connection.execute(sa.select(sa.func.count()).select_from(chosen.subquery())).scalar_one()
            query = chosen.order_by(ordered, SERIES.c.name, SERIES.c.metric).limit(limit).offset(offset)
            return [_summary(row) for row in connection.execute(query)], n_all

    def metrics(self, prefix: str = "") -> list[str]:
        """List the metrics of the series whose names begin with `prefix`."""
        with self._database.read() as connection:
            query = sa.select(SERIES.c.metric).where(begins_with(prefix)).distinct()
            return sorted(connection.execute(query).scalars())

    def by_name(self, metrics: Collection[str], prefix: str = "") -> Iterator[list[Series]]:
        """Read all series of some metrics whose names begin with `prefix`, sorted, some hundred names at a
        time.

        Each list is read in a transaction of its own, so changes made meanwhile may or may not be seen.
        """
        names = sa.select(SERIES.c.name).where(SERIES.c.metric.in_(metrics), begins_with(prefix)).distinct()
        last = ""
        while True:
            with self._database.read() as connection:
                query = names.where(SERIES.c.name > last).order_by(SERIES.c.name).limit(AT_ONCE // 5)
                chunk = list(connection.execute(query).scalars())
                if not chunk:
                    return
                stored = load(connection, [(name, metric) for name in chunk for metric in metrics])
            same_name = (_series(key, days) for key, (_, days) in stored.items())
            yield sorted(same_name, key=lambda series: series.key)
            last = chunk[-1]


def _series(key: Key, days: Days) -> Series:
    name, metric = key
    return Series(name, date_of(days.first_day), days.counts, metric)


def _summary(row: sa.Row[tuple[object, ...]]) -> Summary:
    return Summary(
        name=row.name,
        metric=row.metric,
        first_date=date_of(row.first_day),
        last_date=date_of(row.last_day),
        n_days=row.n_days,
        last_count=row.last_count,
    )
