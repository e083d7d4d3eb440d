"""Examples of all kinds of problems for the documentation, as the service answers them."""

from typing import Any

from service.http.key_check import is_public
from service.http.origins import READING
from service.http.problems import KINDS
from service.problem_schemas import FieldError, ProblemDetails

_VERSION = "2026-11-24T09-36-25Z-71e3ed"
_JOB = "0f8fad5bd9cb469fa16570867728950e"
_WHEN = "2026-11-24T09:36:25+00:00"

_WRONG = FieldError(
    field="views[3]", detail="is -5; a number of at least 0 would be right", pointer="#/views/3"
)

# kind -> (path, detail)
_SAID = {
    "malformed-request": ("", "Invalid HTTP request received."),
    "malformed-body": ("/predict", "the body is not JSON: EOF while parsing a list at line 1 column 21"),
    "unauthorized": (
        "/predict",
        "an API key is needed; send it as `Authorization: Bearer <key>` or `X-API-Key: <key>`",
    ),
    "forbidden": ("/retrain", "the key 5f0c1a2b has not the scope write, which this needs"),
    "foreign-page": (
        "/retrain",
        "a web page of https://example.org asks for a change; only this service's own pages may, and those "
        "of VIEWCAST_CORS_ORIGINS",
    ),
    "not-found": ("/predictions", "nothing is served at /predictions; /docs shows what is"),
    "unknown-job": (f"/retrain/{_JOB}", f"there is no training run {_JOB}"),
    "unknown-version": (f"/models/{_VERSION}", f"there is no version {_VERSION}"),
    "unknown-series": (
        "/series/channel",
        'no days of "channel" (views) are kept; GET /series lists what is',
    ),
    "unknown-upload": ("/uploads/7", "there is no upload 7 to be taken back"),
    "method-not-allowed": ("/predict", "GET is not possible on /predict; POST is"),
    "too-slow": ("", "the headers took more than 10 seconds"),
    "job-ended": (f"/retrain/{_JOB}", f"training run {_JOB} has ended already: succeeded"),
    "version-in-use": (
        f"/models/{_VERSION}",
        f"{_VERSION} is the current version, the one before, or the challenger",
    ),
    "version-refused": ("/models/rollback", "there is no earlier version to roll back to"),
    "cannot-undo": ("/uploads/7", f"upload 7 was taken back already, at {_WHEN}"),
    "replaces-most": (
        "/series/channel/days",
        'series "channel": 7 of the 7 days that are kept of it would get another count. If it is another '
        "series, give it another name; if these counts are right, send them again with ?replace=true",
    ),
    "quota-exceeded": (
        "/series",
        '1024 days of the series that begin with "agency/" would be kept, and 1000 may be; nothing was kept; '
        "DELETE /series/{id} makes room",
    ),
    "body-too-large": ("/predict", "the body has more than 16777216 bytes, the most that is read here"),
    "unsupported-content": (
        "/predict",
        "application/json, application/x-ndjson and files are read here; say which in Content-Type",
    ),
    "unknown-host": (
        "/predict",
        "attacker.example is not a host that this service answers for; VIEWCAST_HOSTS lists them",
    ),
    "invalid-input": ("/predict", "views[3] is -5; a number of at least 0 would be right"),
    "too-many-requests": ("/predict", "10 wrong API keys came from this address; try again in 60 seconds"),
    "headers-too-large": ("", "the headers have more than 32768 bytes"),
    "internal-error": ("/predict", "this is a bug; the service's log says more"),
    "no-keys": ("/predict", "the API keys cannot be read; the service's log says why"),
    "no-archive": ("/series", "the database of the histories cannot be used; the log says why"),
    "overloaded": (
        "/predict",
        "256 requests are being served, as many as can be; try again in a second",
    ),
    "no-model": ("/predict", "there is no model yet; `python -m training fit` makes one"),
}


def common_problems(method: str, path: str) -> tuple[str, ...]:
    """List the kinds of problems that any request can have: from the server and from the gate."""
    of_server = ("malformed-request", "too-slow", "headers-too-large", "internal-error")
    of_gate = ("unknown-host", "overloaded")
    of_keys = () if is_public(path) else ("unauthorized", "forbidden", "too-many-requests", "no-keys")
    return (*of_server, *of_gate, *of_keys, *(() if method in READING else ("foreign-page",)))


def problem_examples() -> dict[str, dict[str, Any]]:
    """Make the examples for the OpenAPI document, by kind of problem."""
    examples = {}
    for kind, (path, detail) in _SAID.items():
        status, title = KINDS[kind]
        problem = ProblemDetails(
            type=f"urn:viewcast:{kind}",
            title=title,
            status=status,
            detail=detail,
            instance=path,
            errors=[_WRONG] if kind == "invalid-input" else None,
        )
        value = problem.model_dump(exclude_none=True)
        examples[kind] = {"summary": title, "value": value}
    return examples
