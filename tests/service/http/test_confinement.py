"""Keys that are confined to the series of one client: no route tells them of another's, or changes those."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from service.http.api_keys import KeyFile
from tests.conftest import PATIENCE_SECONDS, Service, serving
from tests.service.requests import LAST_DATE, views
from tests.training.publisher import publish

MINE, FOREIGN = "client/mine", "other/secret"
# With what routes have after a name, such as /days, its path begins as the prefix does.
BARE = "client"
# Counts that would be recognised in any answer.
SECRET_COUNTS = [81726350 + day for day in range(60)]
BODY = {"views": views(60), "last_date": LAST_DATE}


class Keyed:
    """A service in which two clients have kept a series each, and a client of each key."""

    def __init__(self, service: Service, keys: dict[str, str]) -> None:
        self.service = service
        self.everybody, self.confined = (
            httpx.Client(base_url=service.url, headers={"X-API-Key": keys[name]}, timeout=PATIENCE_SECONDS)
            for name in ("everybody", "confined")
        )


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    models = tmp_path_factory.mktemp("confined") / "models"
    publish(models, 1)
    file = KeyFile(models)
    scopes = ["predict", "write", "admin"]
    keys = {"everybody": file.create("all", scopes), "confined": file.create("c", scopes, prefix="client/")}
    with serving(models) as service:
        fixture = Keyed(service, keys)
        foreign = {"views": SECRET_COUNTS, "last_date": LAST_DATE}
        for name, body in (MINE, BODY), (FOREIGN, foreign), ("Client/upper", foreign), (BARE, foreign):
            kept = fixture.everybody.put(path_of(name, "/days"), json=body, params={"metric": "views"})
            assert kept.status_code == 200, kept.text
            assert fixture.everybody.get(path_of(name, "/forecast")).status_code == 200
        liked = fixture.everybody.put(
            path_of(FOREIGN, "/days"), json=foreign, params={"metric": "secret likes"}
        )
        assert liked.status_code == 200
        yield fixture
        fixture.everybody.close()
        fixture.confined.close()


def path_of(name: str, more: str = "") -> str:
    return f"/series/{quote(name, safe='')}{more}"


def state(client: httpx.Client) -> Any:
    """Everything that is kept, and what there is of models."""
    versions = client.get("/models").json()["versions"]
    current = [entry["version"] for entry in versions if entry["is_current"]]
    return client.get("/series.csv").text, current, len(versions), client.get("/uploads").json()


def requests_of(keyed: Keyed) -> Iterator[httpx.Request]:
    """Each method of each path, with a foreign name or id wherever there is room for one."""
    document = keyed.everybody.get("/openapi.json").json()
    version = keyed.everybody.get("/models").json()["versions"][0]["version"]
    upload = keyed.everybody.get("/uploads").json()["uploads"][0]["upload"]
    places = {"version": version, "job_id": "0" * 32}
    paths = {**document["paths"], "/metrics": {"get": {}}, "/v1/nothing": {"get": {}}}
    single = {"id": FOREIGN, "horizon": 3}
    bodies: list[Any] = [
        single,
        {"series": [single]},
        {"id": FOREIGN, **BODY},
        {"series": [{"id": FOREIGN, **BODY}]},
    ]
    for path, item in paths.items():
        for method in item:
            names = [FOREIGN, "Client/upper", f"client/../{FOREIGN}", ""] if "{id}" in path else [""]
            for name in names:
                id_ = str(upload) if "/uploads" in path else quote(name, safe="")

                def inserted(place: re.Match[str], id_: str = id_) -> str:
                    return places.get(place[1], id_)

                target = re.sub(r"\{(\w+)\}", inserted, path)
                if method in ("get", "head", "delete"):
                    for query in {}, {"search": "secret"}, {"metric": "secret likes"}:
                        yield keyed.confined.build_request(method, target, params=query)
                    continue
                for body in bodies:
                    yield keyed.confined.build_request(method, target, json=body, params={"replace": "true"})
                    yield keyed.confined.build_request(method, target, json=body, params={"prefix": "other/"})
                csv = f"series,date,views\n{FOREIGN},2026-11-20,1\n"
                yield keyed.confined.build_request(
                    method, target, content=csv, headers={"Content-Type": "text/csv"}
                )


def test_no_route_tells_a_confined_key_of_foreign_series_or_changes_them(keyed: Keyed) -> None:
    before = state(keyed.everybody)
    statuses = set()
    for request in requests_of(keyed):
        answer = keyed.confined.send(request)
        where = f"{request.method} {request.url}"
        assert answer.status_code < 500 or answer.json()["type"] != "urn:viewcast:internal-error", where
        for secret in "8172635", "8172636", "secret likes":
            # Names of its own asking come back in what is said of them.
            assert secret not in answer.text or secret in str(request.url).replace("%20", " ").replace(
                "+", " "
            ), where
        if answer.status_code < 300 and b"secret" not in request.content and "secret" not in str(request.url):
            assert "secret" not in answer.text, where
        statuses.add(answer.status_code)
    assert {200, 403} <= statuses
    assert state(keyed.everybody) == before


def test_a_name_that_is_the_prefix_without_its_slash_is_foreign_on_every_route(keyed: Keyed) -> None:
    paths = keyed.everybody.get("/openapi.json").json()["paths"]
    routes = [(path, method) for path in paths if path.startswith("/series/{id}") for method in paths[path]]
    assert {("/series/{id}/forecast", "get"), ("/series/{id}/days", "put")} <= set(routes)
    before = state(keyed.everybody)
    for path, method in routes:
        for name in BARE, "%63lient":
            target = path.replace("{id}", name)
            body = None if method in ("get", "delete") else BODY
            answer = keyed.confined.request(method, target, json=body, params={"replace": "true"})
            assert answer.status_code == 403, f"{method} {target}: {answer.text}"
    assert state(keyed.everybody) == before


def test_a_confined_key_sees_its_own_series_everywhere(keyed: Keyed) -> None:
    client = keyed.confined
    listed = client.get("/series").json()
    assert ([entry["id"] for entry in listed["series"]], listed["total"]) == ([MINE], 1)
    lines = client.get("/series.csv").text.splitlines()
    assert lines[0] == "series,date,views"
    assert {line.split(",")[0] for line in lines[1:]} == {MINE}
    assert client.get("/monitoring").status_code == 200
    more = client.post(
        "/series", json={"series": [{"id": "client/more", "views": [1], "last_date": LAST_DATE}]}
    )
    assert more.status_code == 200
    assert client.delete(path_of("client/more")).status_code == 200


def test_two_clients_may_use_the_same_idempotency_key(keyed: Keyed) -> None:
    headers = {"Idempotency-Key": "2026-11-20"}
    assert (
        keyed.everybody.put(
            path_of(FOREIGN, "/days"), json=BODY | {"views": [SECRET_COUNTS[-1]]}, headers=headers
        ).status_code
        == 200
    )
    mine = keyed.confined.put(path_of(MINE, "/days"), json=BODY, headers=headers)
    assert mine.status_code == 200, mine.text
