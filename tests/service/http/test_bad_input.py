"""What is wrong with a request is said in a 4xx, as problem details that name the place."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import Service, serving_a_version
from tests.service.requests import batch, single, views

JSON = {"Content-Type": "application/json"}


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Check that an answer is problem details of this status, and give them."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    details: dict[str, Any] = answer.json()
    assert details["status"] == status
    assert details["instance"] == answer.request.url.path
    assert details["type"].startswith("urn:viewcast:")
    assert details["title"]
    assert details["detail"]
    return details


def fields(answer: httpx.Response) -> list[str]:
    return [error["field"] for error in problem(answer, 422)["errors"]]


def send(service: Service, text: str | bytes, **headers: str) -> httpx.Response:
    return service.client.post("/predict", content=text, headers=JSON | headers)


def with_day(literal: str) -> str:
    """A request, in JSON, with `literal` as the fourth day."""
    return json.dumps(single(views=[1, 2, 3, "HERE", 5, 6, 7, 8])).replace('"HERE"', literal)


@pytest.mark.parametrize(
    ("literal", "said"),
    [
        ("-5", "is -5; a number of at least 0 would be right"),
        ("NaN", "is nan; a finite number, or null for a missing day, would be right"),
        ("Infinity", "is inf; a finite number"),
        ("-Infinity", "is -inf; a finite number"),
        ("1e400", "is inf; a finite number"),
        ("1" + "0" * 400, "would be right"),
        ("1e16", "a number of at most 1000000000000000 would be right"),
        ("true", "is true; a number, or null for a missing day, would be right"),
        ('"1204"', 'is the text "1204"; a number'),
        ("[5]", "is a list; a number"),
        ("{}", "is an object; a number"),
    ],
)
def test_a_day_that_is_no_count_is_named(service: Service, literal: str, said: str) -> None:
    details = problem(send(service, with_day(literal)), 422)
    (error,) = details["errors"]
    assert error["field"] == "views[3]"
    assert said in error["detail"]
    assert details["detail"] == f"views[3] {error['detail']}"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"views": views(6)}, "views"),
        ({"views": []}, "views"),
        ({"views": [1] * 4097}, "views"),
        ({"views": [None] * 56}, "views"),
        ({"views": [5] * 28 + [None] * 28}, "views"),
        ({"views": None}, "views"),
        ({"views": "1,2,3"}, "views"),
        ({"views": {"0": 1}}, "views"),
        ({"last_date": None}, "last_date"),
        ({"last_date": 1795132800}, "last_date"),
        ({"last_date": "1795132800"}, "last_date"),
        ({"last_date": "2026-02-30"}, "last_date"),
        ({"last_date": "2025-02-29"}, "last_date"),
        ({"last_date": "0000-01-01"}, "last_date"),
        ({"last_date": "2026-11-20T00:00:00"}, "last_date"),
        ({"last_date": "20.11.2026"}, "last_date"),
        ({"last_date": "2026-W47-5"}, "last_date"),
        ({"last_date": "٢٠٢٦-11-20"}, "last_date"),
        ({"last_date": ""}, "last_date"),
        ({"last_date": "9999-12-31"}, "last_date"),
        ({"last_date": "9999-12-25"}, "last_date"),
        ({"horizon": 0}, "horizon"),
        ({"horizon": -1}, "horizon"),
        ({"horizon": 366}, "horizon"),
        ({"horizon": 10**9}, "horizon"),
        ({"horizon": 10**400}, "horizon"),
        ({"horizon": 7.5}, "horizon"),
        ({"horizon": True}, "horizon"),
        ({"horizon": "7"}, "horizon"),
        ({"horizon": None}, "horizon"),
        ({"levels": [49]}, "levels[0]"),
        ({"levels": [100]}, "levels[0]"),
        ({"levels": [80, 80]}, "levels[1]"),
        ({"levels": ["80"]}, "levels[0]"),
        ({"levels": list(range(50, 61))}, "levels"),
        ({"levels": 80}, "levels"),
        ({"level": [80]}, "level"),
    ],
)
def test_a_field_that_is_wrong_is_named(service: Service, change: dict[str, Any], field: str) -> None:
    assert fields(service.predict(single(**change))) == [field]


def test_everything_that_is_wrong_is_said_at_once(service: Service) -> None:
    answer = service.predict({"views": [1, 2, 3, 4, 5, -6, 7], "horizon": 0, "colour": "red"})
    assert fields(answer) == ["horizon", "views[5]", "last_date", "colour"]


@pytest.mark.parametrize("text", ["2026-02-30", "20.11.2026", "tomorrow"])
def test_what_would_be_a_date_is_said(service: Service, text: str) -> None:
    (error,) = problem(service.predict(single(last_date=text)), 422)["errors"]
    assert (
        error["detail"]
        == f'is the text "{text}"; a date of the calendar in the form YYYY-MM-DD would be right'
    )


def test_a_series_of_a_batch_is_named_by_its_place(service: Service) -> None:
    request = batch(5)
    request["series"][3]["views"][1] = "many"
    assert fields(service.predict(request)) == ["series[3].views[1]"]
    del request["series"][2]["last_date"]
    assert fields(service.predict(request)) == ["series[2].last_date"]
    request["series"][1] = 7
    assert fields(service.predict(request)) == ["series[1]"]
    request["series"][0]["views"] = [None] * 8
    request["series"][1:] = []
    assert fields(service.predict(request)) == ["series[0].views"]


@pytest.mark.parametrize("name", ["", " video", "a\nb", "a\x00b", "x" * 501, None, 7])
def test_an_id_that_cannot_be_kept_is_refused(service: Service, name: object) -> None:
    request = batch(1)
    request["series"][0]["id"] = name
    assert fields(service.predict(request)) == ["series[0].id"]


def test_an_id_that_comes_twice_is_refused(service: Service) -> None:
    request = batch(3)
    request["series"][2]["id"] = "video 0"
    assert fields(service.predict(request)) == ["series[2].id"]


@pytest.mark.parametrize("n_series", [0, 10_001])
def test_a_batch_has_one_series_at_least_and_ten_thousand_at_most(service: Service, n_series: int) -> None:
    series = [{"id": str(i), "views": [1] * 7, "last_date": "2026-11-20"} for i in range(n_series)]
    assert fields(service.predict({"series": series})) == ["series"]


def test_a_request_is_for_one_series_or_for_many(service: Service) -> None:
    assert "views" in fields(service.predict(single() | batch(1)))


@pytest.mark.parametrize("body", ["null", "[]", "7", '"views"', "NaN"])
def test_a_body_that_is_no_object_is_refused(service: Service, body: str) -> None:
    assert fields(send(service, body)) == [""]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"views",
        b'{"views": [1, 2',
        b'{"views": [1,,2]}',
        b"{'views': []}",
        b'{"views": [01]}',
        b'{"last_date": "\xff\xfe"}',
        b"\xff\xfe{}",
        b'{"id": "\\ud800"}',
        b"[" * 50_000,
        b'{"views":' * 50_000,
        b"[" * 50_000 + b"]" * 50_000,
        b'{"views":' + b"1" * 100_000 + b"}",
        b"{} {}",
    ],
)
def test_a_body_that_is_no_json_is_refused(service: Service, body: bytes) -> None:
    assert "not JSON" in problem(send(service, body), 400)["detail"]


@pytest.mark.parametrize("change", [{"levels": [1]}, {"levels": [80, 80]}, {"horizon": 0}, {"x": 1}])
@pytest.mark.parametrize("broken", ["}", ",]", "1 2", '"'])
@pytest.mark.parametrize("request_", [single(), batch(3)])
def test_that_a_body_is_no_json_is_said_before_what_it_asks_for(
    service: Service, request_: dict[str, Any], broken: str, change: dict[str, Any]
) -> None:
    whole = json.dumps(change | request_ | change)
    at = whole.rindex('], "last_date"')
    assert "not JSON" in problem(send(service, whole[:at] + broken + whole[at:]), 400)["detail"]


def test_that_a_later_series_is_no_json_is_said_before_what_is_wrong_with_an_earlier_one(
    service: Service,
) -> None:
    request = batch(3)
    request["series"][0]["views"] = [None] * 56
    broken = json.dumps(request).replace('"video 2"', "video 2")
    assert "not JSON" in problem(send(service, broken), 400)["detail"]


def test_of_a_field_that_comes_twice_the_last_one_counts(service: Service) -> None:
    body = json.dumps(single())[:-1] + ', "horizon": 2, "horizon": 3}'
    assert len(send(service, body).json()["forecast"]) == 3


def test_errors_are_short_however_long_the_input(service: Service) -> None:
    for body in (
        single(last_date="x" * 100_000),
        single(**{"y" * 100_000: 1}),
        {f"field {i}": i for i in range(10_000)},
        single(views=["z" * 1000] * 4096),
        single(levels=[10**400]),
    ):
        answer = service.predict(body)
        assert problem(answer, 422)
        assert len(answer.content) < 20_000


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "text/json", "application/x-www-form-urlencoded", "application", "/"],
)
def test_another_content_type_is_refused(service: Service, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = service.client.post("/predict", content=json.dumps(single()), headers=headers)
    assert "application/json" in problem(answer, 415)["detail"]


def test_a_compressed_body_is_refused(service: Service) -> None:
    answer = send(service, gzip.compress(json.dumps(single()).encode()), **{"Content-Encoding": "gzip"})
    assert "gzip" in problem(answer, 415)["detail"]
    assert answer.headers["accept-encoding"] == "identity"


@pytest.fixture(scope="module")
def small_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that reads a thousand bytes, no more."""
    with serving_a_version(tmp_path_factory, max_predict_bytes=1000, max_history_bytes=1000) as running:
        yield running


