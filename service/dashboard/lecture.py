"""`GET /lecture` and its numbers: the course on one's own views, computed by the estimator itself."""

from functools import partial
from typing import Any

import anyio
import numpy as np
from anyio.to_thread import run_sync
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from service.http.bodies import limited, read_body
from service.http.problems import ProblemError
from service.http.validation import MOST_BYTES_AT_ONCE
from service.predict.questions import read_questions
from training.errors import ViewcastError
from training.history.series import DAY, Series

# One course at a time takes as much of a processor as a service should give away.
_turn = anyio.CapacityLimiter(1)


async def compute(request: Request, max_bytes: int) -> Response:
    """Answer with the first steps, or with the ladder, of the views in the body."""
    most = min(max_bytes, MOST_BYTES_AT_ONCE)
    body = await read_body(limited(request.scope, request.receive, most))
    step = request.path_params["step"]
    if step not in ("steps", "ladder"):
        raise ProblemError("not-found", f"nothing is served at {request.url.path}; /docs shows what is")
    try:
        numbers = await run_sync(partial(_compute, body, step), limiter=_turn)
    except ViewcastError as error:
        raise ProblemError("invalid-input", str(error)) from error
    return Response(to_json(numbers), media_type="application/json")


def _compute(body: bytes, step: str) -> dict[str, Any]:
    # scikit-learn: a service that only forecasts never loads it.
    from training.lecture.course import first_steps, ladder_step

    question, *others = read_questions(body)
    if others or question.name is not None:
        raise ProblemError.at("series", "is a list; the lecture is on one series")
    first_date = np.datetime64(question.last_date, "D") - (len(question.views) - 1) * DAY
    series = Series.trimmed("your views", first_date, question.views)
    return ladder_step(series) if step == "ladder" else first_steps(series)
