"""Migrate the tables of a database to this release, with the migrations in `migrations/`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import sqlalchemy as sa

# The newest revision in `migrations/versions`. Stated here so that a database of this release can be opened
# without importing alembic.
NEWEST = "10"
MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: sa.Engine, write: Callable[[], AbstractContextManager[sa.Connection]]) -> str | None:
    """Migrate the tables to the newest revision, in one transaction.

    Parameters
    ----------
    engine : the engine of the database
    write : opens an exclusive write transaction

    Returns
    -------
    str or None
        The previous revision; None when there were no tables, or those of the first release.

    Raises
    ------
    OSError
        When the tables are of a newer release.
    """
    with engine.connect() as connection:
        before = _revision(connection)
    if before == NEWEST:
        return before
    if before is not None and int(before) > int(NEWEST):
        raise OSError(f"its tables are of a newer release (revision {before}); this one knows {NEWEST}")
    with write() as connection:
        if _revision(connection) != NEWEST:  # another process may have migrated them meanwhile
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
