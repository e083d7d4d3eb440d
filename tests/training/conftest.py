"""What the tests of training share: open databases, and settings of hypothesis."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings

from training.database.engine import Database

# An example may take as long as a busy machine takes.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with closing(Database(url)) as opened:
        yield opened


@pytest.fixture
def in_file(tmp_path: Path) -> Iterator[Database]:
    """SQLite's."""
    with closing(Database(f"sqlite:///{tmp_path}/archive.sqlite")) as opened:
        yield opened
