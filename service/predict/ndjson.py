"""NDJSON: each line of the body is a series, each line of the answer its forecast or its problem.

Memory is bounded however many lines there are: the next ones are read when the answers to the last are sent.
"""

from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

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
# 4,096 views of thirty characters each.
MOST_LINE_BYTES = 128 * 1024


class Sender(NamedTuple):
    """What all lines of a request share: its path, its key, and the source of kept days."""

    path: str
    key: ApiKey | None
    lookup: Lookup


async def answer_lines(
    receive: Receive, send: Send, loaded: LoadedModel, openings: Openings, sender: Sender
) -> None:
    """Answer a body of NDJSON while it arrives, with one model for all lines."""
    headers = [(b"content-type", MEDIA_TYPE.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    n_lines = 0
    async for lines in _lines(receive):
        pieces = _pieces(lines, n_lines, loaded, openings, sender)
        while piece := await run_sync(next, pieces, b""):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        n_lines += len(lines)
    await send({"type": "http.response.body", "body": b""})


async def _lines(receive: Receive) -> AsyncIterator[list[bytes]]:
    """Yield the complete lines that have arrived; of a line that is too long, only the beginning."""
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
        # The rest of a line that is too long is dropped; the line is refused.
        rest = (rest + end)[: MOST_LINE_BYTES + 1]
    if rest:
        yield [rest]


def _pieces(
    lines: list[bytes], n_before: int, loaded: LoadedModel, openings: Openings, sender: Sender
) -> Iterator[bytes]:
    """Yield the answers in order of the lines, some thousand days at a time; blank lines have no answer."""

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
    """Read the days of kept series; a series that cannot be forecast becomes an answer with the problem."""
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
    """Give the series in a line, or the answer that says what is wrong with it."""
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
