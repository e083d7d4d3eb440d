"""The kept histories: all of them for a training, one for a forecast, a list for people."""

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

Order = Literal["id", "last_date", "last_count", "n_days", "-id", "-last_date", "-last_count", "-n_days"]
_ORDER_COLUMNS = {"id": "name", "last_date": "last_day", "last_count": "last_count", "n_days": "n_days"}


@dataclass(frozen=True)
class Summary:
    """What is kept of a series, without its days."""

    name: str
    metric: str
    first_date: np.datetime64
    last_date: np.datetime64
    n_days: int
    last_count: float


class Recent(NamedTuple):
    """The last days of a series, the days of its events, and how wide its intervals have to be.

    Attributes
    ----------
    days : up to as many as were asked for; the last one is known
    events : the days of its events, by name
    width_factors : what half-widths of 80 and 95 % are to be multiplied with; None before the first forecast
    """

    days: Days
    events: SeriesEvents
    width_factors: tuple[float, ...] | None


class Histories:
    """The histories that a database keeps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, events: Sequence[str] = ()) -> History:
        """Read all that is kept, and the days of the events that are asked for."""
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

    def series(self, key: Key) -> Series | None:
        """Read one series; None when it is not kept."""
        with self._database.read() as connection:
            stored = load(connection, [key]).get(key)
        return None if stored is None else _series(key, stored.days)

    def recent(self, keys: Collection[Key], n_days: int, events: Sequence[str] = ()) -> dict[Key, Recent]:
        """Read the last days of some series; those that are not kept are not in the answer.

        Parameters
        ----------
        keys : names and metrics
        n_days : most days of each
        events : the events whose days are read too
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
        """Say what is kept of one series; None when nothing is."""
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
        """List a page of the series.

        Parameters
        ----------
        prefix : only series whose names begin so
        search : a part of the name, whatever its case (ASCII's; SQLite knows no other)
        metric : only series of this metric; without one, of all
        order : what they are sorted by, then by name and metric; `-` in front reverses it
        limit, offset : which of them

        Returns
        -------
        list of Summary, int
            The page, and how many series there are on all pages.
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
        """List the metrics that are kept, of series whose names begin with a text."""
        with self._database.read() as connection:
            query = sa.select(SERIES.c.metric).where(begins_with(prefix)).distinct()
            return sorted(connection.execute(query).scalars())

    def by_name(self, metrics: Collection[str], prefix: str = "") -> Iterator[list[Series]]:
        """Read all series of some metrics, some hundred names that begin with `prefix` at a time, sorted.

        No transaction lasts longer than one of these lists: what changes meanwhile may be seen or not.
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
