"""Where histories are kept: SQLite by default, PostgreSQL by URL; one row a series and known day.

The days of events, past and planned ones, have a table of their own.

Several processes may read and write at once. What `add` has returned from is on disk.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable

from training.errors import ViewcastError
from training.history.events import EventDays, Events
from training.history.series import (
    DAY,
    LONGEST_SPAN_DAYS,
    History,
    HistoryError,
    Series,
    quoted,
    spread_problem,
)

_CHUNK_ROWS = 20_000
_EPOCH = np.datetime64("1970-01-01", "D")
# As long as another process takes to add ten million rows, and again.
_BUSY_TIMEOUT_SECONDS = 300

_TABLES = sa.MetaData()
_SERIES = sa.Table(
    "series",
    _TABLES,
    # Upserts use numbers up, also for names that are there; SQLite counts only what it calls "integer".
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("first_day", sa.Integer, nullable=False),
    sa.Column("last_day", sa.Integer, nullable=False),
)
_VIEWS = sa.Table(
    "views",
    _TABLES,
    sa.Column("series_id", sa.ForeignKey(_SERIES.c.id), primary_key=True),
    # Days since 1970-01-01: ten million dates as objects would take minutes.
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("views", sa.Double, nullable=False),
    sqlite_with_rowid=False,
)
_EVENTS = sa.Table(
    "events",
    _TABLES,
    sa.Column("series_id", sa.ForeignKey(_SERIES.c.id), primary_key=True),
    sa.Column("event", sa.String, primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
    # 0 says that there is none: it takes back what was planned.
    sa.Column("value", sa.Double, nullable=False),
    sqlite_with_rowid=False,
)
_INSERT: dict[str, Callable[[sa.Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class ArchiveError(ViewcastError):
    """The archive cannot be opened, read or written; the message names it, without its password."""


class Archive:
    """The kept histories.

    Parameters
    ----------
    url : str
        SQLAlchemy's: `sqlite:///path/to/archive.sqlite` (its folder is made), or
        `postgresql+psycopg://user:password@host/database` (with psycopg installed). Tables are made.

    Raises
    ------
    ArchiveError
        Here and in every method, when the database does not play along.
    """

    def __init__(self, url: str) -> None:
        self._shown = url
        with self._reported():
            parsed = sa.make_url(url)
            self._shown = parsed.render_as_string(hide_password=True)
            if parsed.get_backend_name() not in _INSERT:
                raise ArchiveError(f"archive {self._shown}: only sqlite and postgresql are supported")
            self._engine = _engine(parsed)
            self._insert = _INSERT[self._engine.dialect.name]
            try:
                _make_tables(self._engine)
            except (sa.exc.IntegrityError, sa.exc.ProgrammingError):
                _make_tables(self._engine)  # PostgreSQL's "if not exists" fails when two make one at once

    def add(self, history: History) -> int:
        """Keep the known days of a history, all or none; a day that is there gets the new count.

        Missing days erase nothing. The days of events are kept in the same way.

        Returns
        -------
        int
            Number of days kept. They are on disk.

        Raises
        ------
        HistoryError
            When a series would cover more than 100 years, or nearly all days would be missing.
        """
        with self._reported(), self._engine.begin() as connection:
            # The first statement writes, so that SQLite waits for its turn here and not halfway.
            for names in _chunks(_name_rows(history)):
                connection.execute(self._upsert_names(), names)
            ids = dict(connection.execute(sa.select(_SERIES.c.name, _SERIES.c.id)).all())
            for days in _chunks(_day_rows(history, ids)):
                connection.execute(self._upsert_days(), days)
            for days in _chunks(_event_rows(history, ids)):
                connection.execute(self._upsert_events(), days)
            self._check_spans(connection)
        return history.n_rows

    def history(self, events: Sequence[str] = ()) -> History:
        """Read all views that are kept, and the days of the events that are asked for."""
        query = sa.select(_VIEWS.c.series_id, _VIEWS.c.day, _VIEWS.c.views).order_by(
            _VIEWS.c.series_id, _VIEWS.c.day
        )
        ids: list[NDArray[np.int64]] = []
        days: list[NDArray[np.int64]] = []
        views: list[NDArray[np.float64]] = []
        with self._reported(), self._engine.connect() as connection:
            for rows in connection.execution_options(yield_per=_CHUNK_ROWS).execute(query).partitions():
                columns = tuple(zip(*rows, strict=True))
                ids.append(np.array(columns[0], np.int64))
                days.append(np.array(columns[1], np.int64))
                views.append(np.array(columns[2], np.float64))
            # Names are never taken away: read last, they cover all that was read before.
            names = dict(connection.execute(sa.select(_SERIES.c.id, _SERIES.c.name)).all())
            found = self._events(connection, names, events) if events else {}
        if not ids:
            return History(())
        series = _series(names, np.concatenate(ids), np.concatenate(days), np.concatenate(views))
        return History(tuple(series), (), found)

    def _events(self, connection: sa.Connection, names: dict[int, str], events: Sequence[str]) -> Events:
        """Read the days of some events, by series and event."""
        query = sa.select(_EVENTS).where(_EVENTS.c.event.in_(events)).order_by(*_EVENTS.primary_key)
        rows = connection.execute(query).all()
        found: dict[str, dict[str, EventDays]] = {}
        for (series_id, event), own in groupby(rows, itemgetter(0, 1)):
            _, _, days, values = zip(*own, strict=True)
            one = EventDays(np.array(days, np.int64), np.array(values, np.float64))
            found.setdefault(names[series_id], {})[event] = one
        return found

    def close(self) -> None:
        """Close the connections; the archive is not to be used afterwards."""
        self._engine.dispose()

    def _upsert_names(self) -> sa.Executable:
        """Insert a name with its first and last day; of one that is there, widen them."""
        insert = self._insert(_SERIES)
        old, new = _SERIES.c, insert.excluded
        wider = {
            "first_day": sa.case((new.first_day < old.first_day, new.first_day), else_=old.first_day),
            "last_day": sa.case((new.last_day > old.last_day, new.last_day), else_=old.last_day),
        }
        upsert: sa.Executable = insert.on_conflict_do_update(index_elements=["name"], set_=wider)
        return upsert

    def _upsert_days(self) -> sa.Executable:
        insert = self._insert(_VIEWS)
        upsert: sa.Executable = insert.on_conflict_do_update(
            index_elements=["series_id", "day"], set_={"views": insert.excluded.views}
        )
        return upsert

    def _upsert_events(self) -> sa.Executable:
        insert = self._insert(_EVENTS)
        upsert: sa.Executable = insert.on_conflict_do_update(
            index_elements=["series_id", "event", "day"], set_={"value": insert.excluded.value}
        )
        return upsert

    def _check_spans(self, connection: sa.Connection) -> None:
        """Refuse what could not be read again: it would be gigabytes of gaps."""
        n_days = _SERIES.c.last_day - _SERIES.c.first_day + 1
        longest = connection.execute(
            sa.select(_SERIES.c.name, _SERIES.c.first_day, _SERIES.c.last_day)
            .where(n_days > LONGEST_SPAN_DAYS)
            .limit(1)
        ).first()
        if longest is not None:
            raise HistoryError(
                f"series {quoted(longest.name)}, with what is kept already, would go from "
                f"{_EPOCH + longest.first_day * DAY} to {_EPOCH + longest.last_day * DAY}, more than "
                "100 years; is a year mistyped?"
            )
        total = connection.execute(sa.select(sa.func.sum(n_days))).scalar() or 0
        if spread_problem(int(total), 0):  # counting all rows takes a while, and is rarely needed
            n_counts = connection.execute(sa.select(sa.func.count()).select_from(_VIEWS)).scalar_one()
            if problem := spread_problem(int(total), n_counts):
                raise HistoryError(f"with what is kept already, {problem}")

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Raise the database's errors, and a missing driver, as `ArchiveError`."""
        try:
            yield
        except (SQLAlchemyError, ImportError, OSError) as error:
            reason = getattr(error, "orig", None) or error
            raise ArchiveError(f"archive {self._shown}: {reason}") from error


