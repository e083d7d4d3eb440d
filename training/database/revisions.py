"""Bringing the tables of a database to this release's, by the migrations in `migrations/`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import sqlalchemy as sa

# The newest revision in `migrations/versions`: known here, so that a database of this release is opened
# without loading alembic.
NEWEST = "9"
MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: sa.Engine, write: Callable[[], AbstractContextManager[sa.Connection]]) -> str | None:
    """Migrate the tables to the newest revision, all or nothing.

    Parameters
    ----------
    engine : the database's
    write : opens a transaction that nobody else writes beside

    Returns
    -------
    str or None
        The revision that they had; None when there was none: no tables, or those of the first release.

    Raises
    ------
    OSError
        When they are of a newer release; the engine names the database.
    """
    with engine.connect() as connection:
        before = _revision(connection)
    if before == NEWEST:
        return before
    if before is not None and int(before) > int(NEWEST):
        raise OSError(f"its tables are of a newer release (revision {before}); this one knows {NEWEST}")
    with write() as connection:
        if _revision(connection) != NEWEST:  # another process may have been quicker
            _upgrade(connection)
    return before


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return revision


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, NEWEST)
