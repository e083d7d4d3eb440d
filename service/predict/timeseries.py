"""`POST /v1/timeseries/forecast`: the forecasts of `/predict`, by KServe's time-series protocol."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Annotated, Any, NamedTuple

from fastapi import Body
from pydantic import ValidationError
from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from service.http.bodies import limited, media_type
from service.http.key_check import refuse_foreign_series
from service.http.problems import BODY_PROBLEMS, ProblemError, problem_responses
from service.http.scope import KEY
from service.http.validation import check_unique, model_from_json, read_json, validate
from service.predict.answers import CHUNK_DAYS, forecasts_of
from service.predict.batch_splitting import split_batch
from service.predict.endpoint import Predict, hold_series, send_pieces
from service.predict.questions import LAST_ORDINAL, Options, Question, checked_views
from service.predict.turns import Turn
from service.request_examples import TIME_SERIES_EXAMPLES
from service.schemas import MOST_SERIES
from service.timeseries_schemas import (
    TimeSeriesAnswer,
    TimeSeriesEnvelope,
    TimeSeriesInput,
    TimeSeriesOptions,
    TimeSeriesRequest,
)
from training.clock import Clock, utc_now
from training.history.days import EPOCH
from training.model.forecaster import Forecaster
from training.model.interval_levels import LARGEST_LEVEL, SMALLEST_LEVEL

# The name of the model in requests, for every version.
MODEL_NAME = "viewcast"
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)((?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)", re.ASCII)


class Series(NamedTuple):
    """A series to forecast, with the frequency and the time of day in the format of its request."""

    question: Question
    frequency: str
    time_of_day: str


class Forecasting(NamedTuple):
    """The series to forecast, and for each quantile the column of the model's result."""

    series: list[Series]
    columns: dict[str, int]


