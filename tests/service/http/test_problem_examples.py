"""Problems are documented: the kinds that each route can have, with what the service truly says."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from service.http.api_keys import KeyFile
from service.http.problems import KINDS
from tests.conftest import PATIENCE_SECONDS, Service, serving
from tests.service.requests import LAST_DATE, WEEK, single
from tests.training.publisher import publish

JOB, VERSION = "0f8fad5bd9cb469fa16570867728950e", "2026-11-24T09-36-25Z-71e3ed"
JSON = {"Content-Type": "application/json"}


class Guarded:
    """A service with keys and a model, and how to have each kind of problem of it."""

    def __init__(self, service: Service, key: str, reader: str) -> None:
        self.service = service
        self.client = httpx.Client(base_url=service.url, headers={"X-API-Key": key}, timeout=PATIENCE_SECONDS)
        self.reader = {"X-API-Key": reader}

    def bare(self, request: bytes) -> dict[str, Any]:
        """Send bytes that no client would, and give the problem that is answered."""
        with socket.create_connection(
            ("127.0.0.1", self.service.port), timeout=PATIENCE_SECONDS
        ) as connection:
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        result: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
        return result

    def version(self) -> str:
        return str(self.client.get("/model").json()["version"])


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    models = tmp_path_factory.mktemp("problems") / "models"
    publish(models, 1)
    keys = KeyFile(models)
    key = keys.create("all", ["predict", "write", "admin"])
    reader = keys.create("reader", ["predict"])
    with serving(models, max_predict_bytes=16777216) as service:
        guarded = Guarded(service, key, reader)
        yield guarded
        guarded.client.close()


@pytest.fixture(scope="module")
def document(guarded: Guarded) -> dict[str, Any]:
    answer: dict[str, Any] = guarded.client.get("/openapi.json").json()
    return answer


def taken_back_twice(guarded: Guarded) -> httpx.Response:
    body = {"views": WEEK, "last_date": LAST_DATE}
    upload = guarded.client.put("/series/undone/days", json=body).json()["upload"]
    assert guarded.client.delete(f"/uploads/{upload}").status_code == 200
    return guarded.client.delete(f"/uploads/{upload}")


def replaced(guarded: Guarded) -> httpx.Response:
    body = {"views": WEEK, "last_date": LAST_DATE}
    assert guarded.client.put("/series/channel/days", json=body).status_code == 200
    refused = guarded.client.put("/series/channel/days", json={**body, "views": [day + 1 for day in WEEK]})
    assert guarded.client.delete("/series/channel").is_success
    return refused


def locked_out(guarded: Guarded) -> httpx.Response:
    """Send too many wrong keys: to a service of its own, which then refuses the address."""
    wrong = {"X-API-Key": "wrong"}
    with serving(guarded.service.models) as other:
        return [other.predict(single(), headers=wrong) for _ in range(11)][-1]


def predict(guarded: Guarded, content: str | bytes = b"{}", **headers: str) -> httpx.Response:
    return guarded.client.post("/predict", content=content, headers=JSON | headers)


WRONG_DAY = single(views=[1, 2, 3, -5, 5, 6, 7, 8])
# kind -> a request that has it
REQUESTS: dict[str, Callable[[Guarded], httpx.Response | dict[str, Any]]] = {
    "malformed-request": lambda guarded: guarded.bare(b"nonsense\r\n\r\n"),
    "malformed-body": lambda guarded: predict(guarded, '{"views": [1312, 1254'),
    "unauthorized": lambda guarded: httpx.post(
        f"{guarded.service.url}/predict", json=single(), timeout=PATIENCE_SECONDS
    ),
    "forbidden": lambda guarded: guarded.client.post("/retrain", headers=guarded.reader),
    "foreign-page": lambda guarded: guarded.client.post(
        "/retrain", headers={"Origin": "https://example.org"}
    ),
    "not-found": lambda guarded: guarded.client.get("/predictions"),
    "unknown-job": lambda guarded: guarded.client.get(f"/retrain/{JOB}"),
    "unknown-version": lambda guarded: guarded.client.get(f"/models/{VERSION}"),
    "unknown-series": lambda guarded: guarded.client.get("/series/channel"),
    "unknown-upload": lambda guarded: guarded.client.delete("/uploads/7"),
    "method-not-allowed": lambda guarded: guarded.client.get("/predict"),
    "version-in-use": lambda guarded: guarded.client.delete(f"/models/{guarded.version()}"),
    "version-refused": lambda guarded: guarded.client.post("/models/rollback"),
    "cannot-undo": taken_back_twice,
    "body-too-large": lambda guarded: predict(guarded, b" " * 16777217),
    "unsupported-content": lambda guarded: predict(guarded, **{"Content-Type": "image/png"}),
    "unknown-host": lambda guarded: predict(guarded, Host="attacker.example"),
    "invalid-input": lambda guarded: predict(guarded, json.dumps(WRONG_DAY)),
    "headers-too-large": lambda guarded: guarded.bare(b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n"),
    "replaces-most": replaced,
    "too-many-requests": locked_out,
}
# What takes a setting, a bug, a broken disk, half a minute or hundreds of requests is provoked elsewhere.
ELSEWHERE = {
    "quota-exceeded",
    "too-slow",
    "job-ended",
    "internal-error",
    "no-keys",
    "no-archive",
    "overloaded",
    "no-model",
}


def test_every_kind_is_provoked_here_or_elsewhere() -> None:
    assert REQUESTS.keys() | ELSEWHERE == KINDS.keys()


@pytest.mark.parametrize("kind", REQUESTS)
def test_an_example_is_what_the_service_says(guarded: Guarded, document: dict[str, Any], kind: str) -> None:
    answer = REQUESTS[kind](guarded)
    said = answer if isinstance(answer, dict) else answer.json()
    assert generic(said) == generic(document["components"]["examples"][kind]["value"])


def generic(problem: dict[str, Any]) -> Any:
    """The same without what differs each time: a version's name, a key's, a time, an upload's number."""
    text = json.dumps(problem, sort_keys=True)
    patterns = [
        r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[0-9a-f]{6}",
        r"\d{4}-\d\d-\d\dT[\d:]+\+00:00",
        r"(?<=the key )[0-9a-f]{8}",
        r"(?<=upload )\d+|(?<=uploads/)\d+",
        r"(?<=try again in )\d+",
    ]
    for pattern in patterns:
        text = re.sub(pattern, "…", text)
    return json.loads(text)


def test_each_route_documents_its_problems_and_each_has_an_example(document: dict[str, Any]) -> None:
    of_all = {"400", "408", "421", "431", "500", "503"}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            errors = {status for status in operation["responses"] if status >= "400"}
            assert of_all <= errors, (path, method)
            is_public = path in ("/healthz", "/readyz")
            assert ({"401", "403", "429"} <= errors) is not is_public, (path, method)
            for status in errors:
                (content,) = operation["responses"][status]["content"].values()
                for kind, example in content["examples"].items():
                    assert example == {"$ref": f"#/components/examples/{kind}"}
                    value = document["components"]["examples"][kind]["value"]
                    assert value["status"] == int(status)


def test_the_lengths_of_names_are_documented(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for schema in "SeriesToForecast", "LineForecastRequest", "NamedSeriesHistory", "SeriesHistory":
        name = schemas[schema]["properties"]["id"]
        assert (name["minLength"], name["maxLength"]) == (1, 500)
    (parameter,) = [
        entry
        for entry in document["paths"]["/series/{id}"]["get"]["parameters"]
        if (entry["in"], entry["name"]) == ("path", "id")
    ]
    assert (parameter["schema"]["minLength"], parameter["schema"]["maxLength"]) == (1, 500)
