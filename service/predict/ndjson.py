"""NDJSON: each line of the body is a series; each line of the answer is its forecast or its problem.

Memory does not grow with the number of lines: further lines are read after the answers to earlier ones are
sent.
"""

from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from pydantic_core import to_json
from starlette.types import Receive, Send

from service.http.api_keys import ApiKey
from service.http.key_check import check_series
from service.http.problems import ProblemError
from service.predict.answers import CHUNK_DAYS, Openings, forecast_texts
from service.predict.kept import Lookup, each_with_kept_days
from service.predict.questions import AnyQuestion, Question, read_line
from training.store.model_store import LoadedModel

MEDIA_TYPE = "application/x-ndjson"
# Enough for 4,096 views of 30 characters each.
MOST_LINE_BYTES = 128 * 1024


class Sender(NamedTuple):
    """Properties of a request that all its lines share: path, API key, lookup of kept days, and the limit of
    threads that answer lines.
    """

    path: str
    key: ApiKey | None
    lookup: Lookup
    limiter: CapacityLimiter


async def answer_lines(
    receive: Receive, send: Send, loaded: LoadedModel, openings: Openings, sender: Sender
) -> None:
    """Answer a body of NDJSON while it arrives; all lines are forecast by the same model."""
    headers = [(b"content-type", MEDIA_TYPE.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    n_lines = 0
    async for lines in _lines(receive):
        pieces = _pieces(lines, n_lines, loaded, openings, sender)
        while piece := await run_sync(next, pieces, b"", limiter=sender.limiter):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        n_lines += len(lines)
    await send({"type": "http.response.body", "body": b""})


async def _lines(receive: Receive) -> AsyncIterator[list[bytes]]:
    """Yield lists of complete lines as they arrive; lines that are too long are truncated."""
    rest = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        more = message.get("more_body", False)
        *lines, end = message.get("body", b"").split(b"\n")
        if lines:
            yield [rest + lines[0], *lines[1:]]
            rest = b""
        # The end of a line that is too long is dropped; the line is refused later by its length.
        rest = (rest + end)[: MOST_LINE_BYTES + 1]
    if rest:
        yield [rest]


def _pieces(
    lines: list[bytes], n_before: int, loaded: LoadedModel, openings: Openings, sender: Sender
) -> Iterator[bytes]:
    """Yield the answers in order of the lines, about 8,000 forecast days at a time; skip blank lines."""

    def answered() -> bytes:
        looked_up = _looked_up(entries, sender, known)
        questions = [line for line in looked_up if isinstance(line, Question)]
        texts = iter(forecast_texts(loaded.model, questions))
        return b"".join(
            b'{"id":%b,%b,%b}\n'
            % (to_json(line.name), openings.text(loaded, line.options.levels), next(texts))
            if isinstance(line, Question)
            else line
            for line in looked_up
        )

    known = loaded.model.known_events
    entries: list[tuple[int, AnyQuestion | bytes]] = []
    n_days = 0
    for number, line in enumerate(lines, n_before + 1):
        if line.strip():
            entry = _read(line, number, sender, known)
            entries.append((number, entry))
            n_days += 1 if isinstance(entry, bytes) else entry.options.horizon
        if n_days >= CHUNK_DAYS:
            yield answered()
            entries, n_days = [], 0
    if entries:
        yield answered()


def _looked_up(
    entries: list[tuple[int, AnyQuestion | bytes]], sender: Sender, known: tuple[str, ...]
) -> list[Question | bytes]:
    """Read the days of kept series; replace series that cannot be forecast by answers with the problem."""
    questions = [entry for _, entry in entries if not isinstance(entry, bytes)]
    answers = each_with_kept_days(questions, sender.lookup, known)
    looked_up: list[Question | bytes] = []
    for number, entry in entries:
        answer = entry if isinstance(entry, bytes) else next(answers)
        looked_up.append(
            _problem_line(number, answer, sender) if isinstance(answer, ProblemError) else answer
        )
    return looked_up


def _read(line: bytes, number: int, sender: Sender, known: tuple[str, ...]) -> AnyQuestion | bytes:
    """Parse a line; for an invalid line, give the answer with the problem."""
    try:
        if len(line) > MOST_LINE_BYTES:
            detail = f"the line has more than {MOST_LINE_BYTES} bytes, the most that is read in one"
            raise ProblemError("body-too-large", detail)
        question = read_line(line, known)
        if sender.key is not None:
            check_series(sender.key, question.name, "id")
        return question
    except ProblemError as problem:
        return _problem_line(number, problem, sender)


def _problem_line(number: int, problem: ProblemError, sender: Sender) -> bytes:
    details = problem.details(sender.path).model_dump(exclude_none=True)
    return to_json({"line": number, **details}) + b"\n"
