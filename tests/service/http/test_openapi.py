"""What is told about the API is true: the OpenAPI document, its page, and the pages in docs/."""

import json
import re
import shlex
from typing import Any

import httpx
import pytest

from service.http.problems import KINDS
from service.settings import Settings
from tests.conftest import ROOT, Service

API_PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
CONFIGURATION_PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
# A command and, after an empty line, what it answers.
EXAMPLES = re.findall(r"^```console\n\$ (curl .*?)\n\n(.*?)```", API_PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def document(service: Service) -> dict[str, Any]:
    answer: dict[str, Any] = service.client.get("/openapi.json").json()
    return answer


def test_every_endpoint_is_documented(document: dict[str, Any]) -> None:
    assert {
        (method, path) for path, item in document["paths"].items() for method in item if method != "head"
    } == {
        ("post", "/predict"),
        ("post", "/v1/timeseries/forecast"),
        ("post", "/explain"),
        ("post", "/read"),
        ("get", "/series"),
        ("post", "/series"),
        ("get", "/series.csv"),
        ("get", "/series/{id}"),
        ("delete", "/series/{id}"),
        ("put", "/series/{id}/days"),
        ("get", "/series/{id}/forecast"),
        ("get", "/uploads"),
        ("get", "/monitoring"),
        ("get", "/limits"),
        ("get", "/keys"),
        ("delete", "/uploads/{id}"),
        ("post", "/retrain"),
        ("get", "/retrain"),
        ("get", "/retrain/{job_id}"),
        ("delete", "/retrain/{job_id}"),
        ("get", "/retrain/{job_id}/events"),
        ("get", "/retrain/{job_id}/log"),
        ("get", "/model"),
        ("get", "/models"),
        ("post", "/models/rollback"),
        ("get", "/models/{version}"),
        ("delete", "/models/{version}"),
        ("delete", "/models/challenger"),
        ("post", "/models/{version}/challenge"),
        ("get", "/models/{version}/report"),
        ("post", "/models/{version}/activate"),
        ("get", "/healthz"),
        ("get", "/readyz"),
    }


# What any request can be answered, and what one can that needs a key.
OF_ALL = {"400", "408", "421", "431", "500", "503"}
OF_KEYS = {"401", "403", "429"}
PUBLIC = ("/healthz", "/readyz")


def operation(document: dict[str, Any], path: str) -> dict[str, Any]:
    """What a path's POST does, or else its only method."""
    operations: dict[str, Any] = document["paths"][path]
    answer: dict[str, Any] = operations.get("post") or next(iter(operations.values()))
    return answer


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/predict", {"200", "400", "404", "413", "415", "422", "503"}),
        ("/v1/timeseries/forecast", {"200", "400", "404", "413", "415", "422", "503"}),
        ("/explain", {"200", "400", "413", "415", "422", "503"}),
        ("/read", {"200", "400", "413", "415", "422"}),
        ("/retrain", {"202", "400", "409", "413", "415", "422", "503"}),
        ("/series", {"200", "400", "409", "413", "415", "422", "503"}),
        ("/series/{id}/days", {"200", "400", "409", "413", "415", "422", "503"}),
        ("/series/{id}/forecast", {"200", "404", "422", "503"}),
        ("/uploads/{id}", {"200", "404", "409", "422", "503"}),
        ("/retrain/{job_id}", {"200", "404", "503"}),
        ("/model", {"200", "503"}),
        ("/keys", {"200", "503"}),
        ("/healthz", {"200"}),
        ("/readyz", {"200", "503"}),
    ],
)
def test_every_status_is_documented_and_errors_are_problem_details(
    document: dict[str, Any], path: str, statuses: set[str]
) -> None:
    responses = operation(document, path)["responses"]
    assert responses.keys() == statuses | OF_ALL | (set() if path in PUBLIC else OF_KEYS)
    for status in responses:
        kinds = ["application/json"] if status < "400" else ["application/problem+json"]
        lines = ["application/x-ndjson"] if (path, status) == ("/predict", "200") else []
        assert list(responses[status]["content"]) == kinds + lines


@pytest.mark.parametrize("path", ["/predict", "/v1/timeseries/forecast"])
def test_the_examples_of_requests_are_right(service: Service, document: dict[str, Any], path: str) -> None:
    examples = operation(document, path)["requestBody"]["content"]["application/json"]["examples"]
    for example in examples.values():
        assert service.client.post(path, json=example["value"]).status_code == 200


