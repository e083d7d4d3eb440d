"""The history in the body of `POST /retrain` and the like: JSON, a file, or a form with a file."""

import codecs
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import PurePath
from typing import Any
from urllib.parse import parse_qsl, quote

import numpy as np
from anyio.to_thread import run_sync
from starlette.datastructures import Headers, UploadFile
from starlette.requests import Request
from starlette.types import Receive, Scope

from service.http.bodies import SERIES_BYTES, hold_parsed, media_type, read_body
from service.http.event_days import read_events
from service.http.problems import ProblemError
from service.http.validation import check_unique, read_json, validate
from service.upload_schemas import FileOptions, HistoryEnvelope, NamedSeriesHistory, SeriesHistory
from training.clock import utc_now
from training.history.events import names_in
from training.history.options import ReadOptions
from training.history.series import DAY, ONLY_SERIES, VIEWS, History, HistoryError, Series
from training.history.series_notes import finish
from training.history.spans import EARLIEST_DATE, LATEST_DATE

# Calls a function with the content and further arguments, off the event loop.
Run = Callable[..., Awaitable[History]]
# JSON of the API up to here is read within a millisecond or two; all else has a process of its own.
SMALL_BODY_BYTES = 32 * 1024
JSON = "application/json"
NDJSON = "application/x-ndjson"
FORM = "multipart/form-data"
# Of lines, the first one with the field that a series has and a record has not.
_HAS_SERIES = re.compile(rb'\s*+[^\n]*?"last_date"')
# Byte order marks, which JSON forbids and some programs write.
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# media type -> what messages call a body that has no file name
FILES = {
    "text/csv": "upload.csv",
    "application/zip": "upload.zip",
    "application/x-zip-compressed": "upload.zip",
    "application/gzip": "upload.csv.gz",
    "application/x-gzip": "upload.csv.gz",
    "text/tab-separated-values": "upload.tsv",
    NDJSON: "upload.jsonl",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "upload.xlsx",
    "application/vnd.apache.parquet": "upload.parquet",
}

# What curl, or a browser on Windows, sends for kinds of files that it does not know: the content decides.
UNTOLD = (
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    "application/vnd.ms-excel",
    "text/plain",
)
_FILE = {"type": "string", "format": "binary"}
# The kinds of body beside JSON, for the documentation.
UPLOADS: dict[str, Any] = {
    "requestBody": {
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "series,date,views\nchannel,2026-11-20,1689\n",
            },
            "application/zip": {"schema": _FILE},
            "application/gzip": {"schema": _FILE},
            FORM: {"schema": {"type": "object", "properties": {"file": _FILE}, "required": ["file"]}},
        }
    }
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
    history = await _read(scope, receive, read_options(scope, events), run)
    if history is not None:
        n_bytes = sum(series.views.nbytes for series in history.series)
        hold_parsed(scope, n_bytes + SERIES_BYTES * len(history.series))
    return history


async def _read(scope: Scope, receive: Receive, options: ReadOptions, run: Run) -> History | None:
    kind = media_type(Headers(scope=scope))
    if kind == FORM:
        return await _from_form(Request(scope, receive), run, options)
    body = await read_body(receive)
    if not body and kind in ("", *UNTOLD):
        return None
    is_small = len(body) <= SMALL_BODY_BYTES
    if kind == JSON:
        history = await run_sync(_from_own_json, body, options) if is_small else None
        return history or await run(_from_json, body, options)
    # Other lines of JSON are records, each with a date, as the reader of files knows them.
    if kind == NDJSON and _HAS_SERIES.match(body):
        return await (run_sync if is_small else run)(_from_lines, body, options)
    if kind in FILES:
        return await run(_from_file, body, FILES[kind], options)
    if kind in UNTOLD:
        return await run(_from_file, body, "upload", options)
    known = ", ".join([JSON, *FILES, FORM])
    raise ProblemError(
        "unsupported-content", f"Content-Type is {kind[:80] or 'missing'}; one of {known} would be right"
    )


