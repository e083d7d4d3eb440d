"""The history in the body of `POST /retrain` and the like: JSON, a file, or a form with a file."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import PurePath
from urllib.parse import parse_qsl, quote

import numpy as np
from anyio.to_thread import run_sync
from starlette.datastructures import Headers, UploadFile
from starlette.requests import Request
from starlette.types import Receive, Scope

from service.http.bodies import media_type, read_body
from service.http.event_days import read_events
from service.http.problems import ProblemError
from service.http.validation import check_unique, read_json, validate
from service.schemas import FileOptions, HistoryEnvelope, NamedSeriesHistory, SeriesHistory
from training.clock import utc_now
from training.history.events import names_in
from training.history.options import ReadOptions
from training.history.series import (
    DAY,
    EARLIEST_DATE,
    LATEST_DATE,
    ONLY_SERIES,
    VIEWS,
    History,
    HistoryError,
    Series,
)
from training.history.series_notes import finish

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
    "application/gzip": "upload.csv.gz",
    "application/x-gzip": "upload.csv.gz",
    "text/tab-separated-values": "upload.tsv",
    "application/x-ndjson": "upload.jsonl",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "upload.xlsx",
    "application/vnd.apache.parquet": "upload.parquet",
}


async def read_upload(
    scope: Scope, receive: Receive, events: Sequence[str] = (), run: Run = run_sync
) -> History | None:
    """Read the history in a body, with the events that are asked for; None when the body is empty.

    How it is read may be said in the query, as `FileOptions`.

    Files and large bodies are read by `run`: `ApartReader.run` bounds what that may cost.

    Raises
    ------
    ProblemError
        When it is of another kind, cannot be read, or is no history; says where and what would be right.
    """
    kind = media_type(Headers(scope=scope))
    options = read_options(scope, events)
    if kind == FORM:
        return await _from_form(Request(scope, receive), run, options)
    body = await read_body(receive)
    if not kind and not body:
        return None
    if kind == JSON:
        if len(body) <= SMALL_BODY_BYTES:
            return await run_sync(_from_json, body, options)
        return await run(_from_json, body, options)
    if kind in FILES:
        return await run(_from_file, body, FILES[kind], options)
    known = ", ".join([JSON, *FILES, FORM])
    raise ProblemError(
        "unsupported-content", f"Content-Type is {kind[:80] or 'missing'}; one of {known} would be right"
    )


def read_options(scope: Scope, events: Sequence[str]) -> ReadOptions:
    """What the query says about how a file is to be read; `ProblemError` for what it cannot say."""
    said = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
    known = {name: value for name, value in said.items() if name in FileOptions.model_fields}
    query = validate(FileOptions, known)
    today = np.datetime64(utc_now().date())
    return ReadOptions(
        names_in(query.views),
        query.series or None,
        tuple(events),
        query.differences,
        query.without_last_day,
        today,
        in_query,
    )


def in_query(option: str, value: str = "") -> str:
    """Write an option as it is given in a URL's query: `?views=Engaged%20views`."""
    is_flag = FileOptions.model_fields[option].annotation is not str
    return f"?{option}={quote(value) or ('true' if is_flag else '')}"


async def _from_form(request: Request, run: Run, options: ReadOptions) -> History:
    async with request.form(max_files=2, max_fields=10) as form:
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        if len(files) != 1:
            raise ProblemError.at("", f"is a form with {len(files)} files; exactly one would be right")
        content = await files[0].read()
        # A browser may send a whole path; messages name the file.
        name = PurePath((files[0].filename or "upload.csv").replace("\\", "/")).name
    return await run(_from_file, content, name, options)


def _from_file(content: bytes, name: str, options: ReadOptions) -> History:
    # Only uploads read files: a service that forecasts never loads what that takes.
    from training.history.files import parse_history

    try:
        return parse_history(content, name, options)
    except HistoryError as error:
        raise ProblemError("invalid-input", str(error)) from error


def _from_json(body: bytes, options: ReadOptions) -> History:
    document = read_json(body)
    if not isinstance(document, dict) or any(map(_is_foreign, document.items())):
        return _from_file(body, "upload.json", options)
    if "series" in document:
        batch = validate(HistoryEnvelope, document)
        series = [validate(NamedSeriesHistory, each, "series", i) for i, each in enumerate(batch.series)]
        check_unique([each.id if each.metric == VIEWS else f"{each.id} ({each.metric})" for each in series])
        return history_of([(each, f"series[{i}]") for i, each in enumerate(series)], options)
    return history_of([(validate(SeriesHistory, document), "")], options)


def _is_foreign(field: tuple[str, object]) -> bool:
    """Whether a field is a list of records, as other services write their counts."""
    name, value = field
    return name != "series" and isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def history_of(found: Sequence[tuple[SeriesHistory, str]], options: ReadOptions) -> History:
    """Make a history of the series of a body, each with the place where it stands.

    Raises `ProblemError` when one of them is none.
    """
    first, last = (date.fromisoformat(str(day)) for day in (EARLIEST_DATE, LATEST_DATE))
    events = {
        each.id: read_events(each.events, options.events, first, last, f"{place}.events".lstrip("."))
        for each, place in found
        if each.events
    }
    series, notes = finish([_series(each, place, options) for each, place in found], options)
    return History(tuple(series), tuple(notes), events)


def _series(found: SeriesHistory, place: str, options: ReadOptions) -> Series:
    views = np.array(found.views, dtype=np.float64)
    first_date = np.datetime64(found.last_date, "D") - np.timedelta64(views.size - 1, "D")
    name = options.series if options.series and found.id == ONLY_SERIES else found.id
    try:
        series = Series.trimmed(name, first_date, views, found.metric)
    except HistoryError as error:
        raise ProblemError.at(place, f"is no history: {error}") from error
    if options.today is not None and series.last_date > options.today + DAY:
        detail = f"has a count for {series.last_date}, and today is {options.today}; leave days to come out"
        raise ProblemError.at(f"{place}.views".lstrip("."), detail)
    return series
