"""What the tests of training share: open databases."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from training.database.engine import Database


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with closing(Database(url)) as opened:
        yield opened


@pytest.fixture
def in_file(tmp_path: Path) -> Iterator[Database]:
    """SQLite's."""
    with closing(Database(f"sqlite:///{tmp_path}/archive.sqlite")) as opened:
        yield opened
