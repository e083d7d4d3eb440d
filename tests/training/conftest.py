"""What the tests of training share: databases to test on, and settings of hypothesis.

PostgreSQL's server is started where it is installed.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

from tests.conftest import wait_until
from training.database.engine import Database, DatabaseError

# An example may take as long as a busy machine takes.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server that is started for these tests."""
    programs = Path(os.path.realpath(shutil.which("postgres") or "/")).parent
    if not (programs / "initdb").exists() or find_spec("psycopg") is None:
        pytest.skip("PostgreSQL's server or psycopg is not installed")
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: it is part of a socket's name
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    if user:
        shutil.chown(folder, user)
    try:
        subprocess.run(
            [programs / "initdb", "-D", folder / "db", "-U", "viewcast", "-A", "trust"],
            user=user, cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        server = subprocess.Popen(
            [programs / "postgres", "-D", folder / "db", "-k", folder, "-c", "listen_addresses="],
            user=user, cwd=folder, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            url = f"postgresql+psycopg://viewcast@/postgres?host={folder}"
            wait_until(lambda: _answers(url))
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # does not wait for whoever is still connected
            server.wait(60)
    finally:
        shutil.rmtree(folder)


def _answers(url: str) -> bool:
    try:
        Database(url).close()
    except DatabaseError:
        return False
    return True


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database's."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/archive.sqlite"
    server: str = request.getfixturevalue("postgresql")
    engine = sa.create_engine(server)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return server


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with closing(Database(url)) as opened:
        yield opened


@pytest.fixture
def in_file(tmp_path: Path) -> Iterator[Database]:
    """SQLite's."""
    with closing(Database(f"sqlite:///{tmp_path}/archive.sqlite")) as opened:
        yield opened
