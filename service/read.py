"""`POST /read`: what a file of views holds, before anything is kept of it."""

import numpy as np
from anyio.to_thread import run_sync
from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.http.bodies import limited
from service.http.problems import ProblemError
from service.uploads import read_upload
from training.history.series import History, Series


class ReadSeries(BaseModel):
    """One series of a file."""

    name: str
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
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever is wrong is raised as a `ProblemError`."""
        history = await read_upload(scope, limited(scope, receive, self.max_bytes))
        if history is None:
            raise ProblemError("invalid-input", "the body is empty; a file of views would be right")
        content = await run_sync(_answer, history)
        await Response(content, media_type="application/json")(scope, receive, send)


def _answer(history: History) -> bytes:
    return to_json(ReadHistory(series=[_series(one) for one in history.series], notes=list(history.notes)))


def _series(found: Series) -> ReadSeries:
    views = found.views
    known = ~np.isnan(views)
    return ReadSeries(
        name=found.name,
        first_date=str(found.first_date),
        last_date=str(found.last_date),
        n_days=len(views),
        n_known=int(known.sum()),
        total=float(views[known].sum()),
        views=[
            value if is_known else None for value, is_known in zip(found.views.tolist(), known, strict=True)
        ],
    )


async def read_file() -> ReadHistory:
    """Read a file of views and say what it holds: its series, and what was passed over or mended.

    Nothing is kept. The bodies are those of `POST /retrain`.
    """
    raise NotImplementedError
