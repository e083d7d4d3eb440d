"""`POST /predict`: forecast one series or many.

Steps: read the body, check it and make arrays, call the model, write JSON.
"""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Annotated, Any, TypeVar, cast

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Body
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from service.current_model import CurrentModel
from service.http.apart import ApartReader
from service.http.bodies import (
    SERIES_BYTES,
    Departure,
    hold_parsed,
    limited,
    media_type,
    read_body,
    refuse_encoded,
)
from service.http.key_check import refuse_foreign_series
from service.http.openapi import REFERENCE
from service.http.problems import BODY_PROBLEMS, ProblemError, problem_responses
from service.http.scope import KEY, N_FORECASTS
from service.predict import files
from service.predict import ndjson as lines
from service.predict.answers import Openings, answer, forecast_texts
from service.predict.batching import Batcher
from service.predict.kept import Lookup, with_kept_days
from service.predict.questions import AnyQuestion, KeptQuestion, Question, read_questions
from service.predict.turns import Turn, Turns
from service.request_examples import LINES_EXAMPLE, REQUEST_EXAMPLES
from service.schemas import (
    BatchForecastAnswer,
    BatchForecastRequest,
    ForecastAnswer,
    ForecastRequest,
    KeptForecastRequest,
    LineForecast,
    LineForecastRequest,
)
from training.model.windows import HORIZON_DAYS
from training.store.model_store import LoadedModel

# Up to these sizes, the work takes less than about a millisecond; a thread would cost more time.
SMALL_BODY_BYTES = 32 * 1024
SMALL_FORECAST_DAYS = 512
# Bodies of NDJSON whose lines are answered at the same time.
MOST_LINES_AT_ONCE = 8
_N_BYTES = attrgetter("views.nbytes")

Known = TypeVar("Known")
Read = TypeVar("Read")


