"""The service follows the models folder: it swaps without a failed request, and refuses what is not whole."""

import json
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from service.current_model import RETRY_SECONDS, CurrentModel
from tests.conftest import Service, serving, wait_until
from tests.service.requests import batch, single
from tests.training.publisher import publish
from training.store.model_store import ModelStore


def refused(service: Service) -> list[dict[str, str]]:
    answer: list[dict[str, str]] = service.client.get("/readyz").raise_for_status().json()["refused"]
    return answer


def first_views(service: Service) -> float:
    return float(service.predict(single()).raise_for_status().json()["forecast"][0]["views"])


def test_a_new_version_is_taken_over_without_a_restart(running: Service, models: Path) -> None:
    before = first_views(running)
    version = publish(models, 2)
    wait_until(lambda: running.version() == version)
    assert running.client.get("/model").json()["version"] == version
    assert running.predict(single()).json()["model"] == version
    assert first_views(running) != before


def test_going_back_is_followed_too(running: Service, models: Path) -> None:
    first = running.version()
    second = publish(models, 2)
    wait_until(lambda: running.version() == second)
    ModelStore(models).roll_back()
    wait_until(lambda: running.version() == first)


def test_no_request_fails_while_versions_follow_each_other(running: Service, models: Path) -> None:
    ended = threading.Event()

    def ask() -> set[tuple[int, str]]:
        with httpx.Client(base_url=running.url, timeout=300) as client:
            seen = set()
            while not ended.is_set():
                answer = client.post("/predict", json=batch(3))
                seen.add((answer.status_code, answer.json().get("model", "")))
            return seen

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        try:
            versions = [running.version()]
            for seed in range(2, 12):
                versions.append(publish(models, seed))
                wait_until(lambda: running.version() == versions[-1])
        finally:
            ended.set()
        seen = set().union(*(future.result() for future in asking))
    assert {status for status, _ in seen} == {200}
    assert {model for _, model in seen} <= set(versions)
    assert versions[-1] in {model for _, model in seen}


@pytest.mark.parametrize("damage", ["truncated", "altered", "foreign", "missing", "manifest"])
def test_a_damaged_version_is_refused_and_the_last_good_one_goes_on(
    running: Service, models: Path, damage: str
) -> None:
    good, before = running.version(), first_views(running)
    bad = publish(models / "elsewhere", 2)
    model = models / "elsewhere" / bad / "model.joblib"
    content = bytearray(model.read_bytes())
    if damage == "truncated":
        model.write_bytes(content[:-1])
    elif damage == "altered":
        content[len(content) // 2] ^= 1
        model.write_bytes(content)
    elif damage == "foreign":
        model.write_bytes((models / "elsewhere" / bad / "held_out.joblib").read_bytes())
    elif damage == "missing":
        model.unlink()
    else:
        (model.parent / "manifest.json").write_text("{")
    shutil.move(models / "elsewhere" / bad, models / bad)
    (models / "elsewhere" / "current").replace(models / "current")
    (refusal,) = wait_until(lambda: refused(running))
    assert refusal["name"] == bad
    assert bad in refusal["reason"]
    assert running.version() == good
    assert running.client.get("/model").json()["refused"] == [refusal]
    assert first_views(running) == before
    assert bad in running.log.read_text()


def test_damage_to_the_version_in_use_is_said_and_it_goes_on_from_memory(
    running: Service, models: Path
) -> None:
    version = running.version()
    (models / str(version) / "model.joblib").write_bytes(b"damaged")
    wait_until(lambda: refused(running))
    assert running.version() == version
    assert running.predict(single()).status_code == 200


def test_a_refused_version_is_taken_over_once_it_is_mended(running: Service, models: Path) -> None:
    good = (models / str(running.version()) / "model.joblib").read_bytes()
    (models / str(running.version()) / "model.joblib").write_bytes(b"")
    wait_until(lambda: refused(running))
    (models / str(running.version()) / "model.joblib").write_bytes(good)
    wait_until(lambda: not refused(running))


def test_a_version_that_could_not_be_read_is_tried_again_though_its_files_look_the_same(
    models: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = 0.0
    file = models / publish(models, 2) / "model.joblib"
    good, status = file.read_bytes(), file.stat()

    def write(content: bytes) -> None:
        """Write as when a disk answers otherwise: nothing but the content differs."""
        file.write_bytes(content)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    write(bytes(len(good)))
    current = CurrentModel(models, clock=lambda: now)
    current.look()
    first = current.loaded()
    now += RETRY_SECONDS
    current.look()
    assert [refusal.name for refusal in current.refused] == [file.parent.name]
    assert len([record for record in caplog.records if "refused" in record.message]) == 1
    write(good)
    now += RETRY_SECONDS - 1
    current.look()
    assert current.loaded() is first
    now += 1
    current.look()
    assert (current.loaded().manifest.version, current.refused) == (file.parent.name, ())


def test_a_service_that_starts_with_a_damaged_version_serves_the_last_good_one(models: Path) -> None:
    good = ModelStore(models).current_version()
    bad = publish(models, 2)
    (models / bad / "model.joblib").write_bytes(b"damaged")
    with serving(models) as service:
        assert service.version() == good
        assert [refusal["name"] for refusal in refused(service)] == [bad]


@pytest.mark.parametrize("pointer", [b"", b"../../etc\n", b"\xff\xfe", b"x" * 10_000])
def test_a_damaged_pointer_is_refused(running: Service, models: Path, pointer: bytes) -> None:
    good = running.version()
    (models / "current").write_bytes(pointer)
    (refusal,) = wait_until(lambda: refused(running))
    assert refusal["name"] == "current"
    assert running.version() == good


def test_a_service_without_a_model_says_how_to_make_one_and_takes_the_first_one_over(tmp_path: Path) -> None:
    models = tmp_path / "models"
    with serving(models) as service:
        for answer in (
            service.client.get("/readyz"),
            service.client.get("/model"),
            service.predict(single()),
        ):
            assert answer.status_code == 503
            assert answer.headers["content-type"] == "application/problem+json"
            assert "python -m training fit" in answer.json()["detail"]
        assert service.client.get("/healthz").json() == {"status": "alive"}
        version = publish(models, 1)
        wait_until(lambda: service.version() == version)
        assert service.predict(single()).status_code == 200


def test_the_manifest_of_the_model_in_use_is_told(service: Service) -> None:
    manifest = service.client.get("/model").json()
    (published,) = ModelStore(service.models).versions()
    assert manifest.pop("refused") == []
    assert manifest["history"]["sha256"] == published.history.sha256
    assert manifest["files"] == published.files
    assert manifest["scores"] == json.loads(published.to_json())["scores"]
