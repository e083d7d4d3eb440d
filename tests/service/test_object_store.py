"""A service whose models are in an object store follows it, and outlives it."""

from pathlib import Path
from typing import Any

from tests.conftest import serving, wait_until
from tests.object_store import serving_objects
from tests.service.requests import single
from tests.training.publisher import publish_in
from training.store.signing import open_store


def test_the_service_follows_an_object_store_and_goes_on_without_it(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"archive": f"sqlite:///{tmp_path}/archive.sqlite", "state_folder": tmp_path}
    with serving_objects() as objects:
        store = open_store(objects.url, None)
        first = publish_in(store, 1)
        with serving(tmp_path / "unused", **settings, MODELS=objects.url) as service:
            assert service.version() == first
            second = publish_in(store, 2)
            wait_until(lambda: service.version() == second)
            assert service.client.post("/models/rollback").json()["version"] == first
            wait_until(lambda: service.version() == first)
            objects.is_down = True
            wait_until(lambda: service.client.get("/readyz").json()["refused"])
            assert service.predict(single()).json()["model"] == first
            answer = service.client.get("/models")
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:viewcast:no-archive")
            objects.is_down = False
            wait_until(lambda: not service.client.get("/readyz").json()["refused"])
            assert [entry["version"] for entry in service.client.get("/models").json()["versions"]] == [
                second,
                first,
            ]
    assert not (tmp_path / "unused").exists()
