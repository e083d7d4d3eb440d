"""Versions over HTTP: listed, looked at, activated, rolled back, deleted; the service follows by itself."""

from pathlib import Path

import pytest

from tests.conftest import Service, wait_until
from tests.training.publisher import publish
from training.store.model_store import ModelStore


@pytest.fixture
def versions(running: Service, models: Path) -> list[str]:
    """The names of four versions, oldest first, each activated in its turn."""
    return [str(running.version()), *(publish(models, seed) for seed in (2, 3, 4))]


def names(service: Service) -> list[str]:
    return [version["version"] for version in service.client.get("/models").json()["versions"]]


def test_versions_are_listed_latest_first_with_the_current_one(running: Service, versions: list[str]) -> None:
    listed = running.client.get("/models").raise_for_status().json()["versions"]
    assert [version["version"] for version in listed] == versions[::-1]
    assert [version["is_current"] for version in listed] == [True, False, False, False]
    assert listed[0]["history"]["series"] == 1
    assert listed[0]["verdict"]["took_over"] is True
    assert listed[0]["refused"] is None


def test_a_version_that_is_not_sound_is_listed_with_the_reason(
    running: Service, models: Path, versions: list[str]
) -> None:
    (models / versions[1] / "manifest.json").write_text("{")
    listed = {version["version"]: version for version in running.client.get("/models").json()["versions"]}
    assert "manifest.json is refused" in listed[versions[1]]["refused"]
    assert listed[versions[1]]["created"] is None
    answer = running.client.post(f"/models/{versions[1]}/activate")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:viewcast:version-refused")


def test_a_version_can_be_looked_at(running: Service, models: Path, versions: list[str]) -> None:
    manifest = running.client.get(f"/models/{versions[0]}").raise_for_status().json()
    assert manifest["version"] == versions[0]
    assert manifest["files"] == ModelStore(models).manifest(versions[0]).files


def test_a_report_is_a_page_that_may_run_nothing(service: Service) -> None:
    (name,) = names(service)
    page = service.client.get(f"/models/{name}/report").raise_for_status()
    assert page.headers["content-type"].startswith("text/html")
    assert "sandbox" in page.headers["content-security-policy"]
    assert name in page.text


def test_a_version_without_a_report_is_said(running: Service, versions: list[str]) -> None:
    answer = running.client.get(f"/models/{versions[0]}/report")
    assert answer.status_code == 404
    assert "without a report" in answer.json()["detail"]


def test_activating_and_rolling_back_is_followed(running: Service, versions: list[str]) -> None:
    activated = running.client.post(f"/models/{versions[0]}/activate").raise_for_status().json()
    assert activated["version"] == versions[0]
    wait_until(lambda: running.version() == versions[0])
    back = running.client.post("/models/rollback").raise_for_status().json()
    assert back["version"] == versions[3]
    wait_until(lambda: running.version() == versions[3])


def test_rolling_back_further_than_there_are_versions_is_refused(service: Service) -> None:
    answer = service.client.post("/models/rollback")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:viewcast:version-refused")
    assert "no earlier version" in answer.json()["detail"]


def test_an_old_version_is_deleted_and_the_current_one_and_the_one_before_stay(
    running: Service, versions: list[str]
) -> None:
    assert running.client.delete(f"/models/{versions[0]}").status_code == 204
    assert names(running) == versions[:0:-1]
    for name in versions[2:]:
        answer = running.client.delete(f"/models/{name}")
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:viewcast:version-in-use")
    assert names(running) == versions[:0:-1]


@pytest.mark.parametrize("name", ["2026-11-24T08-00-00Z-000000", "nothing", "%2e%2e%2fcurrent"])
def test_a_version_that_there_is_not_is_404(service: Service, name: str) -> None:
    for method, path in ("GET", ""), ("GET", "/report"), ("POST", "/activate"), ("DELETE", ""):
        assert service.client.request(method, f"/models/{name}{path}").status_code == 404
