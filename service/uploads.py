"""The view history in the body of `POST /retrain`: JSON, CSV, a zip file, or a form with such a file."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import PurePath

import numpy as np
from anyio.to_thread import run_sync
from starlette.datastructures import Headers, UploadFile
from starlette.requests import Request
from starlette.types import Receive, Scope

from service.http.bodies import media_type, read_body
from service.http.event_days import read_events
from service.http.problems import ProblemError
from service.http.validation import check_unique, read_json, validate
from service.schemas import HistoryEnvelope, NamedSeriesHistory, SeriesHistory
from training.history.series import EARLIEST_DATE, LATEST_DATE, History, HistoryError, Series

# Calls a function with a content and more arguments, off the event loop.
Run = Callable[..., Awaitable[History]]
# JSON up to here is read within a millisecond or two; all else has a process of its own.
SMALL_BODY_BYTES = 32 * 1024
JSON = "application/json"
FORM = "multipart/form-data"
# media type -> what messages call a body that has no file name
FILES = {
    "text/csv": "upload.csv",
    "application/zip": "upload.zip",
    "application/x-zip-compressed": "upload.zip",
}


async def read_upload(
    scope: Scope, receive: Receive, events: Sequence[str] = (), run: Run = run_sync
) -> History | None:
    """Read the history in a body, with the events that are asked for; None when the body is empty.

    Files and large bodies are read by `run`: `ApartReader.run` bounds what that may cost.

    Raises
    ------
    ProblemError
        When it is of another kind, cannot be read, or is no history; says where and what would be right.
    """
    kind = media_type(Headers(scope=scope))
    if kind == FORM:
        return await _from_form(Request(scope, receive), run, events)
    body = await read_body(receive)
    if not kind and not body:
        return None
    if kind == JSON:
        if len(body) <= SMALL_BODY_BYTES:
            return await run_sync(_from_json, body, events)
        return await run(_from_json, body, events)
    if kind in FILES:
        return await run(_from_file, body, FILES[kind], events)
    known = ", ".join([JSON, *FILES, FORM])
    raise ProblemError(
        "unsupported-content", f"Content-Type is {kind[:80] or 'missing'}; one of {known} would be right"
    )


async def _from_form(request: Request, run: Run, events: Sequence[str]) -> History:
    async with request.form(max_files=2, max_fields=10) as form:
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        if len(files) != 1:
            raise ProblemError.at(
                "", f"is a form with {len(files)} files; exactly one, a CSV or zip file, would be right"
            )
        content = await files[0].read()
        # A browser may send a whole path; messages name the file.
        name = PurePath((files[0].filename or "upload.csv").replace("\\", "/")).name
    return await run(_from_file, content, name, events)


def _from_file(content: bytes, name: str, events: Sequence[str]) -> History:
    # Only uploads read files: a service that forecasts never loads what that takes.
    from training.history.files import parse_history

    try:
        return parse_history(content, name, events)
    except HistoryError as error:
        raise ProblemError("invalid-input", str(error)) from error


def _from_json(body: bytes, events: Sequence[str]) -> History:
    found = read_json(body)
    if isinstance(found, dict) and "series" in found:
        batch = validate(HistoryEnvelope, found)
        series = [validate(NamedSeriesHistory, one, "series", i) for i, one in enumerate(batch.series)]
        check_unique([one.id for one in series])
        return _history([(one, f"series[{i}]") for i, one in enumerate(series)], events)
    return _history([(validate(SeriesHistory, found), "")], events)


def _history(found: list[tuple[SeriesHistory, str]], events: Sequence[str]) -> History:
    first, last = (date.fromisoformat(str(day)) for day in (EARLIEST_DATE, LATEST_DATE))
    told = {
        one.id: read_events(one.events, events, first, last, f"{place}.events".lstrip("."))
        for one, place in found
        if one.events
    }
    return History(tuple(_series(one, place) for one, place in found), (), told)


def _series(found: SeriesHistory, place: str) -> Series:
    views = np.array(found.views, dtype=np.float64)
    first_date = np.datetime64(found.last_date, "D") - np.timedelta64(views.size - 1, "D")
    try:
        return Series.trimmed(found.id, first_date, views)
    except HistoryError as error:
        raise ProblemError.at(place, f"is no history: {error}") from error
