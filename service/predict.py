"""`POST /predict`: the forecast of one series or of many, by one path.

parse the body -> arrays -> one call of the model -> JSON
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

import numpy as np
from anyio.to_thread import run_sync
from fastapi import Body
from numpy.typing import NDArray
from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from service.bodies import limited, media_type, read_body
from service.models import CurrentModel
from service.problems import ProblemError
from service.schemas import (
    REQUEST_EXAMPLES,
    BatchEnvelope,
    BatchForecastAnswer,
    BatchForecastRequest,
    ForecastAnswer,
    ForecastOptions,
    ForecastRequest,
    SeriesToForecast,
)
from service.validation import check_unique, read_json, validate
from training.forecast_model import LEVELS, ForecastModel
from training.store import LoadedModel
from training.windows import CONTEXT_DAYS, HORIZON_DAYS

# Up to here the work takes less than about a millisecond, and a thread would cost more than it gives.
SMALL_BODY_BYTES = 32 * 1024
SMALL_FORECAST_DAYS = 512
# Days forecast between two looks at the other requests, and between two writes to the client.
CHUNK_DAYS = 8_192

LAST_DATE = np.datetime64("9999-12-31", "D")


@dataclass(frozen=True)
class Question:
    """What is to be forecast, checked and as arrays.

    Attributes
    ----------
    ids : the series' names; None when there is one, and the answer is not a list
    views : views a day of each series, NaN where missing
    last_dates : the day of each one's last view, datetime64[D]
    """

    ids: list[str] | None
    views: list[NDArray[np.float64]]
    last_dates: NDArray[np.datetime64]
    horizon: int
    levels: tuple[int, ...]


class Predict:
    """The ASGI endpoint.

    Its own rather than FastAPI's, whose exit stacks, dependencies and validation of the answer cost more than
    the forecast.
    """

    def __init__(self, models: CurrentModel, max_bytes: int) -> None:
        self.models = models
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever is wrong is raised as a `ProblemError` before the answer starts."""
        loaded = self.models.loaded()
        receive = limited(scope, receive, self.max_bytes)
        if media_type(Headers(scope=scope)) != "application/json":
            raise ProblemError(
                "unsupported-content", "only application/json is read here; say so in Content-Type"
            )
        body = await read_body(receive)
        if len(body) <= SMALL_BODY_BYTES:
            question = read_question(body)
        else:
            question = await run_sync(read_question, body)
        if len(question.views) * question.horizon <= SMALL_FORECAST_DAYS:
            await _send_whole(send, b"".join(answer(question, loaded)))
        else:
            await _send_in_chunks(send, answer(question, loaded))


async def forecast(
    body: Annotated[ForecastRequest | BatchForecastRequest, Body(openapi_examples=REQUEST_EXAMPLES)],
) -> ForecastAnswer | BatchForecastAnswer:
    """Forecast the coming days of one series, or of many.

    The answer has the form of the request: one forecast for one series, a list for a list.
    """
    raise NotImplementedError


def read_question(body: bytes) -> Question:
    """Read and check the body of a request.

    Raises
    ------
    ProblemError
        Naming the field that is wrong and what would be right.
    """
    found = read_json(body)
    if isinstance(found, dict) and "series" in found:
        batch = validate(BatchEnvelope, found)
        # One by one, so that a batch in a thread lets other requests in between.
        series = [validate(SeriesToForecast, one, "series", i) for i, one in enumerate(batch.series)]
        ids = [one.id for one in series]
        check_unique(ids)
        return _question(ids, series, [f"series[{i}]." for i in range(len(ids))], batch)
    single = validate(ForecastRequest, found)
    return _question(None, [single], [""], single)


def _question(
    ids: list[str] | None,
    series: Sequence[ForecastRequest | SeriesToForecast],
    places: list[str],
    options: ForecastOptions,
) -> Question:
    _check_levels(options.levels)
    views = [np.array(one.views, dtype=np.float64) for one in series]
    last_dates = np.array([one.last_date for one in series], dtype="datetime64[D]")
    for place, days in zip(places, views, strict=True):
        if np.isnan(days[-HORIZON_DAYS:]).all():
            detail = f"has no count in its last {HORIZON_DAYS} days, which its level is taken from"
            raise ProblemError.at(f"{place}views", detail)
    for i in np.flatnonzero(last_dates > LAST_DATE - options.horizon)[:1]:
        raise ProblemError.at(
            f"{places[i]}last_date", f"is {last_dates[i]}; {options.horizon} days later, the calendar ends"
        )
    return Question(ids, views, last_dates, options.horizon, tuple(options.levels))


def _check_levels(levels: list[int]) -> None:
    for i, level in enumerate(levels):
        if level not in LEVELS:
            known = " and ".join(map(str, LEVELS))
            raise ProblemError.at(f"levels[{i}]", f"is {str(level)[:40]}; there are intervals for {known}")
        if level in levels[:i]:
            raise ProblemError.at(f"levels[{i}]", f"is {level} again; each level is given once")


def answer(question: Question, loaded: LoadedModel) -> Iterator[bytes]:
    """Forecast, and write the answer as JSON, some thousand days a piece."""
    measured = (loaded.manifest.scores or {}).get("coverage", {})
    coverage = {level: measured.get(level) for level in map(str, question.levels)}
    coverage = {level: share and round(share, 3) for level, share in coverage.items()}
    opening = to_json({"model": loaded.manifest.version, "coverage": coverage})[:-1]
    if question.ids is None:
        (only,) = _forecasts(question, loaded.model, slice(None))
        yield opening + b"," + to_json(only)[1:]
        return
    yield opening + b',"series":['
    chunk = max(1, CHUNK_DAYS // question.horizon)
    for start in range(0, len(question.ids), chunk):
        part = slice(start, start + chunk)
        series = [
            {"id": name, **forecast}
            for name, forecast in zip(
                question.ids[part], _forecasts(question, loaded.model, part), strict=True
            )
        ]
        yield (b"," if start else b"") + to_json(series)[1:-1]
    yield b"]}"


def _forecasts(question: Question, model: ForecastModel, part: slice) -> Iterator[dict[str, Any]]:
    """Forecast a part of the series, each one as its answer."""
    views, last_dates = question.views[part], question.last_dates[part]
    found = model.predict(views, last_dates, question.horizon, question.levels)
    # One array of (series, day, median and the intervals' ends): one rounding and one conversion for all.
    numbers = (
        np.concatenate([found.median[None], found.lower, found.upper]).transpose(1, 2, 0).round(2).tolist()
    )
    names = [(str(level), 1 + i, 1 + len(question.levels) + i) for i, level in enumerate(question.levels)]
    for days, last_date, rows in zip(views, last_dates.astype(int).tolist(), numbers, strict=True):
        yield {
            "short_history": len(days) < CONTEXT_DAYS,
            "forecast": [
                {
                    "date": date,
                    "views": row[0],
                    "intervals": {name: (row[low], row[high]) for name, low, high in names},
                }
                for date, row in zip(_dates_after(last_date, question.horizon), rows, strict=True)
            ],
        }


# Most requests of a day end on the same date.
@lru_cache(maxsize=256)
def _dates_after(last_date: int, horizon: int) -> list[str]:
    """Give the ISO dates of the days after a day, which is counted from 1970."""
    days: list[str] = np.datetime_as_string(
        np.datetime64(last_date, "D") + np.arange(1, horizon + 1).astype("timedelta64[D]")
    ).tolist()
    return days


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