def test_a_line_of_a_long_batch_is_documented(service: Service, document: dict[str, Any]) -> None:
    content = operation(document, "/predict")["requestBody"]["content"]["application/x-ndjson"]
    schema = document["components"]["schemas"][content["itemSchema"]["$ref"].rpartition("/")[2]]
    assert schema["properties"].keys() == {"id", "views", "last_date", "horizon", "levels", "events"}
    assert set(schema["required"]) == {"id", "views", "last_date"}
    headers = {"Content-Type": "application/x-ndjson"}
    answer = service.client.post("/predict", content=content["example"], headers=headers)
    assert [json.loads(line)["id"] for line in answer.text.splitlines()] == ["channel", "one video"]


def test_every_kind_of_history_is_documented(document: dict[str, Any]) -> None:
    kinds = operation(document, "/retrain")["requestBody"]["content"]
    files = {"text/csv", "application/zip", "application/gzip"}
    assert kinds.keys() == {"application/json", "multipart/form-data"} | files


def test_limits_are_part_of_the_schema(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    views = schemas["ForecastRequest"]["properties"]["views"]
    assert (views["minItems"], views["maxItems"]) == (7, 4096)
    assert schemas["ForecastRequest"]["properties"]["horizon"]["maximum"] == 365
    assert schemas["BatchForecastRequest"]["properties"]["series"]["maxItems"] == 10_000


def test_the_page_needs_no_other_host(service: Service) -> None:
    page = service.client.get("/docs")
    assert page.status_code == 200
    assert re.findall(r"(?:https?:)?//[\w.-]+", page.text.replace("https://", "//")) == []
    for path in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert service.client.get(path).raise_for_status().content
    # Swagger UI would have the document checked by a host of its makers.
    assert '"validatorUrl": null' in page.text


def test_the_page_leads_to_the_documentation(service: Service) -> None:
    assert 'href="/docs"' in service.client.get("/").raise_for_status().text


def sent(service: Service, command: str) -> httpx.Response:
    """Do what a curl command of the documentation does."""
    words = shlex.split(command.replace("\\\n", " "))[1:]
    method, headers, content = "GET", {}, None
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word in ("-d", "--data-binary"):
            content = words.pop(0).encode()
            method = "POST" if method == "GET" else method
        elif word != "-s":
            url = httpx.URL(word)
    return service.client.request(method, url.raw_path.decode(), headers=headers, content=content)


def shape(value: Any) -> Any:
    """A JSON value without what differs from run to run: names stay, and how things lie in each other."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__.replace("int", "float")


def test_the_api_page_has_examples() -> None:
    assert len(EXAMPLES) >= 8


@pytest.mark.parametrize(
    ("command", "answer"), [e for e in EXAMPLES if not re.search("/(retrain|series)", e[0])]
)
def test_an_example_of_the_api_page_is_answered_as_it_says(
    service: Service, command: str, answer: str
) -> None:
    result = sent(service, command).json()
    said = json.loads(answer)
    if said.get("title"):
        assert result == said
    elif "/model" in command:
        assert result.keys() == said.keys()
    else:
        assert shape(result) == shape(said)


def test_every_kind_of_problem_is_on_the_api_page() -> None:
    rows = re.findall(r"^\| (\d+) \| `urn:viewcast:([a-z-]+)` \|", API_PAGE, flags=re.MULTILINE)
    assert [(int(status), kind) for status, kind in rows] == [
        (status, kind) for kind, (status, _) in KINDS.items()
    ]


def test_every_endpoint_is_on_the_api_page(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for method in item:
            if method != "head":
                assert f"`{method.upper()} {path.replace('job_id', 'id')}`" in API_PAGE


def test_the_table_of_settings_is_what_the_class_says() -> None:
    rows = re.findall(
        r"^\| `VIEWCAST_([A-Z_]+)` \| (.*?) \| (.*?) \|$", CONFIGURATION_PAGE, flags=re.MULTILINE
    )
    fields = Settings.model_fields
    assert [name.lower() for name, _, _ in rows] == list(fields)
    for name, default, description in rows:
        field = fields[name.lower()]
        assert default == ("" if field.default is None else f"`{shown(field.default)}`")
        assert description == field.description


def shown(default: object) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)
