"""What the service says of its own troubles tells nobody where files lie or how its database is opened."""

from pathlib import Path

import httpx
import pytest

from tests.conftest import Service, serving
from tests.service.requests import LAST_DATE, WEEK
from training.database.engine import Database, DatabaseError

HISTORY = {"id": "a", "views": WEEK, "last_date": LAST_DATE}


def is_closed(answer: httpx.Response, models: Path) -> bool:
    """Whether an answer is a 503 that says nothing of paths and passwords."""
    assert answer.status_code == 503, answer.text
    return not any(secret in answer.text for secret in (str(models.parent), "sqlite", "secret", "db.example"))


@pytest.mark.parametrize(
    "archive",
    [
        "sqlite:////proc/nowhere/archive.sqlite",
        "postgresql+psycopg://views:secret@127.0.0.1:1/db.example?connect_timeout=2",
        "postgresql+psycopg://127.0.0.1:1/db.example?user=views&password=secret&connect_timeout=2",
    ],
)
def test_a_database_that_cannot_be_used_is_named_in_the_log_alone(models: Path, archive: str) -> None:
    with serving(models, archive=archive) as service:
        for answer in (
            service.client.get("/series"),
            service.client.post("/retrain", json=HISTORY),
            service.predict({"id": "a"}),
        ):
            assert is_closed(answer, models)
            assert answer.headers["retry-after"]
        log = service.log.read_text()
    assert "archive " in log
    assert "secret" not in log


def test_a_model_that_cannot_be_read_is_refused_without_its_path(models: Path) -> None:
    (version,) = [path for path in models.iterdir() if (path / "model.joblib").exists()]
    manifest = version / "manifest.json"
    manifest.unlink()
    manifest.mkdir()
    with serving(models) as service:
        answer = service.client.get("/readyz")
        assert is_closed(answer, models)
        assert version.name in answer.json()["detail"]
        assert str(models.parent) not in service.client.get("/models").text


def test_a_models_folder_that_cannot_be_changed_is_said_by_every_route_that_would(running: Service) -> None:
    (running.models / "current").unlink()
    (running.models / "current").mkdir()
    version = running.client.get("/models").json()["versions"][0]["version"]
    answer = running.client.post(f"/models/{version}/activate")
    assert is_closed(answer, running.models)
    assert "the models folder cannot be written" in answer.json()["detail"]


def test_a_password_in_the_query_of_a_url_is_not_shown() -> None:
    with pytest.raises(DatabaseError) as error:
        Database("postgresql+nodriver://db.example.org/views?user=me&password=secret")
    assert "secret" not in str(error.value)
    assert "db.example" not in error.value.public
