"""What was forecast of kept series is remembered, meets the days that come, and is forgotten with time."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.current_model import CurrentModel
from service.database import ServiceDatabase
from service.kept_series import KNOWN_SECONDS, KeptSeries
from service.shadow import Shadow
from tests.conftest import Service, serving, wait_until
from tests.service.requests import LAST_DATE, views
from tests.training.jobs.test_triggers import keep_forecasts
from training.database.engine import Database
from training.database.erasure import forget
from training.database.tables import TRIGGERS
from training.database.uploads import Uploads
from training.history.series import History, Series


def put(service: Service, name: str, counts: list[Any], last_date: str = LAST_DATE) -> None:
    body = {"views": counts, "last_date": last_date}
    service.client.put(f"/series/{name}/days", json=body).raise_for_status()


def remembered(models: Path) -> list[Any]:
    with closing(sqlite3.connect(models / "archive.sqlite")) as connection:
        return connection.execute("SELECT last_day FROM forecasts").fetchall()


def test_forecasts_meet_the_days_that_come(running: Service) -> None:
    put(running, "met", views(60))
    running.predict({"id": "met", "horizon": 1, "levels": []})
    later = {"views": [views(1)[0], 10**9], "last_date": "2026-11-22"}

    def outside() -> Any:
        running.client.put("/series/met/days", json=later).raise_for_status()
        scores = running.client.get("/monitoring", params={"days": 3650}).raise_for_status().json()
        return scores if scores["outside"] else None

    # What is forecast is remembered a second later.
    wait_until(lambda: remembered(running.models))
    scores = wait_until(outside)
    assert (scores["overall"]["n_forecasts"], scores["overall"]["n_days"]) == (1, 2)
    assert [entry["id"] for entry in scores["series"]] == ["met"]
    assert scores["overall"]["drift"].keys() == {"level", "weekly_shape", "error"}
    (day,) = [entry for entry in scores["outside"] if entry["count"] == 10**9]
    assert (day["id"], day["date"], day["last_date"]) == ("met", "2026-11-22", LAST_DATE)
    (listed,) = running.client.get("/series").json()["series"]
    assert (listed["last_count"], listed["expected"]["last_date"]) == (10**9, LAST_DATE)
    assert listed["expected"]["intervals"]["95"] == pytest.approx(day["interval"], abs=0.01)


def test_forecasts_are_forgotten_with_time_and_with_their_series(models: Path) -> None:
    today = datetime.now(UTC).date()
    with serving(models) as running:
        for name, days_ago in (("old", 50), ("new", 40), ("gone", 1)):
            put(running, name, views(60), str(today - timedelta(days_ago)))
            running.predict({"id": name, "horizon": 1, "levels": []}).raise_for_status()
        wait_until(lambda: len(remembered(models)) == 3)
        running.client.delete("/series/gone").raise_for_status()
        assert len(remembered(models)) == 2
    with serving(models, forecast_days=45):
        wait_until(lambda: len(remembered(models)) == 1)


def test_a_deletion_that_finds_no_day_leaves_the_forecasts(running: Service) -> None:
    put(running, "gap", [*views(60), None, None, 5])
    running.predict({"id": "gap", "horizon": 1, "levels": []}).raise_for_status()
    wait_until(lambda: remembered(running.models))
    gap = {"from": "2026-11-18", "to": "2026-11-19"}
    assert running.client.delete("/series/gap", params=gap).status_code == 404
    assert len(remembered(running.models)) == 1


def test_a_forecast_that_cannot_be_stored_is_stored_when_it_is_made_again(running: Service) -> None:
    put(running, "locked", views(60))
    ask = {"id": "locked", "horizon": 1, "levels": []}
    with closing(sqlite3.connect(running.models / "archive.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        running.predict(ask).raise_for_status()
        wait_until(lambda: "forecasts are not remembered" in running.log.read_text())
    running.predict(ask).raise_for_status()
    wait_until(lambda: remembered(running.models))


def test_a_series_that_came_back_has_its_forecast_stored(models: Path) -> None:
    now = 0.0
    store = CurrentModel(models)
    store.look()
    database = ServiceDatabase(f"sqlite:///{models}/archive.sqlite")
    series = KeptSeries(database, store, Shadow(store.store, database), 30, clock=lambda: now)
    key = ("again", "views")
    for _ in range(2):
        add = Uploads(database.run_here(lambda opened: opened)).add
        add(History((Series("again", np.datetime64("2026-01-01"), np.arange(60.0)),)), "a test")
        series.recent([key], ())
        series.flush()
        assert len(remembered(models)) == 1
        database.run_here(lambda opened: forget(opened, key))
        assert len(remembered(models)) == 0
        now += KNOWN_SECONDS
        series.flush()  # as each second
    database.close()


def test_intervals_adapt_to_days_that_lay_outside(trained_models: Path, tmp_path: Path) -> None:
    shutil.copytree(trained_models, tmp_path / "models")
    with serving(tmp_path / "models") as running:
        put(running, "adapts", views(60))
        running.predict({"id": "adapts", "horizon": 1, "levels": []}).raise_for_status()
        wait_until(lambda: remembered(running.models))
        # Outside of both intervals on each of five days.
        later = [10**4, 10**5, 10**4, 10**5, 10**4]
        days = {"views": later, "last_date": "2026-11-25"}
        running.client.put("/series/adapts/days", json=days).raise_for_status()
        options = {"horizon": 7, "levels": [80, 95]}
        kept = running.predict({"id": "adapts", **options}).json()
        inline = running.predict({**days, "views": views(60) + later, **options}).json()
    # Tomorrow's intervals adapt to these days, and those of two weeks ahead to none of them.
    shares = 1 - np.arange(7) / 13
    for level, outside in ("80", 0.2), ("95", 0.05):
        for share, of_kept, of_inline in zip(shares, kept["forecast"], inline["forecast"], strict=True):
            assert of_kept["views"] == of_inline["views"]
            half_widths = (
                np.log1p(day["intervals"][level][1]) - np.log1p(day["views"]) for day in (of_kept, of_inline)
            )
            assert np.divide(*half_widths) == pytest.approx(
                np.exp(share * 0.05 * 5 * (1 - outside)), rel=1e-3
            )


def test_an_error_that_has_grown_starts_a_training(models: Path) -> None:
    """The errors of 47 mornings' forecasts double eleven days before yesterday, the last day that is kept."""
    url = f"sqlite:///{models}/archive.sqlite"
    first = datetime.now(UTC).date() - timedelta(54)
    hours_ago = (datetime.now(UTC) - timedelta(hours=7)).timestamp()
    with closing(Database(url)) as database:
        keep_forecasts(database, np.where(np.arange(47) < 34, 2.0, 4.0), str(first))
        with database.write() as connection:
            connection.execute(TRIGGERS.insert().values(cause="error-growth", last_look=hours_ago))

    def has_looked() -> bool:
        with closing(sqlite3.connect(models / "archive.sqlite")) as connection:
            ((last_look,),) = connection.execute("SELECT last_look FROM triggers").fetchall()
            return bool(last_look > hours_ago)

    with serving(models, error_growth=10) as running:
        wait_until(has_looked)
        assert running.client.get("/retrain").json()["jobs"] == []
    with closing(Database(url)) as database, database.write() as connection:
        connection.execute(TRIGGERS.update().values(last_look=hours_ago))
    with serving(models, error_growth=1.5) as running:
        (job,) = wait_until(lambda: running.client.get("/retrain").json()["jobs"])
        assert job["cause"] == "error-growth"
        running.client.delete(f"/retrain/{job['id']}").raise_for_status()
