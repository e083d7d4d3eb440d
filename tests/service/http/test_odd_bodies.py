"""Whatever comes in, it is answered, and a fault of the sender is never one of the service."""

import json
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Service
from tests.service.requests import single

# The service is shared by all examples on purpose: it keeps nothing between requests.
many = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

numbers = st.integers() | st.floats() | st.integers(min_value=0, max_value=10**6)
scalars = st.none() | st.booleans() | numbers | st.text(max_size=20) | st.dates().map(str)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
)
counts = st.lists(st.none() | st.floats(0, 1e15) | st.integers(0, 10**15), min_size=7, max_size=70)
requests = st.fixed_dictionaries(
    {"views": counts, "last_date": st.dates().map(str)},
    optional={"horizon": st.integers(1, 365), "levels": st.sampled_from([[], [80], [95], [95, 80]])},
)
names = st.sampled_from(["views", "last_date", "horizon", "levels", "series", "id"])


def is_answered(answer: httpx.Response) -> bool:
    """Whether it is an answer, or a problem of the sender's in full."""
    if answer.status_code == 200:
        return bool(answer.json()["model"])
    return (
        400 <= answer.status_code < 500
        and answer.headers["content-type"] == "application/problem+json"
        and answer.json()["status"] == answer.status_code
    )


def post(service: Service, body: str | bytes, path: str = "/predict") -> httpx.Response:
    return service.client.post(path, content=body, headers={"Content-Type": "application/json"})


@many
@given(body=anything)
def test_any_json_is_answered(service: Service, body: Any) -> None:
    assert is_answered(post(service, json.dumps(body)))


@many
@given(fields=st.dictionaries(names, anything | counts, max_size=5))
def test_any_values_of_the_right_fields_are_answered(service: Service, fields: dict[str, Any]) -> None:
    assert is_answered(post(service, json.dumps(fields)))


@many
@given(series=st.lists(anything | requests, max_size=4))
def test_any_batch_is_answered(service: Service, series: list[Any]) -> None:
    assert is_answered(post(service, json.dumps({"series": series})))


@many
@given(body=st.binary(max_size=200))
def test_any_bytes_are_answered(service: Service, body: bytes) -> None:
    assert is_answered(post(service, body))


@many
@given(at=st.integers(0, 400), noise=st.binary(max_size=3))
def test_a_right_request_with_a_few_bytes_changed_is_answered(
    service: Service, at: int, noise: bytes
) -> None:
    body = json.dumps(single()).encode()
    assert is_answered(post(service, body[:at] + noise + body[at + len(noise) :]))


@many
@given(request=requests)
def test_right_requests_get_forecasts_that_are_numbers_in_order(
    service: Service, request: dict[str, Any]
) -> None:
    answer = post(service, json.dumps(request))
    if all(count is None for count in request["views"][-28:]) or request["last_date"] > "9998":
        assert is_answered(answer)
        return
    assert answer.status_code == 200, answer.text
    for day in answer.json()["forecast"]:
        for low, high in day["intervals"].values():
            assert 0 <= low <= day["views"] <= high < float("inf")


texts = st.text('a;/="%,*q ', max_size=9).map(str.strip)


@many
@given(headers=st.dictionaries(st.sampled_from(["content-type", "accept", "content-encoding"]), texts))
def test_any_headers_are_answered(service: Service, headers: dict[str, str]) -> None:
    assert is_answered(service.client.post("/predict", content=json.dumps(single()), headers=headers))


# Fewer, because each is read in a process of its own.
@settings(many, max_examples=40)
@given(body=anything)
def test_any_json_for_retrain_is_answered_without_training(service: Service, body: Any) -> None:
    assert post(service, json.dumps(body), "/retrain").status_code in (400, 422)
