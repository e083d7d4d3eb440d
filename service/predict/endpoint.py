"""`POST /predict`: the forecast of one series or of many, by one path.

read the body -> arrays -> one call of the model -> JSON
"""

from collections.abc import Iterator
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import Body
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from service.current_model import CurrentModel
from service.http.bodies import limited, media_type, read_body, refuse_encoded
from service.http.key_check import refuse_foreign_series
from service.http.openapi import REFERENCE
from service.http.problems import ProblemError
from service.http.scope import KEY, N_FORECASTS
from service.predict import ndjson as lines
from service.predict.answers import Openings, answer
from service.predict.batching import Batcher
from service.predict.questions import read_questions
from service.schemas import (
    LINES_EXAMPLE,
    REQUEST_EXAMPLES,
    BatchForecastAnswer,
    BatchForecastRequest,
    ForecastAnswer,
    ForecastRequest,
    LineForecast,
    LineForecastRequest,
)
from training.model.windows import HORIZON_DAYS

# Up to here the work takes less than about a millisecond, and a thread would cost more than it gives.
SMALL_BODY_BYTES = 32 * 1024
SMALL_FORECAST_DAYS = 512


class Predict:
    """The ASGI endpoint.

    Its own rather than FastAPI's, whose exit stacks, dependencies and validation of the answer cost more than
    the forecast.
    """

    def __init__(self, models: CurrentModel, max_bytes: int) -> None:
        self.models = models
        self.max_bytes = max_bytes
        self._batcher = Batcher()
        self._openings = Openings()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever is wrong is raised as a `ProblemError` before the answer starts."""
        loaded = self.models.loaded()
        headers = Headers(scope=scope)
        kind = media_type(headers)
        if kind == lines.MEDIA_TYPE:
            refuse_encoded(headers)
            await lines.answer_lines(receive, send, loaded, self._openings, scope["path"], scope.get(KEY))
            return
        receive = limited(scope, receive, self.max_bytes)
        if kind != "application/json":
            detail = f"application/json and {lines.MEDIA_TYPE} are read here; say which in Content-Type"
            raise ProblemError("unsupported-content", detail)
        body = await read_body(receive)
        known = loaded.model.known_events
        if len(body) <= SMALL_BODY_BYTES:
            questions = read_questions(body, known)
        else:
            questions = await run_sync(read_questions, body, known)
        if KEY in scope:
            refuse_foreign_series(scope, (question.name for question in questions))
        scope[N_FORECASTS] = len(questions)
        options = questions[0].options
        opening = self._openings.text(loaded, options.levels)
        if questions[0].name is None and options.horizon <= HORIZON_DAYS:
            text = await self._batcher.text(loaded.model, questions[0])
            await _send_whole(send, b"{%b,%b}" % (opening, text))
            return
        pieces = answer(opening, loaded.model, questions)
        if len(questions) * options.horizon <= SMALL_FORECAST_DAYS:
            await _send_whole(send, b"".join(pieces))
        else:
            await _send_in_chunks(send, pieces)


def _a_line_each(model: type[BaseModel], example: str) -> dict[str, Any]:
    """Document a body of lines; `itemSchema` is OpenAPI 3.2's word for what each of them is."""
    items = {"$ref": REFERENCE.format(model=model.__name__)}
    return {"content": {lines.MEDIA_TYPE: {"itemSchema": items, "example": example}}}


# The other kind of body, beside JSON.
LINES_IN = {"requestBody": _a_line_each(LineForecastRequest, LINES_EXAMPLE)}
LINES_OUT: dict[int | str, dict[str, Any]] = {200: _a_line_each(LineForecast, "")}


async def forecast(
    body: Annotated[ForecastRequest | BatchForecastRequest, Body(openapi_examples=REQUEST_EXAMPLES)],
) -> ForecastAnswer | BatchForecastAnswer:
    """Forecast the coming days of one series, or of many.

    The answer has the form of the request: one forecast for one series, a list for a list, and for lines of
    NDJSON a line each, with the forecast or with what is wrong with that line.
    """
    raise NotImplementedError


async def _send_whole(send: Send, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _send_in_chunks(send: Send, pieces: Iterator[bytes]) -> None:
    """Work in a thread and send as the client reads, so that no answer is ever whole in memory."""
    first = await run_sync(next, pieces)
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
    )
    await send({"type": "http.response.body", "body": first, "more_body": True})
    while piece := await run_sync(next, pieces, b""):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