class Predict:
    """The ASGI endpoint of `POST /predict`.

    It bypasses FastAPI, because its exit stacks, dependencies and response validation take longer than a
    forecast.
    """

    def __init__(
        self,
        models: CurrentModel,
        max_bytes: int,
        lookup: Lookup,
        apart: ApartReader,
        lookup_limiter: CapacityLimiter,
    ) -> None:
        # Lookups have threads of their own: while a database is silent, other forecasts go on.
        self._lookup_limiter = lookup_limiter
        self._lines_limiter = CapacityLimiter(MOST_LINES_AT_ONCE)
        self.apart = apart
        self.models = models
        self.lookup = lookup
        self.max_bytes = max_bytes
        self._batcher = Batcher()
        self._openings = Openings()
        self.turns = Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises `ProblemError` for an invalid request, before the answer starts."""
        with self.turns.turn() as turn:
            await self._answer(scope, receive, send, turn)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, turn: Turn) -> None:
        loaded = self.models.loaded()
        headers = Headers(scope=scope)
        kind = media_type(headers)
        if kind == lines.MEDIA_TYPE:
            refuse_encoded(headers)
            sender = lines.Sender(scope["path"], scope.get(KEY), self.lookup, self._lines_limiter)
            await lines.answer_lines(receive, send, loaded, self._openings, sender)
            return
        receive = limited(scope, receive, self.max_bytes)
        if kind in files.KINDS:
            await self._answer_file(scope, receive, send, loaded, turn)
            return
        if kind != "application/json":
            detail = (
                f"application/json, {lines.MEDIA_TYPE} and files are read here; say which in Content-Type"
            )
            raise ProblemError("unsupported-content", detail)
        if (n_bytes := int(headers.get("content-length", 0))) > SMALL_BODY_BYTES:
            turn.enqueue(n_bytes)
        known = loaded.model.known_events
        read = await self.read(receive, read_questions, known, turn)
        if KEY in scope:
            refuse_foreign_series(scope, (question.name for question in read))
        if KeptQuestion in map(type, read):
            questions = await self._with_kept_days(read, known)
        else:
            questions = cast(list[Question], read)
        hold_series(scope, questions)
        options = questions[0].options
        opening = self._openings.text(loaded, options.levels)
        if questions[0].name is None and options.horizon <= HORIZON_DAYS:
            text = await self._batcher.text(loaded.model, questions[0])
            await _send_whole(send, b"{%b,%b}" % (opening, text))
            return
        if isinstance(read[0], KeptQuestion) and not read[0].place:
            await _send_whole(send, await self._named(loaded, questions[0]))
            return
        pieces = answer(opening, loaded.model, questions)
        await send_pieces(send, receive, pieces, len(questions) * options.horizon, turn)

    async def read(
        self, receive: Receive, reader: Callable[[bytes, Known], Read], known: Known, turn: Turn
    ) -> Read:
        """Read and parse a body; a large one in a thread and one at a time, as it takes ten times its size.

        Raises `ClientDisconnect` when the client disconnects, and `ProblemError` as `reader` does.
        """
        body = await read_body(receive)
        if len(body) <= SMALL_BODY_BYTES:
            return reader(body, known)
        async with Departure(receive) as has_left:
            await turn.begin(len(body))
            if has_left():
                raise ClientDisconnect
            return await run_sync(reader, body, known)

    async def _answer_file(
        self, scope: Scope, receive: Receive, send: Send, loaded: LoadedModel, turn: Turn
    ) -> None:
        questions, notes = await files.read_file(scope, receive, loaded.model.known_events, self.apart)
        hold_series(scope, questions)
        opening = self._openings.text(loaded, questions[0].options.levels)
        pieces = answer(b'%b,"notes":%b' % (opening, to_json(notes)), loaded.model, questions)
        n_days = len(questions) * questions[0].options.horizon
        await send_pieces(send, receive, pieces, n_days, turn)

    async def forecast_kept(self, kept_question: KeptQuestion) -> bytes:
        """Forecast one kept series; give the answer's JSON, with the same fields as a line of NDJSON.

        Raises `ProblemError` as `with_kept_days` does.
        """
        loaded = self.models.loaded()
        (question,) = await self._with_kept_days([kept_question], loaded.model.known_events)
        return await self._named(loaded, question)

    async def _with_kept_days(
        self, questions: Sequence[AnyQuestion], known: tuple[str, ...]
    ) -> list[Question]:
        return await run_sync(with_kept_days, questions, self.lookup, known, limiter=self._lookup_limiter)

    async def _named(self, loaded: LoadedModel, question: Question) -> bytes:
        opening = self._openings.text(loaded, question.options.levels)
        if question.options.horizon <= HORIZON_DAYS:
            text = await self._batcher.text(loaded.model, question)
        else:
            (text,) = await run_sync(forecast_texts, loaded.model, [question])
        return b'{"id":%b,%b,%b}' % (to_json(question.name), opening, text)


def _a_line_each(model: type[BaseModel], example: str) -> dict[str, Any]:
    """Make the OpenAPI description of an NDJSON body; OpenAPI 3.2 has `itemSchema` for the lines."""
    items = {"$ref": REFERENCE.format(model=model.__name__)}
    return {"content": {lines.MEDIA_TYPE: {"itemSchema": items, "example": example}}}


_PROBLEMS = problem_responses(*BODY_PROBLEMS, "unknown-series", "no-model", "no-archive")
DOCUMENTATION: dict[str, Any] = {
    "summary": "Forecast one series or many",
    "tags": ["forecasts"],
    "responses": {200: _a_line_each(LineForecast, ""), **_PROBLEMS},
    # The second media type of the request body, besides JSON.
    "openapi_extra": {"requestBody": _a_line_each(LineForecastRequest, LINES_EXAMPLE)},
}


async def forecast(
    body: Annotated[
        ForecastRequest | KeptForecastRequest | BatchForecastRequest, Body(openapi_examples=REQUEST_EXAMPLES)
    ],
) -> ForecastAnswer | LineForecast | BatchForecastAnswer:
    """Forecast the coming days of one series, or of many.

    A series with an `id` and no `views` is forecast from the days that are kept of it.
    The answer has the form of the request: one forecast for one series, a list for a list, and for lines of
    NDJSON a line each, with the forecast or with what is wrong with that line.
    """
    raise NotImplementedError


def hold_series(scope: Scope, questions: list[Question]) -> None:
    """Count the memory of a request's series instead of its body, until the answer is sent.

    Raises `ProblemError` (503) when all requests together would exceed the limit.
    """
    scope[N_FORECASTS] = len(questions)
    if len(questions) > 1:
        hold_parsed(scope, sum(map(_N_BYTES, questions)) + SERIES_BYTES * len(questions))


async def _send_whole(send: Send, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def send_pieces(send: Send, receive: Receive, pieces: Iterator[bytes], n_days: int, turn: Turn) -> None:
    """Send an answer: a small one at once, a large one in pieces, after waiting for its turn.

    Raises `ProblemError` (503) when the turn does not come in time.
    """
    if n_days <= SMALL_FORECAST_DAYS:
        await _send_whole(send, b"".join(pieces))
        return
    async with Departure(receive) as has_left:
        await turn.begin()
        await _send_in_chunks(send, pieces, has_left, turn)


async def _send_in_chunks(
    send: Send, pieces: Iterator[bytes], has_left: Callable[[], bool], turn: Turn
) -> None:
    """Make the pieces in a thread, each after the client has read the last, so that memory is bounded.

    When the client disconnects, work ends after the current piece.
    """
    first = await run_sync(next, pieces)
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
    )
    await send({"type": "http.response.body", "body": first, "more_body": True})
    while not has_left() and (piece := await run_sync(next, pieces, b"")):
        slow = turn.sending()
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        slow.cancel()
    await send({"type": "http.response.body", "body": b""})
