"""`POST /read`: what a file of views holds, before anything is kept of it."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Query
from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.http.apart import ApartReader
from service.http.bodies import limited
from service.http.problems import ProblemError
from service.schemas import FileOptions
from service.uploads import read_upload
from training.history.summary import summary


class ReadSeries(BaseModel):
    """One series of a file."""

    name: str
    metric: str = Field("views", description="What is counted; it is not there for views.")
    first_date: str = Field(description="YYYY-MM-DD")
    last_date: str = Field(description="YYYY-MM-DD")
    n_days: int = Field(description="Days from the first to the last.")
    n_known: int = Field(description="Those that have a count.")
    total: float = Field(description="Views in all.")
    views: list[float | None] = Field(description="Views a day from the first day on; null is a missing day.")


class ReadHistory(BaseModel):
    """What a file holds."""

    series: list[ReadSeries]
    notes: list[str] = Field(description="What was passed over or mended, and where.")


class Read:
    """The ASGI endpoint; it keeps nothing.

    Parameters
    ----------
    max_bytes : int
        Largest body.
    apart : ApartReader
        Reads files, in a process of its own.
    """

    def __init__(self, max_bytes: int, apart: ApartReader) -> None:
        self.max_bytes = max_bytes
        self.apart = apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever is wrong is raised as a `ProblemError`."""
        history = await read_upload(scope, limited(scope, receive, self.max_bytes), (), self.apart.run)
        if history is None:
            raise ProblemError("invalid-input", "the body is empty; a file of views would be right")
        content = await run_sync(to_json, summary(history))
        await Response(content, media_type="application/json")(scope, receive, send)


async def read_file(options: Annotated[FileOptions, Query()]) -> ReadHistory:
    """Read a file of views and say what it holds: its series, and what was passed over or mended.

    Nothing is kept. The bodies are those of `POST /retrain`.
    """
    raise NotImplementedError