@pytest.mark.parametrize("path", ["/predict", "/retrain"])
def test_a_body_over_the_limit_is_refused(small_service: Service, path: str) -> None:
    answer = small_service.client.post(path, content=b" " * 1001, headers=JSON)
    assert "1000 bytes" in problem(answer, 413)["detail"]


@pytest.mark.parametrize("path", ["/predict", "/retrain"])
def test_a_body_over_the_limit_that_does_not_say_its_length_is_refused(
    small_service: Service, path: str
) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(11):
            yield b" " * 100

    answer = small_service.client.post(path, content=chunks(), headers=JSON)
    assert "content-length" not in answer.request.headers
    assert "1000 bytes" in problem(answer, 413)["detail"]


def test_a_form_over_the_limit_is_refused(small_service: Service) -> None:
    answer = small_service.client.post("/retrain", files={"file": ("views.csv", b"," * 2000)})
    assert problem(answer, 413)


def test_a_body_of_the_limit_is_read(small_service: Service) -> None:
    body = json.dumps(single(views=views(7))).encode().ljust(1000)
    assert small_service.client.post("/predict", content=body, headers=JSON).status_code == 200


def test_a_path_that_there_is_not_is_said(service: Service) -> None:
    for path in (
        "/nothing",
        "/predict/",
        "/retrain/a/b",
        "/retrain/..%2Fcurrent",
        "/static-offline-docs/x",
        "/%00",
    ):
        assert problem_at_any_path(service.client.get(path)) == 404


