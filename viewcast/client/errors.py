"""Errors of the service, read from problem details (RFC 9457)."""

from __future__ import annotations

import email.utils
import time
from typing import Self

import httpx
from pydantic import ValidationError

from service.problem_schemas import FieldError, ProblemDetails

# Number of characters shown of an answer that is not a problem document.
_SHOWN = 200


class ServiceError(Exception):
    """The service answered with an error.

    Attributes
    ----------
    status : int
        The HTTP status.
    type : str
        The kind of problem, such as `urn:viewcast:unknown-series`; `about:blank` when the answer comes from a
        proxy.
    title : str
        The kind of problem in words.
    detail : str
        What is wrong in this case, and what would be right.
    errors : tuple of FieldError
        All errors of the input: its `field`, such as `views[3]`, a `detail`, and a JSON `pointer` into the
        body.
    request_id : str or None
        Identifies the request in the service's log.
    retry_after : float or None
        Seconds after which to try again.
    """

    def __init__(
        self,
        status: int,
        type: str,
        title: str,
        detail: str,
        errors: tuple[FieldError, ...] = (),
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail
        self.errors = errors
        self.request_id = request_id
        self.retry_after = retry_after

    @property
    def kind(self) -> str:
        """The last part of the type: `unknown-series`."""
        return self.type.rpartition(":")[2]

    @classmethod
    def of(cls, response: httpx.Response) -> Self:
        """Make the error from a response whose body was read."""
        about = {
            "request_id": response.headers.get("X-Request-ID"),
            "retry_after": seconds_until(response.headers.get("Retry-After")),
        }
        try:
            problem = ProblemDetails.model_validate_json(response.content)
        except ValidationError:
            text = response.text.strip()[:_SHOWN] or "the answer says nothing more"
            return cls(response.status_code, "about:blank", response.reason_phrase, text, **about)
        errors = tuple(problem.errors or ())
        return cls(response.status_code, problem.type, problem.title, problem.detail, errors, **about)


def seconds_until(retry_after: str | None) -> float | None:
    """Read `Retry-After`, a number of seconds or a date, as seconds; None when it is missing."""
    if retry_after is None:
        return None
    try:
        return max(float(retry_after), 0.0)
    except ValueError:
        pass
    try:
        return max(email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time(), 0.0)
    except ValueError:
        return None
