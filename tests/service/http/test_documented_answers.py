"""Each answer that the OpenAPI document has of a route is one that the route really gives."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest

from service.http.problems import KINDS
from tests.service.http.hostile import FORECAST
from tests.service.http.situations import (
    JSON,
    Answers,
    Route,
    Situations,
    Usual,
    bare,
    call,
    days,
    head,
    said,
)
from tests.service.requests import LAST_DATE, single, views


@pytest.fixture(scope="module")
def situations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Situations]:
    with Situations(tmp_path_factory.mktemp("situations")) as situations:
        yield situations


@pytest.fixture(scope="module")
def operations(situations: Situations) -> dict[Route, dict[str, Any]]:
    document = situations.empty.client.get("/openapi.json").json()
    return {
        Route(method.upper(), path): operation["responses"]
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def routes_with(operations: dict[Route, dict[str, Any]], kind: str) -> list[Route]:
    """The routes that a kind of problem is documented of."""
    return [
        route
        for route, responses in operations.items()
        if any(
            kind in content.get("examples", ())
            for response in responses.values()
            for content in response.get("content", {}).values()
        )
    ]


def raw(name: str, request: Callable[[bytes], bytes]) -> Callable[[Situations, Route], Any]:
    """Send a head and what follows, as bytes."""

    def ask(situations: Situations, route: Route) -> tuple[int, str]:
        return bare(getattr(situations, name).port, request(head(route.method, route.url())))

    return ask


def ask(client: httpx.Client, route: Route, **more: Any) -> tuple[int, str]:
    return said(client.request(route.method, route.url(), **more))


def refused_to_one_of_both(situations: Situations, route: Route) -> tuple[int, str]:
    answers = (client.request(route.method, route.url()) for client in situations.half_trusted)
    return said(next(answer for answer in answers if answer.status_code == 403))


# kind -> what any route that documents it is asked, and by whom
OF_ANY_ROUTE: dict[str, Callable[[Situations, Route], tuple[int, str]]] = {
    "malformed-request": raw("empty", lambda begun: begun + b"Content-Length: no\r\n\r\n"),
    "headers-too-large": raw("empty", lambda begun: begun + b"X: " + b"x" * 40_000 + b"\r\n\r\n"),
    "too-slow": raw("wrong", lambda begun: begun),
    "internal-error": raw("wrong", lambda begun: begun + b"Connection: close\r\n\r\n"),
    "overloaded": lambda situations, route: ask(situations.full.client, route),
    "no-keys": lambda situations, route: ask(situations.locked_out.client, route),
    "unknown-host": lambda situations, route: ask(
        situations.empty.client, route, headers={"Host": "attacker.example"}
    ),
    "foreign-page": lambda situations, route: ask(
        situations.empty.client, route, headers={"Origin": "https://attacker.example"}
    ),
    "unauthorized": lambda situations, route: ask(situations.usual.client, route, headers={"X-API-Key": ""}),
    "forbidden": refused_to_one_of_both,
    "too-many-requests": lambda situations, route: ask(situations.hurried, route),
    "no-model": lambda situations, route: ask(situations.empty.client, route, json=single()),
    "malformed-body": lambda situations, route: ask(
        situations.usual.client, route, content=b'{"views": [', headers=JSON
    ),
    "body-too-large": lambda situations, route: ask(
        situations.small.client, route, content=b"[1]", headers=JSON
    ),
    "unsupported-content": lambda situations, route: ask(
        situations.usual.client, route, content=b"[1]", headers={"Content-Type": "image/png"}
    ),
}

BODIES = "/predict", "/explain", "/v1/timeseries/forecast", "/read", "/retrain", "/series"
UPLOADS = ("PUT", "/series/{id}/days"), ("POST", "/series"), ("POST", "/retrain")
KEPT = "/series/{id}"
VERSION = "/models/{version}"
JOB = "/retrain/{job_id}"


def invalid_input(situations: Situations) -> Answers:
    usual = situations.usual
    to = partial(call, usual.client)
    for path in BODIES:
        yield to("POST", path, content=b"[]", headers=JSON)
    yield to("PUT", f"{KEPT}/days", content=b"[]", headers=JSON)
    yield to("GET", "/series", params={"limit": 0})
    yield to("GET", "/series.csv", params={"metric": ""})
    yield to("GET", KEPT, params={"from": "yesterday"})
    yield to("DELETE", KEPT, params={"from": "yesterday"})
    yield to("GET", f"{KEPT}/forecast", params={"horizon": 0})
    yield to("DELETE", "/uploads/{id}", "first")
    yield to("GET", "/monitoring", params={"days": 0})
    yield to("POST", f"{VERSION}/challenge", usual.versions[0], params={"days": 0})


def replaces_most(situations: Situations) -> Answers:
    for method, path in UPLOADS:
        yield call(situations.usual.client, method, path, **days(id="channel"))


def quota_exceeded(situations: Situations) -> Answers:
    for method, path in UPLOADS:
        yield call(situations.usual.client, method, path, "other", **days(1_000, id="other"))


def unknown_series(situations: Situations) -> Answers:
    to = partial(call, situations.usual.client)
    yield to("POST", "/predict", json={"id": "nobody"})
    for method, path in ("GET", KEPT), ("DELETE", KEPT), ("GET", f"{KEPT}/forecast"):
        yield to(method, path, "nobody")


def unknown_version(situations: Situations) -> Answers:
    to = partial(call, situations.usual.client)
    yield to("POST", "/v1/timeseries/forecast", json={**FORECAST, "model": "other"})
    for method, path in ("GET", ""), ("DELETE", ""), ("GET", "/report"), ("POST", "/activate"):
        yield to(method, f"{VERSION}{path}", "other")
    yield to("POST", f"{VERSION}/challenge", "other")


def version_refused(situations: Situations) -> Answers:
    to = partial(call, situations.usual.client)
    damaged = situations.usual.versions[1]
    for method, path in ("GET", ""), ("GET", "/report"), ("POST", "/activate"), ("POST", "/challenge"):
        yield to(method, f"{VERSION}{path}", damaged)
    small = situations.small
    yield call(small.client, "POST", "/models/rollback")
    (version,) = small.client.get("/models").json()["versions"]
    (small.models / "current").write_text("damaged")
    yield call(small.client, "DELETE", VERSION, version["version"])


def version_in_use(situations: Situations) -> Answers:
    current = situations.usual.versions[3]
    for method, path in ("DELETE", VERSION), ("POST", f"{VERSION}/challenge"):
        yield call(situations.usual.client, method, path, current)


def unknown_job(situations: Situations) -> Answers:
    for method, path in ("GET", ""), ("DELETE", ""), ("GET", "/log"), ("GET", "/events"):
        yield call(situations.usual.client, method, f"{JOB}{path}", "a" * 32)


def job_ended(situations: Situations) -> Answers:
    yield call(situations.usual.client, "DELETE", JOB, situations.usual.ended_job())


def unknown_upload(situations: Situations) -> Answers:
    yield call(situations.usual.client, "DELETE", "/uploads/{id}", "999")


def cannot_undo(situations: Situations) -> Answers:
    yield call(situations.usual.client, "DELETE", "/uploads/{id}", situations.usual.undone_upload())


def not_found(situations: Situations) -> Answers:
    yield call(situations.usual.client, "GET", f"{VERSION}/report", situations.usual.versions[2])


def no_archive(situations: Situations) -> Answers:
    service = situations.without_disk
    to = partial(call, service.client)
    yield to("POST", "/predict", json={"id": "channel"})
    for method, path in UPLOADS:
        yield to(method, path, **days(id="channel"))
    for path in "/series", "/series.csv", KEPT, f"{KEPT}/forecast", "/uploads", "/monitoring", "/retrain":
        yield to("GET", path)
    for method, path in ("GET", ""), ("DELETE", ""), ("GET", "/log"), ("GET", "/events"):
        yield to(method, f"{JOB}{path}")
    yield to("DELETE", KEPT)
    yield to("DELETE", "/uploads/{id}", "1")
    (version,) = service.client.get("/models").json()["versions"]
    for method, path in ("DELETE", ""), ("POST", "/activate"), ("POST", "/challenge"):
        yield to(method, f"{VERSION}{path}", version["version"])
    yield to("POST", "/models/rollback")
    yield to("DELETE", "/models/challenger")
    away = service.models.rename(service.models.with_name("away"))
    service.models.touch()
    yield to("GET", "/models")
    service.models.unlink()
    away.rename(service.models)


# kind -> the answer of each route that documents it
OF_SOME_ROUTES: dict[str, Callable[[Situations], Answers]] = {
    "invalid-input": invalid_input,
    "replaces-most": replaces_most,
    "quota-exceeded": quota_exceeded,
    "unknown-series": unknown_series,
    "unknown-version": unknown_version,
    "version-refused": version_refused,
    "version-in-use": version_in_use,
    "unknown-job": unknown_job,
    "job-ended": job_ended,
    "unknown-upload": unknown_upload,
    "cannot-undo": cannot_undo,
    "not-found": not_found,
    "no-archive": no_archive,
}
# What no route has: the method is another one's.
OF_NO_ROUTE = {"method-not-allowed"}


def test_every_kind_of_problem_is_asked_for() -> None:
    assert sorted([*OF_ANY_ROUTE, *OF_SOME_ROUTES, *OF_NO_ROUTE]) == sorted(KINDS)


@pytest.mark.parametrize("kind", OF_ANY_ROUTE)
def test_each_route_that_documents_a_problem_has_it(
    situations: Situations, operations: dict[Route, dict[str, Any]], kind: str
) -> None:
    first, *others = routes = routes_with(operations, kind)
    answer_of = partial(OF_ANY_ROUTE[kind], situations)
    answers = {first: answer_of(first)}  # which starts the service
    with ThreadPoolExecutor() as pool:
        answers |= zip(others, pool.map(answer_of, others), strict=True)
    assert answers == dict.fromkeys(routes, (KINDS[kind][0], f"urn:viewcast:{kind}"))


@pytest.mark.parametrize("kind", OF_SOME_ROUTES)
def test_the_routes_that_have_a_problem_are_those_that_document_it(
    situations: Situations, operations: dict[Route, dict[str, Any]], kind: str
) -> None:
    answers = {route: said(answer) for route, answer in OF_SOME_ROUTES[kind](situations)}
    routes = routes_with(operations, kind)
    assert answers == dict.fromkeys(routes, (KINDS[kind][0], f"urn:viewcast:{kind}"))


def successes(usual: Usual) -> Answers:
    to = partial(call, usual.client)
    yield to("POST", "/predict", json=single())
    line = b'{"id": "channel"}\n'
    yield to("POST", "/predict", content=line, headers={"Content-Type": "application/x-ndjson"})
    yield to("POST", "/explain", json=single())
    yield to("POST", "/v1/timeseries/forecast", json=FORECAST)
    for method, path in ("POST", "/read"), *UPLOADS[:2]:
        yield to(method, path, "new", json={"id": "new", "views": views(), "last_date": LAST_DATE})
    for path in "/series", "/series.csv", KEPT, f"{KEPT}/forecast", "/uploads", "/monitoring", "/limits":
        yield to("GET", path)
    yield to("GET", KEPT, headers={"Accept": "text/csv"})
    yield to("DELETE", "/uploads/{id}", usual.keep("taken back"))
    yield to("DELETE", KEPT, "new")
    yield to("POST", "/retrain")
    for path in "/retrain", "/model", "/models", "/keys", "/healthz", "/readyz":
        yield to("GET", path)
    (job, *_) = usual.client.get("/retrain").json()["jobs"]
    yield to("DELETE", JOB, job["id"])
    for path in "", "/log", "/events":
        yield to("GET", f"{JOB}{path}", usual.ended_job())
    first, _, third, last = usual.versions
    yield to("GET", VERSION, first)
    yield to("GET", f"{VERSION}/report", last)
    yield to("POST", f"{VERSION}/activate", third)
    yield to("POST", "/models/rollback")
    yield to("POST", f"{VERSION}/challenge", first)
    yield to("DELETE", "/models/challenger")
    yield to("DELETE", VERSION, first)


def test_every_success_that_is_documented_is_answered_and_no_other(
    situations: Situations, operations: dict[Route, dict[str, Any]]
) -> None:
    documented = {
        (route, int(status), kind)
        for route, responses in operations.items()
        for status, response in responses.items()
        if status < "400"
        for kind in response.get("content") or [""]
    }
    answered = {
        (route, answer.status_code, answer.headers.get("content-type", "").partition(";")[0])
        for route, answer in successes(situations.usual)
    }
    assert answered == documented
