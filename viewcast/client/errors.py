"""What goes wrong, as the service says it: problem details (RFC 9457) as an exception."""

from __future__ import annotations

import email.utils
import time
from typing import Self

import httpx
from pydantic import ValidationError

from service.problem_schemas import FieldError, ProblemDetails

# Of an answer that is no problem, so many characters are shown.
_SHOWN = 200


class ServiceError(Exception):
    """The service has answered with an error.

    Attributes
    ----------
    status : int
        The HTTP status.
    type : str
        The kind of problem, `urn:viewcast:unknown-series`; `about:blank` when something between here and the
        service has answered.
    title : str
        The kind in words.
    detail : str
        What is wrong this time, and what would be right.
    errors : tuple of FieldError
        Each thing that is wrong with the input: its `field`, such as `views[3]`, a `detail`, and the
        `pointer` to it in a JSON body.
    request_id : str or None
        Finds the request in the service's log.
    retry_after : float or None
        Seconds after which trying again has a chance.
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
        """Make the error of an answer whose body has been read."""
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
    """Read `Retry-After`: a number of seconds, or a date; None when there is none."""
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