class TimeSeries:
    """The ASGI endpoint of `POST /v1/timeseries/forecast`.

    Parameters
    ----------
    predict : Predict
        The endpoint of `/predict`, whose model and limits are used.
    clock : callable, default=utc_now
        Gives the time for the field `created_at`.
    """

    def __init__(self, predict: Predict, clock: Clock = utc_now) -> None:
        self._predict = predict
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises `ProblemError` for an invalid request, before the answer starts."""
        with self._predict.turns.turn() as turn:
            await self._answer(scope, receive, send, turn)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, turn: Turn) -> None:
        loaded = self._predict.models.loaded()
        if media_type(Headers(scope=scope)) != "application/json":
            raise ProblemError("unsupported-content", "application/json is read here; say so in Content-Type")
        receive = limited(scope, receive, self._predict.max_bytes)
        version = loaded.manifest.version
        read = await self._predict.read(receive, read_forecasting, version, turn)
        questions = [series.question for series in read.series]
        if KEY in scope:
            refuse_foreign_series(scope, (question.name for question in questions), "inputs[{}].name")
        hold_series(scope, questions)
        pieces = _answer(loaded.model, read, version, int(self._clock().timestamp()))
        n_days = len(questions) * questions[0].options.horizon
        await send_pieces(send, receive, pieces, n_days, turn)


def read_forecasting(body: bytes, version: str) -> Forecasting:
    """Parse and check the body of a request.

    Parameters
    ----------
    body : bytes
        JSON.
    version : str
        The current version of the model.

    Returns
    -------
    Forecasting

    Raises
    ------
    ProblemError
        When the body is invalid; it names the field and says what would be right. 404 for a model or version
        that is not in use.
    """
    with suppress(ValidationError):
        split = split_batch(body, MOST_SERIES, b"inputs")
        if split and len(split.series) <= MOST_SERIES:
            envelope = model_from_json(TimeSeriesEnvelope, split.envelope)
            # Parse all series first, so that invalid JSON is reported before invalid fields.
            inputs = [model_from_json(TimeSeriesInput, text) for text in split.series]
            return _forecasting(envelope, inputs, version)
    parsed = validate(TimeSeriesEnvelope, read_json(body))
    inputs = [validate(TimeSeriesInput, sent, "inputs", i) for i, sent in enumerate(parsed.inputs)]
    return _forecasting(parsed, inputs, version)


def _forecasting(
    envelope: TimeSeriesEnvelope, inputs: Sequence[TimeSeriesInput], version: str
) -> Forecasting:
    if envelope.model not in (MODEL_NAME, version):
        detail = f'the model "{envelope.model[:40]}" is not in use; "{MODEL_NAME}" is, at version {version}'
        raise ProblemError("unknown-version", detail)
    levels, columns = _levels_and_columns(envelope.options)
    options = Options(envelope.options.horizon, levels)
    series = [_series(request, options, f"inputs[{i}].") for i, request in enumerate(inputs)]
    check_unique([member.question.name or "" for member in series], "inputs[{}].name")
    return Forecasting(series, columns)


def _levels_and_columns(options: TimeSeriesOptions) -> tuple[tuple[int, ...], dict[str, int]]:
    """Give the levels of the intervals whose ends are the quantiles, and the column of each quantile.

    The model answers with the median, and the lower and the upper end of each level.
    """
    levels: list[int] = []
    columns: dict[str, int] = {}
    for i, quantile in enumerate(options.quantiles or ()):
        place = f"options.quantiles[{i}]"
        if str(quantile) in columns:
            raise ProblemError.at(place, f"is {quantile} again; each quantile is given once")
        if quantile == 0.5:
            columns[str(quantile)] = 0
            continue
        level = round(abs(200 * quantile - 100), 9)
        if not (level.is_integer() and SMALLEST_LEVEL <= level <= LARGEST_LEVEL):
            known = "0.5, and from 0.005 to 0.25 and from 0.75 to 0.995 in steps of 0.005"
            raise ProblemError.at(place, f"is {quantile}; there are the quantiles {known}")
        if int(level) not in levels:
            levels.append(int(level))
        columns[str(quantile)] = 1 + 2 * levels.index(int(level)) + (quantile > 0.5)
    return tuple(levels), columns


def _series(request: TimeSeriesInput, options: Options, place: str) -> Series:
    first, time_of_day = _first_day(request.start_timestamp, f"{place}start_timestamp")
    views = checked_views(request.series, place, "series")
    last_date = first.toordinal() + len(request.series) - 1
    if last_date + options.horizon > LAST_ORDINAL:
        detail = f"is {first}; {len(request.series)} days and the horizon later, the calendar has ended"
        raise ProblemError.at(f"{place}start_timestamp", detail)
    question = Question(request.name, views, last_date - EPOCH, options, {})
    return Series(question, request.frequency, time_of_day)


def _first_day(timestamp: str, place: str) -> tuple[date, str]:
    """Split a timestamp into its day and the rest of its text."""
    if matched := _TIMESTAMP.fullmatch(timestamp):
        with suppress(ValueError):
            return date.fromisoformat(matched[1]), matched[2]
    right = "a day that a series of days can begin on would be right, such as 2026-11-07T00:00:00Z"
    raise ProblemError.at(place, f'is "{timestamp}"; {right}')


def _answer(model: Forecaster, request: Forecasting, version: str, created_at: int) -> Iterator[bytes]:
    """Forecast, and yield the answer in pieces of about 8,000 forecast days."""
    name = os.urandom(8).hex()
    said = {"id": name, "created_at": created_at, "status": "completed", "error": None}
    before = to_json({**said, "model": version, "usage": None})[:-1] + b',"outputs":['
    chunk = max(1, CHUNK_DAYS // request.series[0].question.options.horizon)
    for start in range(0, len(request.series), chunk):
        part = request.series[start : start + chunk]
        outputs = _outputs(model, part, request.columns)
        named = [{"id": f"{name}-{i}", **output} for i, output in enumerate(outputs, start)]
        yield before + to_json(named)[1:-1]
        before = b","
    yield b"]}"


def _outputs(
    model: Forecaster, series: Sequence[Series], columns: dict[str, int]
) -> Iterator[dict[str, Any]]:
    forecasts = forecasts_of(model, [member.question for member in series]).views.round(2)
    for member, numbers in zip(series, forecasts.transpose(0, 2, 1).tolist(), strict=True):
        first = date.fromordinal(member.question.last_date + EPOCH + 1)
        forecast = {
            "type": "univariate_time_series",
            "name": member.question.name,
            "mean_forecast": numbers[0],
            "frequency": member.frequency,
            "start_timestamp": f"{first}{member.time_of_day}",
            "quantiles": {name: numbers[column] for name, column in columns.items()} or None,
        }
        yield {
            "type": "time_series_forecast",
            "status": "completed",
            "content": [forecast],
            "error": None,
        }


async def forecast_time_series(
    body: Annotated[TimeSeriesRequest, Body(openapi_examples=TIME_SERIES_EXAMPLES)],
) -> TimeSeriesAnswer:
    """Forecast as `POST /predict` does, in the words of KServe's time-series protocol.

    The numbers are the same: `mean_forecast` is the median, and quantiles are the ends of intervals.
    """
    raise NotImplementedError


DOCUMENTATION: dict[str, Any] = {
    "summary": "Forecast by KServe's time-series protocol",
    "tags": ["forecasts"],
    "responses": problem_responses(*BODY_PROBLEMS, "unknown-version", "no-model"),
}
