"""`POST /read`: show what a file of views holds, without keeping it."""

from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import Query
from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.http.apart import ApartReader
from service.http.bodies import limited
from service.http.problems import BODY_PROBLEMS, ProblemError, problem_responses
from service.read_schemas import ReadHistory
from service.upload_schemas import FileOptions
from service.uploads import UPLOADS, read_upload
from training.history.summary import summary


class Read:
    """The ASGI endpoint; it keeps nothing.

    Parameters
    ----------
    max_bytes : int
        Largest body.
    apart : ApartReader
        Reads files, in a process of its own.
    events : tuple of str
        The columns that are read as events, as by `POST /retrain`.
    """

    def __init__(self, max_bytes: int, apart: ApartReader, events: tuple[str, ...]) -> None:
        self.max_bytes = max_bytes
        self.apart = apart
        self.events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever is wrong is raised as a `ProblemError`."""
        body = limited(scope, receive, self.max_bytes)
        try:
            history = await read_upload(scope, body, self.events, self.apart.run)
        finally:
            self.apart.prepare()  # one file is seldom the last
        if history is None:
            raise ProblemError("invalid-input", "the body is empty; a file of views would be right")
        content = await run_sync(to_json, summary(history))
        await Response(content, media_type="application/json")(scope, receive, send)


async def read_file(options: Annotated[FileOptions, Query()]) -> ReadHistory:
    """Read a file of views: give its series, and what was left out or changed.

    Nothing is kept. The bodies are those of `POST /retrain`.
    """
    raise NotImplementedError


DOCUMENTATION: dict[str, Any] = {
    "summary": "Read a file of views, keeping nothing",
    "tags": ["forecasts"],
    "responses": problem_responses(*BODY_PROBLEMS),
    "openapi_extra": UPLOADS,
}