def read_options(scope: Scope, events: Sequence[str]) -> ReadOptions:
    """What the query says about how a file is to be read; `ProblemError` for what it cannot say."""
    said = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))
    known = {name: value for name, value in said.items() if name in FileOptions.model_fields}
    query = validate(FileOptions, known, in_body=False)
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
    return _from_own_json(body, options) or _from_file(body, "upload.json", options)


def _from_own_json(body: bytes, options: ReadOptions) -> History | None:
    """Read the form that the documentation of the API has; None for others, which may be tables."""
    if body.startswith(_MARKS):
        return None
    document = read_json(body)
    if not isinstance(document, dict) or _is_foreign(document):
        return None
    if "series" in document:
        batch = validate(HistoryEnvelope, document)
        series = [validate(NamedSeriesHistory, each, "series", i) for i, each in enumerate(batch.series)]
        check_unique([each.id if each.metric == VIEWS else f"{each.id} ({each.metric})" for each in series])
        return history_of([(each, f"series[{i}]") for i, each in enumerate(series)], options)
    return history_of([(validate(SeriesHistory, document), "")], options)


def _is_foreign(document: dict[str, Any]) -> bool:
    """Whether a document has counts in the form of another service, which the reader of files knows.

    Where it has none in any form, what the service's own form would need says most.
    """
    series = document.get("series")
    records = [record for record in series if isinstance(record, dict)] if isinstance(series, list) else []
    around = {name: value for name, value in document.items() if name != "series" or not records}
    if any("last_date" in record for record in [around, *records]):
        return False
    return any(map(_has_table, [around, *records]))


def _has_table(record: dict[str, Any]) -> bool:
    """Whether an object has days, or lists or objects that are not those of the service's own form."""
    from training.history.date_forms import looks_like_date
    from training.history.title_words import DATE, key, words

    if any(key(name) in words(DATE) or looks_like_date(name) for name in record):
        return True
    lists = {name: value for name, value in record.items() if isinstance(value, list | dict) and value}
    views = lists.pop("views", [])
    lists.pop("events", None)
    return bool(lists) or isinstance(views, dict) or any(isinstance(view, list | dict) for view in views)


def _from_lines(body: bytes, options: ReadOptions) -> History:
    """Read a series a line; blank lines are passed over."""
    series = [
        (validate(NamedSeriesHistory, _line(line, number), f"line {number}"), f"line {number}")
        for number, line in enumerate(body.split(b"\n"), 1)
        if line.strip()
    ]
    check_unique([f"{entry.id} ({entry.metric})" for entry, _ in series])
    return history_of(series, options)


def _line(line: bytes, number: int) -> object:
    try:
        return read_json(line)
    except ProblemError as problem:
        raise ProblemError("malformed-body", f"line {number}: {problem.detail}") from None


def history_of(histories: Sequence[tuple[SeriesHistory, str]], options: ReadOptions) -> History:
    """Make a history of the series of a body, each with the place where it stands.

    Raises `ProblemError` when one of them is none.
    """
    first, last = (date.fromisoformat(str(day)) for day in (EARLIEST_DATE, LATEST_DATE))
    events = {
        each.id: read_events(each.events, options.events, first, last, f"{place}.events".lstrip("."))
        for each, place in histories
        if each.events
    }
    series, notes = finish([_series(each, place, options) for each, place in histories], options)
    return History(tuple(series), tuple(notes), events)


def _series(request: SeriesHistory, place: str, options: ReadOptions) -> Series:
    views = np.array(request.views, dtype=np.float64)
    first_date = np.datetime64(request.last_date, "D") - np.timedelta64(views.size - 1, "D")
    name = options.series if options.series and request.id == ONLY_SERIES else request.id
    try:
        series = Series.trimmed(name, first_date, views, request.metric)
    except HistoryError as error:
        raise ProblemError.at(place, f"is no history: {error}") from error
    if options.today is not None and series.last_date > options.today + DAY:
        detail = f"has a count for {series.last_date}, and today is {options.today}; leave days to come out"
        raise ProblemError.at(f"{place}.views".lstrip("."), detail)
    return series
