"""The kept histories: what was added is there, for every process, also after a crash."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.training.histories import NAN, histories, parsed, series
from training.database.engine import Database, DatabaseError
from training.database.erasure import forget
from training.database.forecasts import Forecasts
from training.database.histories import Histories
from training.database.uploads import Upload, Uploads
from training.history.days import day_number
from training.history.files import History, HistoryError, Series
from training.history.series import DAY

HISTORY = History((series("a", "2026-01-01", 1, NAN, 3), series("b, or 'not'", "2026-01-02", 0.5)))


def add(database: Database, history: History) -> Upload:
    """Keep a history, whatever it replaces."""
    return Uploads(database).add(history, "test.csv", may_replace=True)


def kept(url: str) -> History:
    """What the archive holds, as a newcomer sees it."""
    with closing(Database(url)) as database:
        return Histories(database).all()


def test_the_intervals_of_a_series_adapt_to_how_its_last_forecast_did(database: Database) -> None:
    add(database, History((series("a", "2026-01-01", 10, 10), series("b", "2026-01-01", 10))))
    a, b = ("a", "views"), ("b", "views")
    last_day = day_number(np.datetime64("2026-01-02"))
    bands = np.array([[10.0] * 28, [8.0] * 28, [12.0] * 28, [5.0] * 28, [15.0] * 28])
    Forecasts(database).remember("v", {(a, last_day): bands}, {(a, last_day): ((1.5, 1.0), (2.0, 1.0))})
    recent = Histories(database).recent([a, b], 420)
    assert (recent[a].width_factors, recent[b].width_factors) == (None, None)
    add(database, History((series("a", "2026-01-03", 13, NAN, 16),)))
    recent = Histories(database).recent([a, b], 420)
    tomorrow, later = recent[a].width_factors or ()
    assert tomorrow == pytest.approx((1.5 * np.exp(0.05 * 1.6), np.exp(0.05 * 0.9)))
    assert later == (2, 1)
    assert recent[b].width_factors is None


def test_later_intervals_adapt_to_what_was_forecast_two_weeks_before(
    database: Database,
) -> None:
    a, first = ("a", "views"), np.datetime64("2026-01-01")
    add(database, History((series("a", str(first), *[10] * 20),)))
    last_day = day_number(first) + 19
    bands = np.array([[10.0] * 28, [8.0] * 28, [12.0] * 28, [5.0] * 28, [15.0] * 28])
    made = dict.fromkeys([(a, last_day - 14), (a, last_day - 12), (a, last_day)], bands)
    Forecasts(database).remember("v", made, {(a, last_day): ((1.0, 1.0), (2.0, 1.0))})
    add(database, History((series("a", str(first + 20 * DAY), 10, 13),)))
    _, later = Histories(database).recent([a], 420)[a].width_factors or ()
    assert later == pytest.approx((2 * np.exp(0.03 * 0.8), np.exp(0.03 * -0.05)))


def test_an_archive_begins_empty(database: Database) -> None:
    assert Histories(database).all() == History(())


def test_what_was_added_is_read_back_by_another(url: str, database: Database) -> None:
    assert add(database, HISTORY).n_new == 3
    assert kept(url) == HISTORY


def test_a_later_count_takes_the_earlier_ones_place_and_a_gap_takes_none(database: Database) -> None:
    add(database, HISTORY)
    add(database, HISTORY)
    later = History((series("a", "2026-01-01", 10, NAN, NAN, 4), series("c", "2020-01-01", 7)))
    upload = add(database, later)
    assert (upload.n_new, upload.n_changed, upload.n_unchanged) == (2, 1, 0)
    assert Histories(database).all() == History(
        (series("a", "2026-01-01", 10, NAN, 3, 4), HISTORY.series[1], series("c", "2020-01-01", 7))
    )


def test_days_before_the_first_are_added_too(database: Database) -> None:
    add(database, History((series("a", "2026-01-03", 3),)))
    add(database, History((series("a", "2026-01-01", 1),)))
    assert Histories(database).all().series == (series("a", "2026-01-01", 1, NAN, 3),)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(added=st.lists(histories(), max_size=3))
def test_the_archive_is_the_merge_of_what_was_added(added: list[History], tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    path.unlink(missing_ok=True)
    merged = History(())
    with closing(Database(f"sqlite:///{path}")) as database:
        for history in added:
            try:
                merged = merged.merge(history)
            except HistoryError:
                with pytest.raises(HistoryError, match="more than 100 years"):
                    add(database, history)
            else:
                add(database, history)
        assert Histories(database).all() == merged


def test_a_history_that_makes_a_series_too_long_is_refused_whole(database: Database) -> None:
    add(database, History((series("a", "1920-01-01", 1),)))
    with pytest.raises(
        HistoryError, match='series "a", with what is kept already, would go from 1920-01-01 to 2026'
    ):
        add(database, HISTORY)
    assert Histories(database).all().names() == ("a",)
    assert Histories(database).all().n_rows == 1


def test_a_few_counts_cannot_ask_for_gigabytes_of_gaps(database: Database) -> None:
    names = [f"{n}" for n in range(300)]
    add(database, History(tuple(series(name, "1950-01-01", 1) for name in names)))
    with pytest.raises(HistoryError, match="with what is kept already, 600 counts are spread over"):
        add(database, History(tuple(series(name, "2049-01-01", 1) for name in names)))
    assert Histories(database).all().n_rows == 300


WRITER = """
import sys
from tests.training.histories import series
from training.database.engine import Database
from training.database.histories import Histories
from training.database.uploads import Uploads
from training.history.series import History

