"""A version forecasts along, unseen, and takes over by itself once it has proved better."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from service import shadow
from service.database import ServiceDatabase
from tests.conftest import Service, serving, wait_until
from tests.service.requests import views
from tests.training.publisher import publish
from training.evaluation.challenge import ChallengeScores
from training.store.challenging import end_challenge, set_challenger
from training.store.model_store import ModelStore

TODAY = datetime.now(UTC).date()
LAST_DAY = TODAY - timedelta(10)


@pytest.fixture
def versions(models: Path) -> list[str]:
    """Two versions, of which the second is current."""
    (first,) = ModelStore(models).version_names()
    return [first, publish(models, 2)]


def forecast_along(service: Service) -> None:
    """Keep a series, forecast it, and wait until both forecasts are remembered."""
    body = {"views": views(60), "last_date": str(LAST_DAY)}
    service.client.put("/series/video/days", json=body).raise_for_status()
    service.predict({"id": "video", "horizon": 1, "levels": []}).raise_for_status()

    def remembered() -> bool:
        with closing(sqlite3.connect(service.models / "archive.sqlite")) as connection:
            (n,) = connection.execute("SELECT count(*) FROM challenger_forecasts").fetchone()
            return bool(n)

    wait_until(remembered)


def what_forecasts(models: Path, version: str) -> list[float]:
    """Three days as a version forecasts them."""
    last = np.array([LAST_DAY], "datetime64[D]")
    forecast = ModelStore(models).load(version)[0].predict([np.array(views(60), float)], last, 3, ())
    return [float(count) for count in forecast.views[0, :, 0]]


@pytest.mark.parametrize("is_better", [True, False])
def test_a_challenger_takes_over_once_it_was_better(
    models: Path, versions: list[str], is_better: bool
) -> None:
    challenger, current = versions
    set_challenger(ModelStore(models), challenger, 3, TODAY - timedelta(20))
    with serving(models) as running:
        forecast_along(running)
        right = what_forecasts(models, challenger if is_better else current)
        days = {"views": right, "last_date": str(LAST_DAY + timedelta(3))}
        running.client.put("/series/video/days", json=days).raise_for_status()
        scores = running.client.get("/monitoring").raise_for_status().json()["challenger"]
        assert (scores["version"], scores["days"], scores["n_days"]) == (challenger, 3, 3)
        assert (scores["mae"] < scores["current_mae"]) == is_better
        assert running.version() == current
    with serving(models) as running:
        if is_better:
            wait_until(lambda: running.version() == challenger)
        taken_over = running.client.get("/monitoring").raise_for_status().json()["challenger"] is None
        assert taken_over == is_better


def test_a_challenge_begins_and_ends_over_http(running: Service, versions: list[str]) -> None:
    challenger, current = versions
    client = running.client
    assert client.post(f"/models/{current}/challenge").status_code == 409
    assert client.post("/models/2026-11-24T08-00-00Z-000000/challenge").status_code == 404
    begun = client.post(f"/models/{challenger}/challenge", params={"days": 7}).raise_for_status().json()
    assert begun == {"version": challenger, "since": str(TODAY), "days": 7}
    assert client.get("/monitoring").json()["challenger"]["n_days"] == 0
    assert client.delete(f"/models/{challenger}").status_code == 409
    assert client.delete("/models/challenger").status_code == 204
    assert client.get("/monitoring").json()["challenger"] is None


def test_a_challenger_is_not_pruned(running: Service, versions: list[str], models: Path) -> None:
    running.client.post(f"/models/{versions[0]}/challenge").raise_for_status()
    for seed in range(3, 30):
        publish(models, seed)
    assert versions[0] in ModelStore(models).version_names()
    assert versions[1] not in ModelStore(models).version_names()


def test_a_damaged_challenger_is_said_and_nothing_else_is_kept_from_working(
    running: Service, models: Path
) -> None:
    (models / "challenger.json").write_text('{"version": "../..", "since": "2026-01-01", "days": 1}')
    assert running.client.get("/monitoring").json()["challenger"] is None
    assert "challenger.json cannot be used" in running.log.read_text()
    publish(models, 2)


def test_a_challenge_that_is_ended_while_it_is_judged_changes_nothing(
    models: Path, versions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ModelStore(models)
    set_challenger(store, versions[0], 3, TODAY - timedelta(20))
    database = ServiceDatabase(f"sqlite:///{models}/archive.sqlite")
    database.run_here(lambda opened: None)

    def won_and_ended(*_: object) -> ChallengeScores:
        end_challenge(store)
        return ChallengeScores(n_days=99, mae=1.0, current_mae=2.0)

    monkeypatch.setattr(shadow, "scores_of", won_and_ended)
    shadow.Shadow(store, database).judge()
    database.close()
    assert store.current_version() == versions[1]
