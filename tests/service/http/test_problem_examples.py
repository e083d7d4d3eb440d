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
from tests.conftest import Service, serving
from tests.service.requests import LAST_DATE, WEEK, single
from tests.training.publisher import publish

JOB, VERSION = "0f8fad5bd9cb469fa16570867728950e", "2026-11-24T09-36-25Z-71e3ed"
JSON = {"Content-Type": "application/json"}


class Asked:
    """A service with keys and a model, and how to have each kind of problem of it."""

    def __init__(self, service: Service, key: str, reader: str) -> None:
        self.service = service
        self.client = httpx.Client(base_url=service.url, headers={"X-API-Key": key}, timeout=60)
        self.reader = {"X-API-Key": reader}

    def bare(self, request: bytes) -> dict[str, Any]:
        """Send bytes that no client would, and give the problem that is answered."""
        with socket.create_connection(("127.0.0.1", self.service.port), timeout=60) as connection:
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        found: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
        return found

    def version(self) -> str:
        return str(self.client.get("/model").json()["version"])


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    models = tmp_path_factory.mktemp("problems") / "models"
    publish(models, 1)
    keys = KeyFile(models)
    key = keys.create("all", ["predict", "write", "admin"])
    reader = keys.create("reader", ["predict"])
    with serving(models, max_predict_bytes=16777216) as service:
        asked = Asked(service, key, reader)
        yield asked
        asked.client.close()


@pytest.fixture(scope="module")
def document(asked: Asked) -> dict[str, Any]:
    found: dict[str, Any] = asked.client.get("/openapi.json").json()
    return found


def taken_back_twice(asked: Asked) -> httpx.Response:
    body = {"views": WEEK, "last_date": LAST_DATE}
    upload = asked.client.put("/series/undone/days", json=body).json()["upload"]
    assert asked.client.delete(f"/uploads/{upload}").status_code == 200
    return asked.client.delete(f"/uploads/{upload}")


def replaced(asked: Asked) -> httpx.Response:
    body = {"views": WEEK, "last_date": LAST_DATE}
    assert asked.client.put("/series/channel/days", json=body).status_code == 200
    refused = asked.client.put("/series/channel/days", json={**body, "views": [day + 1 for day in WEEK]})
    assert asked.client.delete("/series/channel").is_success
    return refused


def locked_out(asked: Asked) -> httpx.Response:
    """Send too many wrong keys: to a service of its own, which then refuses the address."""
    wrong = {"X-API-Key": "wrong"}
    with serving(asked.service.models) as other:
        return [other.predict(single(), headers=wrong) for _ in range(11)][-1]


def predict(asked: Asked, content: str | bytes = b"{}", **headers: str) -> httpx.Response:
    return asked.client.post("/predict", content=content, headers=JSON | headers)


WRONG_DAY = single(views=[1, 2, 3, -5, 5, 6, 7, 8])
# kind -> a request that has it
REQUESTS: dict[str, Callable[[Asked], httpx.Response | dict[str, Any]]] = {
    "malformed-request": lambda asked: asked.bare(b"nonsense\r\n\r\n"),
    "malformed-body": lambda asked: predict(asked, '{"views": [1312, 1254'),
    "unauthorized": lambda asked: httpx.post(f"{asked.service.url}/predict", json=single()),
    "forbidden": lambda asked: asked.client.post("/retrain", headers=asked.reader),
    "foreign-page": lambda asked: asked.client.post("/retrain", headers={"Origin": "https://example.org"}),
    "not-found": lambda asked: asked.client.get("/predictions"),
    "unknown-job": lambda asked: asked.client.get(f"/retrain/{JOB}"),
    "unknown-version": lambda asked: asked.client.get(f"/models/{VERSION}"),
    "unknown-series": lambda asked: asked.client.get("/series/channel"),
    "unknown-upload": lambda asked: asked.client.delete("/uploads/7"),
    "method-not-allowed": lambda asked: asked.client.get("/predict"),
    "version-in-use": lambda asked: asked.client.delete(f"/models/{asked.version()}"),
    "version-refused": lambda asked: asked.client.post("/models/rollback"),
    "cannot-undo": taken_back_twice,
    "body-too-large": lambda asked: predict(asked, b" " * 16777217),
    "unsupported-content": lambda asked: predict(asked, **{"Content-Type": "image/png"}),
    "unknown-host": lambda asked: predict(asked, Host="attacker.example"),
    "invalid-input": lambda asked: predict(asked, json.dumps(WRONG_DAY)),
    "headers-too-large": lambda asked: asked.bare(b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n"),
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
def test_an_example_is_what_the_service_says(asked: Asked, document: dict[str, Any], kind: str) -> None:
    answer = REQUESTS[kind](asked)
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
        one
        for one in document["paths"]["/series/{id}"]["get"]["parameters"]
        if (one["in"], one["name"]) == ("path", "id")
    ]
    assert (parameter["schema"]["minLength"], parameter["schema"]["maxLength"]) == (1, 500)