def _make_tables(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        for table in _TABLES.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_TIMEOUT_SECONDS})
    sa.event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: Any) -> None:
    """Let readers go on while one writes, and sync every commit: WAL alone would leave that to later."""
    with closing(connection.cursor()) as cursor:
        deadline = time.monotonic() + _BUSY_TIMEOUT_SECONDS
        while True:
            try:
                cursor.execute("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError as error:
                # Two switch a new file at once: the one thing that SQLite does not wait for.
                is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not is_busy or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        cursor.execute("PRAGMA synchronous=FULL")


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for first in rows:
        yield list(chain([first], islice(rows, _CHUNK_ROWS - 1)))


def _name_rows(history: History) -> Iterator[dict[str, Any]]:
    for series in history.series:
        first_day, last_day = ((date - _EPOCH).astype(int) for date in (series.first_date, series.last_date))
        yield {"name": series.name, "first_day": int(first_day), "last_day": int(last_day)}


def _day_rows(history: History, ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    for series in history.series:
        known = np.flatnonzero(~np.isnan(series.views))
        days = known + (series.first_date - _EPOCH).astype(int)
        series_id = ids[series.name]
        for day, views in zip(days.tolist(), series.views[known].tolist(), strict=True):
            yield {"series_id": series_id, "day": day, "views": views}


def _event_rows(history: History, ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    for series, events in history.events.items():
        for event, found in events.items():
            for day, value in zip(found.days.tolist(), found.values.tolist(), strict=True):
                yield {"series_id": ids[series], "event": event, "day": day, "value": value}


def _series(
    names: dict[int, str], ids: NDArray[np.int64], days: NDArray[np.int64], views: NDArray[np.float64]
) -> Iterator[Series]:
    """Make series of rows that are sorted by series and day."""
    starts = np.flatnonzero(np.diff(ids, prepend=-1))
    for start, end in zip(starts, np.append(starts[1:], ids.size), strict=True):
        calendar = np.full(days[end - 1] - days[start] + 1, np.nan)
        calendar[days[start:end] - days[start]] = views[start:end]
        yield Series(names[int(ids[start])], _EPOCH + days[start] * DAY, calendar)
