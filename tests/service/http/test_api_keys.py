"""API keys: who is let in, to do what, with which series."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import Result

from service.http.api_keys import KeyFile, KeysError
from service.http.key_check import FAILURE_SECONDS, MOST_FAILURES, KeyCheck
from service.http.problems import ProblemError
from tests.command_lines import service_command
from tests.conftest import ROOT, Service, environment, serving, wait_until
from tests.service.requests import batch, single
from tests.training.publisher import publish

CSV = {"Content-Type": "text/csv"}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def keys_command(models: Path, *arguments: str, code: int = 0) -> Result:
    return service_command("keys", *arguments, code=code, VIEWCAST_MODELS=models)


def history(*names: str) -> bytes:
    rows = [f"{name},2026-11-{day:02d},{day}" for name in names for day in range(1, 20)]
    return "\n".join(["series,date,views", *rows]).encode()


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, dict[str, str]]]:
    """A service with keys: one for each scope, and one for the series of one client."""
    models = tmp_path_factory.mktemp("keyed") / "models"
    publish(models, 1)
    file = KeyFile(models)
    keys = {scope: file.create(scope, [scope]) for scope in ("predict", "write", "admin")}
    keys["client"] = file.create("client", ["predict", "write"], prefix="client/")
    with serving(models, host="0.0.0.0") as service:
        yield service, keys


@pytest.mark.parametrize(
    "headers",
    [{}, bearer("vc_00000000_x"), bearer("nonsense"), {"X-API-Key": ""}, {"Authorization": "Basic eDp5"}],
    ids=str,
)
def test_without_a_key_in_force_nobody_is_let_in(
    keyed: tuple[Service, dict[str, str]], headers: dict[str, str]
) -> None:
    answer = keyed[0].predict(single(), headers=headers)
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:viewcast:unauthorized"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert keyed[0].client.get("/healthz", headers=headers).status_code == 200
    assert keyed[0].client.get("/readyz", headers=headers).status_code == 200


def test_a_key_opens_what_its_scope_is_for_and_nothing_else(keyed: tuple[Service, dict[str, str]]) -> None:
    service, keys = keyed
    requests = {
        "predict": lambda headers: service.predict(single(), headers=headers),
        "write": lambda headers: service.client.post("/retrain", content=b"wrong", headers=CSV | headers),
        "admin": lambda headers: service.client.get("/metrics", headers=headers),
    }
    for needed, ask in requests.items():
        for scope in requests:
            answer = ask(bearer(keys[scope]))
            assert (answer.status_code == 403) is (scope != needed), (needed, scope, answer.text)
            if scope != needed:
                assert f"has not the scope {needed}" in answer.json()["detail"]
    assert service.predict(single(), headers={"X-API-Key": keys["predict"]}).status_code == 200


def test_a_key_is_confined_to_the_series_that_begin_with_its_prefix(
    keyed: tuple[Service, dict[str, str]],
) -> None:
    service, keys = keyed
    headers = bearer(keys["client"])
    mine, foreign = batch(2), batch(2)
    mine["series"][0]["id"], mine["series"][1]["id"] = "client/a", "client/b"
    foreign["series"][0]["id"] = "client/a"
    assert service.predict(mine, headers=headers).status_code == 200
    answer = service.predict(foreign, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("series[1].id does not begin with 'client/'")
    answer = service.client.post("/retrain", content=history("client/a", "other"), headers=CSV | headers)
    assert answer.status_code == 403
    lines = "\n".join(json.dumps({"id": name, **single()}) for name in ("client/a", "other"))
    kind = {"Content-Type": "application/x-ndjson"}
    answers = service.client.post("/predict", content=lines, headers=kind | headers).text.splitlines()
    assert "forecast" in json.loads(answers[0])
    assert json.loads(answers[1])["status"] == 403


def test_a_revoked_key_is_refused_by_the_running_service_and_a_rotated_one_replaced(models: Path) -> None:
    first = keys_command(models, "create", "deploy", "--scopes", "predict,write").stdout.strip()
    with serving(models) as service:
        assert service.predict(single(), headers=bearer(first)).status_code == 200
        second = keys_command(models, "rotate", first.split("_")[1]).stdout.strip()
        wait_until(lambda: service.predict(single(), headers=bearer(first)).status_code == 401)
        assert service.predict(single(), headers=bearer(second)).status_code == 200
        keys_command(models, "revoke", second.split("_")[1])
        wait_until(lambda: service.predict(single(), headers=bearer(second)).status_code == 401)
    listed = keys_command(models, "list").stdout.splitlines()
    assert len(listed) == 2
    assert all("deploy" in line and "revoked" in line for line in listed)
    assert not any(key.split("_", 2)[2] in (models / "keys.json").read_text() for key in (first, second))


def test_a_start_that_others_can_reach_without_a_key_is_refused_unless_it_is_meant(models: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "service"],
        cwd=ROOT,
        env=environment(models, host="0.0.0.0"),
        capture_output=True,
        text=True,
    )
    assert refused.returncode == 2
    assert "python -m service keys create" in refused.stderr
    assert "VIEWCAST_ALLOW_WITHOUT_KEY=true" in refused.stderr
    with serving(models, host="0.0.0.0", allow_without_key="true") as service:
        assert service.predict(single()).status_code == 200


@pytest.mark.parametrize("content", [b"", b"{}", b'[{"id": 1}]', b"[1]"])
def test_when_the_keys_are_damaged_nobody_is_let_in(models: Path, content: bytes) -> None:
    KeyFile(models).create("a", ["predict"])
    with serving(models) as service:
        (models / "keys.json").write_bytes(content)
        wait_until(lambda: service.predict(single()).status_code == 503)
        assert service.predict(single()).json()["type"] == "urn:viewcast:no-keys"
        assert service.client.get("/healthz").status_code == 200
        assert "keys.json cannot be read" in service.log.read_text()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("create", "a", "--scopes", "root"), "scopes are some of predict, write, admin"),
        (("revoke", "ffffffff"), "there is no key"),
        (("rotate", "ffffffff"), "there is no key"),
    ],
)
def test_a_command_that_cannot_be_followed_says_why(
    tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    assert reason in keys_command(tmp_path / "models", *arguments, code=1).stderr


def test_two_keys_in_force_never_have_the_same_name(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path, clock=lambda: datetime(2026, 11, 24, tzinfo=UTC))
    first = keys.create("a", ["predict"])
    with pytest.raises(KeysError, match="named 'a' already"):
        keys.create("a", ["predict"])
    keys.revoke(first.split("_")[1])
    keys.create("a", ["predict"])


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def status(check: KeyCheck, key: str, address: str = "192.0.2.1") -> str:
    """What becomes of a request: "in", or the kind of the problem."""
    scope = {"method": "POST", "path": "/predict", "client": (address, 1)}
    try:
        check.check(scope, {b"x-api-key": key.encode()})
    except ProblemError as problem:
        return problem.kind
    return "in"


def test_an_address_that_guesses_is_not_listened_to_for_a_minute(tmp_path: Path) -> None:
    clock = Clock()
    key = KeyFile(tmp_path).create("a", ["predict"])
    check = KeyCheck(KeyFile(tmp_path), clock=clock)
    assert [status(check, "vc_00000000_x") for _ in range(MOST_FAILURES)] == ["unauthorized"] * MOST_FAILURES
    assert status(check, key) == "too-many-requests"
    assert status(check, key, address="192.0.2.2") == "in"
    clock.now += FAILURE_SECONDS
    assert status(check, key) == "in"


def test_a_key_makes_as_many_requests_a_second_as_it_may(tmp_path: Path) -> None:
    clock = Clock()
    keys = [KeyFile(tmp_path).create(name, ["predict"]) for name in "ab"]
    check = KeyCheck(KeyFile(tmp_path), rate=5, clock=clock)
    assert [status(check, keys[0]) for _ in range(6)] == ["in"] * 5 + ["too-many-requests"]
    assert status(check, keys[1]) == "in"
    clock.now += 0.4
    assert [status(check, keys[0]) for _ in range(3)] == ["in", "in", "too-many-requests"]
