"""The archive: what was added is there, for every process, also after a crash."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, wait_until
from tests.training.histories import NAN, histories, series
from training.database.histories import Archive, ArchiveError
from training.history.files import History, HistoryError

HISTORY = History((series("a", "2026-01-01", 1, NAN, 3), series("b, or 'not'", "2026-01-02", 0.5)))


@pytest.fixture(scope="module")
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
        Archive(url).close()
    except ArchiveError:
        return False
    return True


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty archive's."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/archive.sqlite"
    server: str = request.getfixturevalue("postgresql")
    engine = sa.create_engine(server)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS views, series"))
    engine.dispose()
    return server


@pytest.fixture
def archive(url: str) -> Iterator[Archive]:
    with closing(Archive(url)) as opened:
        yield opened


@pytest.fixture
def in_file(tmp_path: Path) -> Iterator[Archive]:
    with closing(Archive(f"sqlite:///{tmp_path}/archive.sqlite")) as opened:
        yield opened


def kept(url: str) -> History:
    """What the archive holds, as a newcomer sees it."""
    with closing(Archive(url)) as archive:
        return archive.history()


def test_an_archive_begins_empty(archive: Archive) -> None:
    assert archive.history() == History(())


def test_what_was_added_is_read_back_by_another(url: str, archive: Archive) -> None:
    assert archive.add(HISTORY) == 3
    assert kept(url) == HISTORY


def test_a_later_count_takes_the_earlier_ones_place_and_a_gap_takes_none(archive: Archive) -> None:
    archive.add(HISTORY)
    archive.add(HISTORY)
    later = History((series("a", "2026-01-01", 10, NAN, NAN, 4), series("c", "2020-01-01", 7)))
    assert archive.add(later) == 3
    assert archive.history() == History(
        (series("a", "2026-01-01", 10, NAN, 3, 4), HISTORY.series[1], series("c", "2020-01-01", 7))
    )


def test_days_before_the_first_are_added_too(archive: Archive) -> None:
    archive.add(History((series("a", "2026-01-03", 3),)))
    archive.add(History((series("a", "2026-01-01", 1),)))
    assert archive.history().series == (series("a", "2026-01-01", 1, NAN, 3),)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(added=st.lists(histories(), max_size=3))
def test_the_archive_is_the_merge_of_what_was_added(added: list[History], tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    path.unlink(missing_ok=True)
    merged = History(())
    with closing(Archive(f"sqlite:///{path}")) as archive:
        for history in added:
            try:
                merged = merged.merge(history)
            except HistoryError:
                with pytest.raises(HistoryError, match="more than 100 years"):
                    archive.add(history)
            else:
                archive.add(history)
        assert archive.history() == merged


def test_a_history_that_makes_a_series_too_long_is_refused_whole(archive: Archive) -> None:
    archive.add(History((series("a", "1920-01-01", 1),)))
    with pytest.raises(
        HistoryError, match='series "a", with what is kept already, would go from 1920-01-01 to 2026'
    ):
        archive.add(HISTORY)
    assert archive.history().names() == ("a",)
    assert archive.history().n_rows == 1


def test_a_few_counts_cannot_ask_for_gigabytes_of_gaps(archive: Archive) -> None:
    names = [f"{n}" for n in range(300)]
    archive.add(History(tuple(series(name, "1950-01-01", 1) for name in names)))
    with pytest.raises(HistoryError, match="with what is kept already, 600 counts are spread over"):
        archive.add(History(tuple(series(name, "2049-01-01", 1) for name in names)))
    assert archive.history().n_rows == 300


WRITER = """
import sys
from tests.training.histories import series
from training.database.histories import Archive
from training.history.series import History

url, name = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
archive = Archive(url)
for day in range(1, 21):
    archive.add(History((series(name, f"2026-01-{day:02}", day), series("shared", f"2026-01-{day:02}", day))))
    archive.history()
    print(day, flush=True)
"""


class Writer:
    """A process that makes the archive and adds twenty days one by one, as soon as it is told to."""

    def __init__(self, url: str, name: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WRITER, url, name], cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.next_line() == "ready"

    def next_line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> list[str]:
        """Wait for the end, and give the days that were acknowledged and not yet read."""
        # communicate() would read past what readline has buffered.
        with self._process:
            assert self._process.stdout is not None
            return self._process.stdout.read().split()


def test_several_processes_make_and_write_and_read_one_archive_at_once(url: str) -> None:
    writers = [Writer(url, f"series {n}") for n in range(4)]
    for writer in writers:
        writer.go()
    days = list(range(1, 21))
    assert [writer.end() for writer in writers] == [[str(day) for day in days]] * 4
    history = kept(url)
    assert history.names() == ("series 0", "series 1", "series 2", "series 3", "shared")
    assert all(one.views.tolist() == days for one in history.series)


@pytest.mark.parametrize("n_acknowledged", [1, 5, 15])
def test_what_was_acknowledged_outlives_a_killed_process(url: str, n_acknowledged: int) -> None:
    writer = Writer(url, "a")
    writer.go()
    acknowledged = [writer.next_line() for _ in range(n_acknowledged)]
    writer.kill()
    acknowledged += writer.end()
    history = kept(url)
    for one in history.series:
        assert one.views.tolist()[: len(acknowledged)] == [float(day) for day in acknowledged]
    assert len({one.n_known for one in history.series}) == 1, "an addition is kept whole or not at all"


def test_sqlite_syncs_every_commit_and_lets_readers_go_on(in_file: Archive, tmp_path: Path) -> None:
    with in_file._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


def test_a_reader_is_not_held_up_by_a_writer(in_file: Archive, tmp_path: Path) -> None:
    in_file.add(HISTORY)
    with closing(sqlite3.connect(tmp_path / "archive.sqlite")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM views")
        assert in_file.history() == HISTORY
        assert kept(f"sqlite:///{tmp_path}/archive.sqlite") == HISTORY


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("archive.sqlite", "archive archive.sqlite: Could not parse SQLAlchemy URL"),
        (
            "mysql://me:secret@host/db",
            r"archive mysql://me:\*\*\*@host/db: only sqlite and postgresql are supported",
        ),
        ("postgresql+nodriver://me:secret@host/db", r"archive postgresql\+nodriver://me:\*\*\*@host/db: "),
        (
            "sqlite:////dev/null/archive.sqlite",
            "archive sqlite:////dev/null/archive.sqlite: .*Not a directory|File exists",
        ),
    ],
)
def test_an_archive_that_cannot_be_opened_is_named_without_its_password(url: str, message: str) -> None:
    with pytest.raises(ArchiveError, match=message) as error:
        Archive(url)
    assert "secret" not in str(error.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    path.write_bytes(b"series,date,views\n" * 1000)
    with pytest.raises(ArchiveError, match=r"archive\.sqlite: file is not a database"):
        Archive(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"series,date,views")


def test_an_archive_that_cannot_be_written_says_so(in_file: Archive, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "archive.sqlite")) as connection:
        connection.execute("DROP TABLE views")
    with pytest.raises(ArchiveError, match="no such table: views"):
        in_file.add(HISTORY)
