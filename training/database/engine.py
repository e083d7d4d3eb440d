"""The connection to the database: SQLite by default, PostgreSQL by URL.

Several processes may read and write at once; one writes at a time. What `write` has returned from is on disk.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from training.database.revisions import migrate
from training.errors import ViewcastError

# As long as another process takes to add ten million days, and again.
PATIENT_SECONDS = 300.0
# Any numbers that no other program on the same PostgreSQL database locks.
_WRITERS_LOCK, _JOBS_LOCK = 0x56696577, 0x56696578
_CONNECTIONS = 8

_INSERT: dict[str, Callable[[sa.Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class DatabaseError(ViewcastError):
    """The database cannot be opened, read or written; the message names it, without its password."""

    @property
    def public(self) -> str:
        """The message for everybody, without the database's address."""
        return "the database of the histories cannot be used; the log says why"


class DatabaseBusyError(DatabaseError):
    """Another process has been writing to the database for too long."""

    @property
    def public(self) -> str:
        """The message for everybody, without the database's address."""
        return "another process is changing the histories; try again in some seconds"


class Database:
    """An open database with the tables of this release.

    Parameters
    ----------
    url : str
        SQLAlchemy's: `sqlite:///path/to/archive.sqlite` (its folder is made), or
        `postgresql+psycopg://user:password@host/database` (with psycopg installed). Tables are made, and
        those of an older release migrated.
    busy_seconds : float, default=300
        How long to wait for another process that is writing.

    Attributes
    ----------
    migrated_from : str or None
        The revision that the tables had before; None when there were none.

    Raises
    ------
    DatabaseError
        Here, and from every use, when the database cannot be reached, read or written.
    """

    def __init__(self, url: str, busy_seconds: float = PATIENT_SECONDS) -> None:
        self._shown = "whose URL cannot be read"
        self._busy_seconds = busy_seconds
        with self.errors_named():
            parsed = sa.make_url(url)
            # A password can stand in the query as well.
            self._shown = parsed.set(query={}).render_as_string(hide_password=True)
            if parsed.get_backend_name() not in _INSERT:
                raise DatabaseError(f"archive {self._shown}: only sqlite and postgresql are supported")
            self._engine = _engine(parsed, busy_seconds)
            try:
                self.migrated_from = migrate(self._engine, self.write)
            except BaseException:
                self.close()
                raise

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite's."""
        return self._engine.dialect.name == "sqlite"

    def insert_new(self, table: sa.Table) -> sa.Insert:
        """Insert rows, and leave those alone that are there already."""
        new: sa.Insert = _INSERT[self._engine.dialect.name](table).on_conflict_do_nothing()
        return new

    def upsert(self, table: sa.Table, keys: Sequence[str]) -> sa.Insert:
        """Insert rows, or write over those of the same keys."""
        insert = _INSERT[self._engine.dialect.name](table)
        others = [
            column.name for column in table.columns if not column.primary_key and column.name not in keys
        ]
        excluded = {name: insert.excluded[name] for name in others}
        upsert: sa.Insert = insert.on_conflict_do_update(index_elements=keys, set_=excluded)
        return upsert

    def continue_ids(self, connection: sa.Connection, table: sa.Table) -> None:
        """Give the next row the id after the last one's, once rows have come with ids of their own."""
        if not self.is_sqlite:
            following = f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name})"  # noqa: S608 - our own name
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            connection.exec_driver_sql(f"SELECT setval({sequence}, {following}, false)")

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Read, in as many statements as it takes, what was there at the first of them."""
        level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.errors_named(), self._engine.connect().execution_options(**level) as connection:
            yield connection

    @contextmanager
    def write(self, *, of_jobs: bool = False) -> Iterator[sa.Connection]:
        """Write all or nothing, while nobody else does; it is on disk when the block is left.

        Parameters
        ----------
        of_jobs : bool, default=False
            Write of jobs alone. Where the database can do so, others may write histories meanwhile.
        """
        with self.errors_named(), self._engine.connect() as connection:
            if self.is_sqlite:
                connection = connection.execution_options(begin="BEGIN IMMEDIATE")
            with connection.begin():
                if not self.is_sqlite:
                    timeout = f"SET LOCAL lock_timeout = {int(self._busy_seconds * 1000)}"
                    connection.exec_driver_sql(timeout)
                    lock = _JOBS_LOCK if of_jobs else _WRITERS_LOCK
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
                yield connection

    def close(self) -> None:
        """Close the connections; the database is not to be used afterwards."""
        self._engine.dispose()

    @contextmanager
    def errors_named(self) -> Iterator[None]:
        """Raise the database's errors, and a missing driver, as `DatabaseError`."""
        try:
            yield
        except (SQLAlchemyError, ImportError, OSError) as error:
            reason = getattr(error, "orig", None) or error
            kind = DatabaseBusyError if _is_busy(reason) else DatabaseError
            raise kind(f"archive {self._shown}: {reason}") from error


def _is_busy(reason: BaseException) -> bool:
    """Whether a driver says that it has waited for a lock in vain."""
    if isinstance(reason, sqlite3.OperationalError):
        return reason.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return getattr(reason, "sqlstate", None) == "55P03"  # PostgreSQL's lock_not_available


def _engine(url: sa.URL, busy_seconds: float) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        # A connection may have died with the server that it led to: it is tried before it is used.
        return sa.create_engine(url, pool_size=_CONNECTIONS, pool_pre_ping=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, pool_size=_CONNECTIONS, connect_args={"timeout": busy_seconds})
    sa.event.listen(engine, "connect", lambda connection, _: _set_up_sqlite(connection, busy_seconds))
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, busy_seconds: float) -> None:
    """Let readers go on while one writes, and sync every commit: WAL alone would leave that to later."""
    # Python's own transactions would begin with the first write and not with the first read.
    connection.isolation_level = None
    with closing(connection.cursor()) as cursor:
        deadline = time.monotonic() + busy_seconds
        while True:
            try:
                cursor.execute("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError as error:
                # Two switch a new file at once: the one thing that SQLite does not wait for.
                if not _is_busy(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        cursor.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
