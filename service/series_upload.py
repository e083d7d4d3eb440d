"""The history in the body of `PUT /series/{id}/days` or `POST /series`, by the names that it is kept by."""

from collections.abc import Sequence
from dataclasses import replace

from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from service.http.bodies import media_type, read_body
from service.http.problems import ProblemError
from service.http.validation import check_unique, read_json, validate
from service.schemas import NamedSeriesHistory
from service.uploads import Run, history_of, read_options, read_upload
from training.history.options import ReadOptions
from training.history.series import ONLY_SERIES, History, HistoryError, Series, quoted

NDJSON = "application/x-ndjson"


async def read_days(
    scope: Scope, receive: Receive, events: Sequence[str], run: Run, name: str, metric: str
) -> History:
    """Read the days of the one series that a path names.

    Raises `ProblemError`, also when the body has several series or one of another name.
    """
    history = await _read(scope, receive, events, run)
    if len(history.series) != 1:
        raise ProblemError.at("", f"has {len(history.series)} series; one would be right, that of the path")
    (only,) = history.series
    if only.name not in (ONLY_SERIES, name):
        raise ProblemError.at("id", f"is {quoted(only.name)}, and the path says {quoted(name)}")
    return _renamed(history, {only.name: name}, metric)


async def read_many(
    scope: Scope,
    receive: Receive,
    events: Sequence[str],
    run: Run,
    name: str | None,
    prefix: str,
    metric: str | None,
) -> History:
    """Read the days of many series.

    Parameters
    ----------
    scope, receive : the request's
    events : the events that are read too
    run : reads large bodies
    name : what a lone series is to be named
    prefix : what is put before every name
    metric : what is counted; without one, what the file says
    """
    history = await _read(scope, receive, events, run)
    names = {series.name: prefix + series.name for series in history.series}
    if name is not None:
        if len(names) != 1:
            raise ProblemError.at("series", f"names one series, and the body has {len(names)}")
        names = dict.fromkeys(names, prefix + name)
    return _renamed(history, names, metric)


async def _read(scope: Scope, receive: Receive, events: Sequence[str], run: Run) -> History:
    if media_type(Headers(scope=scope)) == NDJSON:
        body = await read_body(receive)
        # Other lines of JSON are records, each with a date, as the reader of files knows them.
        if b'"last_date"' in body.lstrip().partition(b"\n")[0]:
            return await run_sync(_from_lines, body, read_options(scope, events))
        receive = _read_already(body)
    history = await read_upload(scope, receive, events, run)
    if history is None:
        raise ProblemError.at("", "is empty; the history to keep would be right")
    return history


def _read_already(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _from_lines(body: bytes, options: ReadOptions) -> History:
    """Read a series a line; blank lines are passed over."""
    series = [
        (validate(NamedSeriesHistory, _line(line, number), f"line {number}"), f"line {number}")
        for number, line in enumerate(body.split(b"\n"), 1)
        if line.strip()
    ]
    check_unique([f"{one.id} ({one.metric})" for one, _ in series])
    return history_of(series, options)


def _line(line: bytes, number: int) -> object:
    try:
        return read_json(line)
    except ProblemError as problem:
        raise ProblemError("malformed-body", f"line {number}: {problem.detail}") from None


def _renamed(history: History, names: dict[str, str], metric: str | None) -> History:
    """Give the series, and their events, other names."""

    def renamed(series: Series) -> Series:
        return replace(series, name=names[series.name], metric=metric or series.metric)

    try:
        series = tuple(renamed(one) for one in history.series)
        events = {names[name]: days for name, days in history.events.items() if name in names}
        return History(series, history.notes, events)
    except HistoryError as error:
        raise ProblemError("invalid-input", str(error)) from error
