"""All errors as RFC 9457 problem details, whether raised by routes, by the framework or by a bug."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from service.http.places import pointer_to
from service.http.scope import KIND
from service.problem_schemas import FieldError, ProblemDetails

MEDIA_TYPE = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

# kind -> (status, title). The type of a kind is the URN urn:viewcast:<kind>; see docs/api.md.
KINDS = {
    "malformed-request": (400, "The request is not HTTP"),
    "malformed-body": (400, "The body cannot be read"),
    "unauthorized": (401, "An API key is needed"),
    "forbidden": (403, "The API key may not do this"),
    "foreign-page": (403, "Pages of other origins may not change anything here"),
    "not-found": (404, "There is nothing here"),
    "unknown-job": (404, "There is no such training job"),
    "unknown-version": (404, "There is no such version"),
    "unknown-series": (404, "There is no such series"),
    "unknown-upload": (404, "There is no such upload"),
    "method-not-allowed": (405, "The method is not possible here"),
    "too-slow": (408, "The request took too long to come"),
    "job-ended": (409, "The training job has ended already"),
    "version-in-use": (409, "The version is in use"),
    "version-refused": (409, "The version cannot be used"),
    "cannot-undo": (409, "The upload cannot be taken back"),
    "replaces-most": (409, "It would change most of what is kept of a series"),
    "quota-exceeded": (409, "More would be kept than may be"),
    "body-too-large": (413, "The body is too large"),
    "unsupported-content": (415, "The body is of a kind that is not read here"),
    "unknown-host": (421, "This host is not served here"),
    "invalid-input": (422, "The input is not valid"),
    "too-many-requests": (429, "There are too many requests"),
    "headers-too-large": (431, "The headers are too large"),
    "internal-error": (500, "The service failed"),
    "no-keys": (503, "The API keys cannot be read"),
    "no-archive": (503, "The history cannot be kept"),
    "overloaded": (503, "The service has as much to do as it can"),
    "no-model": (503, "There is no model to forecast with"),
}

# The problems that any body can have.
BODY_PROBLEMS = ("malformed-body", "body-too-large", "unsupported-content", "invalid-input")


class ProblemError(Exception):
    """An error for the client.

    Parameters
    ----------
    kind : a key of `KINDS`
    detail : what is wrong this time, and what would be right
    errors : the places in the input that are wrong
    headers : further headers of the answer
    """

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = headers

    @classmethod
    def at(cls, field: str, detail: str, *keys: str) -> "ProblemError":
        """Make the problem of an invalid field of the body.

        Parameters
        ----------
        field : where it is, as `place` writes it
        detail : what is wrong there
        keys : names of the sender's own at the end of `field`, for the pointer
        """
        written = ".".join((field, *(key[:40] for key in keys)))
        error = FieldError(field=written, detail=detail, pointer=pointer_to(field, *keys))
        return cls("invalid-input", f"{written or 'the body'} {detail}", errors=[error])

    @classmethod
    def at_parameter(cls, name: str, detail: str) -> "ProblemError":
        """Make the problem of an invalid parameter or header."""
        return cls("invalid-input", f"{name} {detail}", errors=[FieldError(field=name, detail=detail)])

    def details(self, path: str) -> ProblemDetails:
        """Give the problem document for a request to `path`."""
        status, title = KINDS[self.kind]
        return ProblemDetails(
            type=f"urn:viewcast:{self.kind}",
            title=title,
            status=status,
            detail=self.detail,
            instance=path,
            errors=list(self.errors) or None,
        )

    def response(self, path: str) -> Response:
        """Make the answer for a request to `path`."""
        details = self.details(path)
        content = to_json(details, exclude_none=True)
        return Response(content, details.status, headers=self.headers, media_type=MEDIA_TYPE)


def problem_responses(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """Document the kinds of problems of a route: a response for each status, an example for each kind."""
    responses: dict[int | str, dict[str, Any]] = {}
    for status in sorted({KINDS[kind][0] for kind in kinds}):
        of_status = sorted(kind for kind in set(kinds) if KINDS[kind][0] == status)
        examples = {kind: {"$ref": f"#/components/examples/{kind}"} for kind in of_status}
        schema = {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}
        responses[status] = {
            "description": "; or: ".join(KINDS[kind][1] for kind in of_status),
            "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
        }
    return responses


def install(app: FastAPI) -> None:
    """Convert all errors of `app` to problem details."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(ClientDisconnect, _disconnect)
    app.add_exception_handler(Exception, _bug)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return _answer(request, error)


async def _http_exception(request: Request, error: Exception) -> Response:
    """Convert an error of the framework: an unknown path or method, or a malformed form."""
    assert isinstance(error, HTTPException)
    path = request.url.path
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = _allowed(request)
        problem = ProblemError(
            "method-not-allowed",
            f"{request.method} is not possible on {path}; {allowed} is",
            headers={"Allow": allowed},
        )
    elif error.status_code == HTTPStatus.NOT_FOUND:
        problem = ProblemError("not-found", f"nothing is served at {path}; /docs shows what is")
    elif error.status_code == HTTPStatus.BAD_REQUEST:
        problem = ProblemError("malformed-body", error.detail)
    else:
        raise error
    return _answer(request, problem)


def _allowed(request: Request) -> str:
    """Give the methods of all routes of a path; the framework gives those of one route only."""
    routes = request.app.router.routes

    def is_possible(method: str) -> bool:
        scope = {**request.scope, "method": method}
        return any(route.matches(scope)[0] is Match.FULL for route in routes)

    return ", ".join(filter(is_possible, METHODS))


async def _disconnect(request: Request, error: Exception) -> Response:
    """Answer for the log only: the client disconnected while sending."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _bug(request: Request, error: Exception) -> Response:
    """Answer for a bug; the stack trace is logged, and not sent to the client."""
    return _answer(request, ProblemError("internal-error", "this is a bug; the service's log says more"))


def _answer(request: Request, problem: ProblemError) -> Response:
    request.scope[KIND] = problem.kind
    if "json" not in request.headers.get("content-type", "").lower():
        # Places in a file or in a query have no JSON pointer.
        problem.errors = [error.model_copy(update={"pointer": None}) for error in problem.errors]
    return problem.response(request.url.path)
