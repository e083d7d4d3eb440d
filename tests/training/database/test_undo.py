"""Taking back: after an undo everything is as if the upload had never come; what is forgotten stays so."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, assume, given, settings

from tests.training.histories import NAN, day, histories, series
from training.database.engine import Database
from training.database.erasure import forget
from training.database.event_rows import events_of
from training.database.forecasts import Forecasts
from training.database.histories import Histories
from training.database.tables import FORECASTS
from training.database.undo import UndoError, UnknownUploadError, undo
from training.database.uploads import Upload, Uploads
from training.history.days import day_number
from training.history.files import History, HistoryError

TEN = History((series("a", "2026-01-01", *range(1, 11)),))


def add(database: Database, history: History) -> Upload:
    return Uploads(database).add(history, "test.csv", may_replace=True)


def kept(database: Database) -> History:
    return Histories(database).all()


def test_the_last_upload_is_taken_back_whole(database: Database) -> None:
    add(database, TEN)
    add(database, History((series("a", "2025-12-30", 7, 8, NAN, 9), series("b", "2026-01-01", 1))))
    undone = undo(database)
    assert (undone.n_new, undone.n_changed) == (3, 1)
    assert undone.undone is not None
    assert kept(database) == TEN
    undo(database)
    assert kept(database) == History(())


def test_what_was_forecast_from_days_that_are_taken_back_is_forgotten(database: Database) -> None:
    add(database, TEN)
    add(database, History((series("a", "2026-01-11", 99_999),)))
    forecasts, last_days = (
        Forecasts(database),
        [day_number(day(date)) for date in ("2026-01-10", "2026-01-11")],
    )
    for last_day, count in zip(last_days, (10.0, 90_000.0), strict=True):
        forecasts.remember("model", {(("a", "views"), last_day): np.full((5, 28), count)})
    undo(database)
    with database.read() as connection:
        assert connection.execute(sa.select(FORECASTS.c.last_day)).scalars().all() == [last_days[0]]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(first=histories(), second=histories())
def test_an_undo_brings_back_exactly_what_was_there(first: History, second: History, tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    path.unlink(missing_ok=True)
    with closing(Database(f"sqlite:///{path}")) as database:
        add(database, first)
        before = kept(database)
        try:
            add(database, second)
        except HistoryError:
            assume(False)
        undo(database)
        assert kept(database) == before


def test_an_earlier_upload_can_be_taken_back_when_later_ones_changed_other_series(database: Database) -> None:
    first = add(database, TEN)
    other = History((series("b", "2026-01-01", 1),))
    add(database, other)
    undo(database, first.id)
    assert kept(database) == other


def test_an_upload_that_a_later_one_went_on_from_is_not_taken_back(database: Database) -> None:
    first = add(database, TEN)
    second = add(database, History((series("a", "2026-01-11", 11),)))
    with pytest.raises(UndoError, match=f'upload {second.id} has changed the series "a" after'):
        undo(database, first.id)
    undo(database, second.id)
    undo(database, first.id)
    assert kept(database) == History(())


def test_an_upload_is_taken_back_once(database: Database) -> None:
    first = add(database, TEN)
    undo(database, first.id)
    with pytest.raises(UndoError, match=f"upload {first.id} was taken back already"):
        undo(database, first.id)
    with pytest.raises(UnknownUploadError, match="there is none that can be taken back"):
        undo(database)


def test_the_days_of_events_are_taken_back_too(database: Database) -> None:
    def events() -> object:
        return Histories(database).all(["campaign"]).events

    add(database, parsed_events("2026-01-01,5,1\n2026-01-02,6,1\n"))
    before = events()
    add(database, parsed_events("2026-01-02,6,0\n2026-01-03,7,3\n"))
    assert events() != before
    undo(database)
    assert events() == before


def parsed_events(rows: str) -> History:
    from training.history.files import ReadOptions, parse_history

    return parse_history(
        f"date,views,campaign\n{rows}".encode(), "views.csv", ReadOptions(events=("campaign",))
    )


def test_a_series_is_forgotten_with_all_of_its_days(database: Database) -> None:
    add(database, TEN)
    add(database, History((series("b", "2026-01-01", 1),)))
    assert forget(database, ("a", "views")) == 10
    assert kept(database).names() == ("b",)
    assert forget(database, ("a", "views")) == 0


def test_some_days_of_a_series_are_forgotten(database: Database) -> None:
    add(database, TEN)
    assert forget(database, ("a", "views"), day("2026-01-02"), day("2026-01-04")) == 3
    assert kept(database).series[0].views.tolist()[:1] == [1]
    assert np.isnan(kept(database).series[0].views[1:4]).all()
    assert forget(database, ("a", "views"), since=day("2026-01-05")) == 6
    assert kept(database) == History((series("a", "2026-01-01", 1),))


def test_what_is_forgotten_is_not_brought_back_by_an_undo(database: Database) -> None:
    add(database, TEN)
    add(database, History((series("a", "2026-01-01", *range(101, 111)),)))
    forget(database, ("a", "views"), until=day("2026-01-09"))
    undo(database)
    assert kept(database) == History((series("a", "2026-01-10", 10),))


def test_the_events_of_a_forgotten_series_are_not_brought_back_by_an_undo(database: Database) -> None:
    add(database, parsed_events("2026-01-01,5,1\n2026-01-02,6,1\n"))
    add(database, parsed_events("2026-01-02,6,0\n2026-01-03,7,3\n"))
    (only,) = kept(database).series
    assert forget(database, only.key) == 3
    undo(database)
    with database.read() as connection:
        assert events_of(connection, ["campaign"]) == {}
