"""`forget`, `undo` and `migrate`: what is kept is taken back from the command line."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.command_lines import training
from tests.training.histories import series
from training.database.engine import Database
from training.database.histories import Histories
from training.database.uploads import Uploads
from training.history.files import History

TEN = History((series("a", "2026-01-01", *range(1, 11)),))


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with ten days that came in at once, and an eleventh that came later."""
    url = f"sqlite:///{tmp_path}/archive.sqlite"
    with closing(Database(url)) as database:
        Uploads(database).add(TEN, "ten.csv")
        Uploads(database).add(History((series("a", "2026-01-10", 20, 11),)), "more.csv")
    return url


def kept(url: str) -> History:
    with closing(Database(url)) as database:
        return Histories(database).all()


def test_the_last_upload_is_taken_back(url: str) -> None:
    said = training("undo", VIEWCAST_ARCHIVE=url).stdout
    assert said.startswith("Upload 2 (more.csv, 20")
    assert said.endswith("1 days that it brought are gone, 1 have their earlier count again.\n")
    assert kept(url) == TEN


def test_an_upload_that_others_went_on_from_is_not_taken_back(url: str) -> None:
    assert "take the later one back first" in training("undo", 1, "--archive", url, code=1).stderr


def test_days_are_forgotten(url: str) -> None:
    ended = training("forget", "a", "--from", "2026-01-01", "--to", "2026-01-10", "--archive", url)
    assert ended.stdout == '10 days of "a" are forgotten.\n'
    assert kept(url) == History((series("a", "2026-01-11", 11),))


def test_a_series_that_is_not_kept_is_said(url: str) -> None:
    assert 'no such day of "b" is kept' in training("forget", "b", "--archive", url, code=2).stderr


def test_a_database_is_migrated(tmp_path: Path) -> None:
    models = tmp_path / "models"
    assert training("migrate", "--models", models).stdout.startswith("The database was brought up to date")
    assert training("migrate", "--models", models).stdout.startswith("The database is up to date")


def test_a_database_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "archive.sqlite").write_bytes(b"series,date,views\n" * 1000)
    assert "file is not a database" in training("migrate", "--models", tmp_path, code=1).stderr