def problem_at_any_path(answer: httpx.Response) -> int:
    assert answer.headers["content-type"] == "application/problem+json"
    return int(answer.json()["status"])


@pytest.mark.parametrize(
    ("id", "status"), [(2**63 - 1, 404), (2**63, 422), (10**40, 422), (0, 422), ("x", 422)]
)
def test_an_unknown_upload_is_said(service: Service, id: object, status: int) -> None:
    assert problem_at_any_path(service.client.delete(f"/uploads/{id}")) == status


@pytest.mark.parametrize("job", ["1", "a" * 32, "current", "%2e%2e", "x" * 5000])
def test_an_unknown_job_is_said(service: Service, job: str) -> None:
    answer = service.client.get(f"/retrain/{job}")
    assert problem_at_any_path(answer) == 404
    assert answer.json()["type"] == "urn:viewcast:unknown-job"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/predict", "POST"),
        ("OPTIONS", "/predict", "POST"),
        ("DELETE", "/model", "GET"),
        ("POST", "/healthz", "GET, HEAD"),
        ("PATCH", "/retrain", "GET, POST"),
        ("POST", "/retrain/1", "GET, DELETE"),
        ("PUT", "/series", "GET, POST"),
        ("PUT", "/series/a%2Fb", "GET, DELETE"),
    ],
)
def test_a_method_that_is_not_possible_is_said(
    service: Service, method: str, path: str, allowed: str
) -> None:
    answer = service.client.request(method, path)
    assert problem(answer, 405)
    assert answer.headers["allow"] == allowed


def test_a_head_of_what_is_not_there_has_no_body(service: Service) -> None:
    answer = service.client.head("/predict")
    assert (answer.status_code, answer.content) == (405, b"")
