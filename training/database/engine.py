"""The connection to the database: SQLite by default, PostgreSQL by URL.

Several processes may read and write at the same time; writers wait for each other. `write` returns when the
data is on disk.
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

# Twice the time that another process takes to add ten million days.
PATIENT_SECONDS = 300.0
# Arbitrary numbers that no other program locks in the same PostgreSQL database.
_WRITERS_LOCK, _JOBS_LOCK = 0x56696577, 0x56696578
_CONNECTIONS = 8
# Options of a connection to PostgreSQL, where its URL has no other.
_CONNECT_OPTIONS: dict[str, int | str] = {
    # From a database in SQL_ASCII, psycopg gives bytes instead of texts otherwise, and SQLAlchemy fails.
    "client_encoding": "utf8",
    # A server that the network cuts off does not answer; the system would wait for minutes or hours.
    "connect_timeout": 10,  # seconds
    "tcp_user_timeout": 10_000,  # milliseconds, until what was sent has arrived
    # While nothing is sent, ask after 5 seconds whether the server is there, three times.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}

_INSERT: dict[str, Callable[[sa.Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class DatabaseError(ViewcastError):
    """The database cannot be opened, read or written. The message has its URL, without the password."""

    @property
    def public(self) -> str:
        """The message without the database's URL, for clients."""
        return "the database of the histories cannot be used; the log says why"


class DatabaseBusyError(DatabaseError):
    """Another process has been writing to the database for too long; try again."""

    @property
    def public(self) -> str:
        """The message without the database's URL, for clients."""
        return "another process is changing the histories; try again in some seconds"


class Database:
    """An open database with the tables of this release.

    Parameters
    ----------
    url : str
        An SQLAlchemy URL: `sqlite:///path/to/archive.sqlite` (the folder is created), or
        `postgresql+psycopg://user:password@host/database` (psycopg must be installed). Missing tables are
        created; those of an older release are migrated.
    busy_seconds : float, default=300
        How long to wait for another process that is writing.

    Attributes
    ----------
    migrated_from : str or None
        The previous revision of the tables; None when there were no tables.

    Raises
    ------
    DatabaseError
        In the constructor and in every use, when the database cannot be reached, read or written.
    """

    def __init__(self, url: str, busy_seconds: float = PATIENT_SECONDS) -> None:
        self._shown = "whose URL cannot be read"
        self._busy_seconds = busy_seconds
        with self.errors_named():
            parsed = sa.make_url(url)
            # The query of a URL may contain a password, too.
            self._shown = parsed.set(query={}).render_as_string(hide_password=True)
            if parsed.get_backend_name() not in _INSERT:
                raise DatabaseError(f"archive {self._shown}: only sqlite and postgresql are supported")
            self._engine = _engine(parsed, busy_seconds)
            try:
                self._check_encoding()
                self.migrated_from = migrate(self._engine, self.write)
            except BaseException:
                self.close()
                raise

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is an SQLite file."""
        return self._engine.dialect.name == "sqlite"

    def insert_new(self, table: sa.Table) -> sa.Insert:
        """Make a statement that inserts rows, except those whose keys exist."""
        new: sa.Insert = _INSERT[self._engine.dialect.name](table).on_conflict_do_nothing()
        return new

    def upsert(self, table: sa.Table, keys: Sequence[str]) -> sa.Insert:
        """Make a statement that inserts rows, and replaces those with the same keys."""
        insert = _INSERT[self._engine.dialect.name](table)
        others = [
            column.name for column in table.columns if not column.primary_key and column.name not in keys
        ]
        excluded = {name: insert.excluded[name] for name in others}
        upsert: sa.Insert = insert.on_conflict_do_update(index_elements=keys, set_=excluded)
        return upsert

    def continue_ids(self, connection: sa.Connection, table: sa.Table) -> None:
        """Continue the ids of a table after the highest one, after rows were inserted with explicit ids."""
        if not self.is_sqlite:
            following = f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name})"  # noqa: S608 - our own name
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            connection.exec_driver_sql(f"SELECT setval({sequence}, {following}, false)")

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a read transaction: all statements see the data as of the first one."""
        level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.errors_named(), self._engine.connect().execution_options(**level) as connection:
            yield connection

    @contextmanager
    def write(self, *, of_jobs: bool = False) -> Iterator[sa.Connection]:
        """Open a write transaction; other writers wait. On leaving the block, the data is on disk.

        Parameters
        ----------
        of_jobs : bool, default=False
            Whether only jobs are written. PostgreSQL then lets others write histories at the same time.
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
        """Close the connections; the database must not be used afterwards."""
        self._engine.dispose()

    @contextmanager
    def errors_named(self) -> Iterator[None]:
        """Convert errors of the database, and a missing driver, to `DatabaseError`."""
        try:
            yield
        except (SQLAlchemyError, ImportError, OSError) as error:
            reason = getattr(error, "orig", None) or error
            kind = DatabaseBusyError if _is_busy(reason) else DatabaseError
            raise kind(f"archive {self._shown}: {reason}") from error

    def _check_encoding(self) -> None:
        """Refuse a PostgreSQL database in which not every name can be written."""
        if self.is_sqlite:
            return
        with self._engine.connect() as connection:
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            problem = f"its encoding is {encoding}; create it with ENCODING 'UTF8' TEMPLATE template0"
            raise DatabaseError(f"archive {self._shown}: {problem}")


def _is_busy(reason: BaseException) -> bool:
    """Whether an error says that a lock was not released in time."""
    if isinstance(reason, sqlite3.OperationalError):
        return reason.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return getattr(reason, "sqlstate", None) == "55P03"  # PostgreSQL's lock_not_available


def _engine(url: sa.URL, busy_seconds: float) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        options = {name: value for name, value in _CONNECT_OPTIONS.items() if name not in url.query}
        # The server may have closed the connection meanwhile: test each connection before use.
        return sa.create_engine(url, pool_size=_CONNECTIONS, pool_pre_ping=True, connect_args=options)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, pool_size=_CONNECTIONS, connect_args={"timeout": busy_seconds})
    sa.event.listen(engine, "connect", lambda connection, _: _set_up_sqlite(connection, busy_seconds))
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, busy_seconds: float) -> None:
    """Let readers work during a write, and sync every commit to disk, which WAL mode alone does not."""
    # Python's default would begin transactions at the first write instead of the first read.
    connection.isolation_level = None
    with closing(connection.cursor()) as cursor:
        deadline = time.monotonic() + busy_seconds
        while True:
            try:
                cursor.execute("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError as error:
                # Two processes may switch a new file at the same time; SQLite does not wait for this lock.
                if not _is_busy(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        cursor.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