url, name = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
database = Database(url)
for day in range(1, 21):
    added = series(name, f"2026-01-{day:02}", day), series("shared", f"2026-01-{day:02}", day)
    Uploads(database).add(History(added), name)
    Histories(database).all()
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
    assert all(series.views.tolist() == days for series in history.series)


@pytest.mark.parametrize("n_acknowledged", [1, 5, 15])
def test_what_was_acknowledged_outlives_a_killed_process(url: str, n_acknowledged: int) -> None:
    writer = Writer(url, "a")
    writer.go()
    acknowledged = [writer.next_line() for _ in range(n_acknowledged)]
    writer.kill()
    acknowledged += writer.end()
    history = kept(url)
    for written in history.series:
        assert written.views.tolist()[: len(acknowledged)] == [float(day) for day in acknowledged]
    assert len({written.n_known for written in history.series}) == 1, (
        "an addition is kept whole or not at all"
    )


def test_sqlite_syncs_every_commit_and_lets_readers_go_on(in_file: Database, tmp_path: Path) -> None:
    with in_file._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


def test_a_reader_is_not_held_up_by_a_writer(in_file: Database, tmp_path: Path) -> None:
    add(in_file, HISTORY)
    with closing(sqlite3.connect(tmp_path / "archive.sqlite")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM counts")
        assert Histories(in_file).all() == HISTORY
        assert kept(f"sqlite:///{tmp_path}/archive.sqlite") == HISTORY


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("archive.sqlite", "archive whose URL cannot be read: Could not parse SQLAlchemy URL"),
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
    with pytest.raises(DatabaseError, match=message) as error:
        Database(url)
    assert "secret" not in str(error.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    path.write_bytes(b"series,date,views\n" * 1000)
    with pytest.raises(DatabaseError, match=r"archive\.sqlite: file is not a database"):
        Database(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"series,date,views")


def test_an_archive_that_cannot_be_written_says_so(in_file: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "archive.sqlite")) as connection:
        connection.execute("DROP TABLE counts")
    with pytest.raises(DatabaseError, match="no such table: counts"):
        add(in_file, HISTORY)


EVENTS = """\
series,date,views,campaign,uploads
a,2026-11-18,10,0,2
a,2026-11-19,12,1,
a,2026-11-22,,1,
b,2026-11-20,5,,
"""


def with_events(content: str, *events: str) -> History:
    return parsed(content, events=events)


def test_events_are_kept_and_those_that_are_asked_for_are_read(database: Database) -> None:
    history = with_events(EVENTS, "campaign", "uploads")
    add(database, history)
    assert Histories(database).all(["campaign", "uploads"]) == history
    assert Histories(database).all(["campaign"]) == with_events(EVENTS, "campaign")
    assert Histories(database).all(["unknown"]).events == {}


def test_newer_plans_take_the_place_of_older_ones(database: Database) -> None:
    older = with_events(EVENTS, "campaign")
    newer = with_events("series,date,views,campaign\na,2026-11-21,9,\na,2026-11-22,,0\n", "campaign")
    add(database, older)
    add(database, newer)
    assert Histories(database).all(["campaign"]).events == older.merge(newer).events


def test_the_last_days_of_a_series_are_read_by_its_name(database: Database) -> None:
    add(database, with_events(EVENTS, "campaign"))
    add(database, History((series("a", "2026-11-10", 1),)))
    recent = Histories(database).recent([("a", "views"), ("a", "likes"), ("c", "views")], 2, ["campaign"])
    assert recent.keys() == {("a", "views")}
    days, events, _ = recent["a", "views"]
    assert (days.counts.tolist(), days.last_day) == ([10, 12], day_number(np.datetime64("2026-11-19")))
    assert events["campaign"].values.tolist() == [0, 1, 1]


def test_series_are_listed_a_page_at_a_time(database: Database) -> None:
    names = [f"video {n}%" for n in range(5)]
    add(database, History(tuple(series(name, "2026-01-01", n, n) for n, name in enumerate(names))))
    add(database, History((Series("video 0%", np.datetime64("2026-01-01"), np.array([9.0]), "likes"),)))
    histories = Histories(database)
    page, n_all = histories.page(metric="views", order="-last_count", limit=2, offset=1)
    assert ([summary.name for summary in page], n_all) == (["video 3%", "video 2%"], 5)
    page, n_all = histories.page(search="O 0%")
    assert ([(summary.metric, summary.n_days, summary.last_count) for summary in page], n_all) == (
        [("likes", 1, 9), ("views", 2, 0)],
        2,
    )
    assert histories.summary(("video 1%", "views")) in histories.page()[0]
    assert histories.summary(("video 1%", "likes")) is None
    assert histories.metrics() == ["likes", "views"]


def test_all_series_are_read_by_name_a_few_at_a_time(database: Database) -> None:
    history = History(tuple(series(f"{n:03}", "2026-01-01", n) for n in range(250)))
    add(database, history)
    chunks = list(Histories(database).by_name(["views", "likes"]))
    assert [len(chunk) for chunk in chunks] == [100, 100, 50]
    assert [series for chunk in chunks for series in chunk] == list(history.series)


def test_forecasts_are_remembered_until_their_series_is_forgotten(database: Database) -> None:
    add(database, History((series("a", "2026-01-01", *range(10)),)))
    bands = np.arange(140.0).reshape(5, 28)
    Forecasts(database).remember("v", {(("a", "views"), 20454): bands, (("b", "views"), 20454): bands})
    Forecasts(database).remember("w", {(("a", "views"), 20454): bands + 1})
    ((kept,),) = Forecasts(database).since(20454)
    assert (kept.key, kept.model, kept.bands.tolist()) == (("a", "views"), "v", bands.tolist())
    forget(database, ("a", "views"))
    assert list(Forecasts(database).since(0)) == []
