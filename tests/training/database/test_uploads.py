"""Uploads: each says what it changed, what looks like a mistake is refused, a repeated one does nothing."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.training.histories import NAN, series
from training.database import event_rows
from training.database.engine import Database
from training.database.event_rows import events_of
from training.database.histories import Histories
from training.database.undo import UnknownUploadError, undo
from training.database.uploads import (
    IdempotencyKey,
    KeyReusedError,
    ReplacesMostError,
    Upload,
    Uploads,
)
from training.history.events import EventDays, Events
from training.history.files import History
from training.history.series import Series
from training.model.windows import Float64

DAYS = [float(day) for day in range(1, 21)]


def history(*views: float, name: str = "a", first: str = "2026-01-01") -> History:
    return History((series(name, first, *views),))


def add(database: Database, added: History, **more: object) -> Upload:
    return Uploads(database).add(added, "test.csv", **more)  # type: ignore[arg-type]


def counted(upload: Upload) -> tuple[int, int, int]:
    return upload.n_new, upload.n_changed, upload.n_unchanged


def test_an_upload_says_which_days_were_new_which_changed_and_which_were_there(database: Database) -> None:
    assert counted(add(database, history(*DAYS))) == (20, 0, 0)
    assert counted(add(database, history(*DAYS))) == (0, 0, 20)
    assert counted(add(database, history(19, 20.5, NAN, 22, first="2026-01-19"))) == (1, 1, 1)


def test_an_upload_that_would_change_most_of_a_series_is_refused_whole(database: Database) -> None:
    add(database, history(*DAYS))
    others = [day + 100 for day in DAYS[:11]]
    added = History((series("a", "2026-01-01", *others), series("b", "2026-01-01", 1)))
    with pytest.raises(
        ReplacesMostError, match='series "a": 11 of the 20 days that are kept of it would get'
    ) as refused:
        add(database, added)
    assert refused.value.advice("--replace").endswith("send them again with --replace")
    assert Histories(database).all() == history(*DAYS)


def test_it_is_kept_when_it_may_replace(database: Database) -> None:
    add(database, history(*DAYS))
    others = history(*[day + 100 for day in DAYS])
    assert counted(add(database, others, may_replace=True)) == (0, 20, 0)
    assert Histories(database).all() == others


@pytest.mark.parametrize(("n_kept", "n_changed"), [(20, 10), (6, 6), (1, 1)])
def test_half_of_a_series_or_less_than_a_week_may_change(
    database: Database, n_kept: int, n_changed: int
) -> None:
    add(database, history(*DAYS[:n_kept]))
    assert add(database, history(*[day + 100 for day in DAYS[:n_changed]])).n_changed == n_changed


def test_metrics_of_one_name_are_kept_apart(database: Database) -> None:
    views, likes = series("a", "2026-01-01", 100), Series("a", *_day(7), "likes")
    add(database, History((views, likes)))
    assert Histories(database).all().series == (likes, views)


def _day(count: float) -> tuple[np.datetime64, Float64]:
    single = series("a", "2026-01-01", count)
    return single.first_date, single.views


def test_a_repeated_idempotency_key_gives_the_first_answer_and_does_nothing(database: Database) -> None:
    key = IdempotencyKey("k1", "abc")
    first = add(database, history(1), key=key)
    add(database, history(2))
    again = add(database, history(1), key=key)
    assert again == first
    assert again.is_repeated
    assert Histories(database).all() == history(2)


def test_an_idempotency_key_is_refused_with_another_request(database: Database) -> None:
    add(database, history(1), key=IdempotencyKey("k1", "abc"))
    with pytest.raises(KeyReusedError, match='the idempotency key "k1" came at 20'):
        add(database, history(2), key=IdempotencyKey("k1", "def"))
    assert Histories(database).all() == history(1)


def test_uploads_are_listed_newest_first(database: Database) -> None:
    ids = [add(database, history(day)).id for day in range(3)]
    assert [upload.id for upload in Uploads(database).newest(2)] == [ids[2], ids[1]]


def test_after_ninety_days_an_upload_can_no_longer_be_undone(database: Database) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    old = Uploads(database, lambda: now).add(history(1), "old.csv")
    Uploads(database, lambda: now + timedelta(days=91)).add(history(2), "new.csv")
    with pytest.raises(UnknownUploadError, match=f"there is no upload {old.id} to be taken back"):
        undo(database, old.id)


def campaigns(n_series: int, value: float) -> History:
    """Series with a day of an event each."""
    on_a_day = {"campaign": EventDays(np.array([20454]), np.array([value]))}
    names = [f"{n:04}" for n in range(n_series)]
    return History(tuple(series(name, "2026-01-01", 5) for name in names), (), dict.fromkeys(names, on_a_day))


def test_of_events_those_of_the_series_in_an_upload_are_read_and_no_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, campaigns(1200, 1))
    n_read = []

    def counting(*arguments: object) -> Events:
        read = events_of(*arguments)  # type: ignore[arg-type]
        n_read.append(len(read))
        return read

    monkeypatch.setattr(event_rows, "events_of", counting)
    add(database, campaigns(700, 2))
    assert sum(n_read) == 700
    undo(database)
    assert Histories(database).all(["campaign"]).events == campaigns(1200, 1).events
