"""Migrations: a database of any earlier release is brought to this one's tables, with everything in it."""

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tests.training.histories import NAN, series
from training.database.copying import copy
from training.database.engine import Database, DatabaseError
from training.database.histories import Histories
from training.database.revisions import MIGRATIONS, NEWEST
from training.database.tables import TABLES
from training.database.uploads import Uploads
from training.history.files import History

# As the first release made them, on both.
FIRST_RELEASE = """
CREATE TABLE series (id {id} NOT NULL, name VARCHAR NOT NULL, first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL, PRIMARY KEY (id), UNIQUE (name));
CREATE TABLE views (series_id {int} NOT NULL, day INTEGER NOT NULL, views DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (series_id, day), FOREIGN KEY(series_id) REFERENCES series (id)) {rowid};
CREATE TABLE events (series_id {int} NOT NULL, event VARCHAR NOT NULL, day INTEGER NOT NULL,
  value DOUBLE PRECISION NOT NULL, PRIMARY KEY (series_id, event, day),
  FOREIGN KEY(series_id) REFERENCES series (id)) {rowid};
INSERT INTO series (name, first_day, last_day) VALUES ('a', 20454, 20456), ('it''s b', 20454, 20454);
INSERT INTO views VALUES (1, 20454, 1), (1, 20456, 3.5), (2, 20454, 0);
INSERT INTO events VALUES (1, 'campaign', 20455, 2)
"""


def make_first_release(url: str) -> None:
    types = (
        {"id": "INTEGER", "int": "INTEGER", "rowid": "WITHOUT ROWID"}
        if url.startswith("sqlite")
        else {"id": "BIGSERIAL", "int": "BIGINT", "rowid": ""}
    )
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in FIRST_RELEASE.format(**types).split(";"):
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_database_of_the_first_release_keeps_everything(url: str) -> None:
    make_first_release(url)
    with closing(Database(url)) as database:
        assert database.migrated_from is None
        history = Histories(database).all(["campaign"])
        assert history.series == (series("a", "2026-01-01", 1, NAN, 3.5), series("it's b", "2026-01-01", 0))
        assert [(event.days.tolist(), event.values.tolist()) for event in history.events["a"].values()] == [
            ([20455], [2.0])
        ]
        # It goes on from there: numbers of series do not collide.
        Uploads(database).add(
            History((series("c", "2026-01-01", 9), series("a", "2026-01-02", 2))), "new.csv"
        )
        assert Histories(database).all().series[0] == series("a", "2026-01-01", 1, 2, 3.5)
    with closing(Database(url)) as database:
        assert database.migrated_from == NEWEST


def test_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), TABLES) == []


def test_the_newest_revision_is_the_one_that_the_code_knows() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == NEWEST


def test_a_migration_that_fails_leaves_everything_as_it_was(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_first_release(url)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE changes (mine INTEGER)")  # in the way of the third revision
    with pytest.raises(DatabaseError, match="already exists"):
        Database(url)
    with engine.begin() as connection:
        tables = sa.inspect(connection).get_table_names()
        assert sorted(tables) == ["changes", "events", "series", "views"]
        connection.exec_driver_sql("DROP TABLE changes")
    engine.dispose()
    with closing(Database(url)) as database:
        assert Histories(database).all().names() == ("a", "it's b")


def test_a_database_of_a_newer_release_is_refused(database: Database, url: str) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '999'")
    with pytest.raises(DatabaseError, match="its tables are of a newer release"):
        Database(url)


def test_everything_is_copied_from_one_kind_of_database_to_the_other(
    database: Database, tmp_path: Path
) -> None:
    history = History((series("a", "2026-01-01", 1, NAN, 3), series("b", "2026-01-01", 2)))
    Uploads(database).add(history, "views.csv")
    with closing(Database(f"sqlite:///{tmp_path}/copy.sqlite")) as other:
        Uploads(other).add(History((series("gone", "2026-01-01", 1),)), "old.csv")
        copy(database, other)
        assert Histories(other).all() == history
        copy(other, database)
    assert Histories(database).all() == history
    # New rows get numbers of their own.
    assert Uploads(database).add(History((series("c", "2026-01-01", 9),)), "new.csv").id == 2
    assert Histories(database).all().names() == ("a", "b", "c")
