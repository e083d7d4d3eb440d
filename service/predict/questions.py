"""Parse and check the bodies of `POST /predict`; views become arrays."""

import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from service.http.event_days import read_events
from service.http.problems import ProblemError
from service.http.validation import check_unique, model_from_json, read, read_json, validate
from service.predict.batch_splitting import split_batch
from service.schemas import (
    MOST_SERIES,
    BatchEnvelope,
    ForecastOptions,
    ForecastRequest,
    KeptForecastRequest,
    KeptSeriesToForecast,
    LineForecastRequest,
    SeriesToForecast,
)
from training.history.days import EPOCH
from training.history.events import SeriesEvents
from training.history.series import VIEWS
from training.model.adaptive_intervals import WidthFactors
from training.model.interval_levels import LARGEST_LEVEL, SMALLEST_LEVEL
from training.model.windows import HORIZON_DAYS, MINIMUM_DAYS

LAST_ORDINAL = date.max.toordinal()
_NO_EVENTS: SeriesEvents = {}
_NAME = attrgetter("name")


class Options(NamedTuple):
    """Options of a forecast: number of days ahead, and levels of the intervals in percent."""

    horizon: int
    levels: tuple[int, ...]


class Question(NamedTuple):
    """One series to forecast.

    Attributes
    ----------
    name : the id of the series; None for a single series without an id
    views : views per day, NaN where missing
    last_date : the last day of `views`, in days since 1970
    options : the options of its forecast
    events : the days of its events, by name
    metric : what is counted, such as `views`
    width_factors : factors for the half-widths of intervals; None to leave them unchanged
    """

    name: str | None
    views: NDArray[np.float64]
    last_date: int
    options: Options
    events: SeriesEvents
    metric: str = VIEWS
    width_factors: WidthFactors | None = None


class KeptQuestion(NamedTuple):
    """A kept series to forecast, before its days are read from the database.

    Attributes
    ----------
    name, metric : its key in the database
    options : the options of its forecast
    events : the days of its events in the request; they are merged with those that are kept
    place : its position in the request, as prefix of field names in problems; empty for a single series
    """

    name: str
    metric: str
    options: Options
    events: dict[str, Any]
    place: str


# A parsed series of a request.
AnyQuestion = Question | KeptQuestion


# The colon distinguishes the name of a field from a series with the id "views".
_SERIES_KEY, _VIEWS_KEY, _LAST_DATE_KEY = (
    re.compile(rb'"%s"\s*:' % name) for name in (b"series", b"views", b"last_date")
)


def read_questions(body: bytes, known_events: Collection[str] = ()) -> list[AnyQuestion]:
    """Parse and check the body of a request: a single series, or a batch.

    Parameters
    ----------
    body : bytes
        JSON.
    known_events : collection of str, default=()
        The events that the model knows.

    Returns
    -------
    list of Question or KeptQuestion
        All with the same options.

    Raises
    ------
    ProblemError
        When the body is invalid; it names the field and says what would be right.
    """
    # The name of the field "series" may contain escapes, such as \u0073.
    if not _SERIES_KEY.search(body) and b"\\u" not in body:
        if not _VIEWS_KEY.search(body) and b'"id"' in body:
            return [_kept_question(kept := read(KeptForecastRequest, body), _options(kept), "")]
        request = read(ForecastRequest, body)
        return [_question(None, request, _options(request), "", known_events)]
    if split := split_batch(body, MOST_SERIES):
        if len(split.series) > MOST_SERIES:
            detail = f"has more than {MOST_SERIES} entries, the most that is read here"
            raise ProblemError.at("series", detail)
        with suppress(ValidationError, ProblemError):
            envelope = model_from_json(BatchEnvelope, split.envelope)
            return _batch(envelope, map(_read_series, split.series), known_events)
    # The body is invalid, or written in an unusual way. Parse it as a whole, so that invalid JSON is reported
    # before invalid fields, and so that every error has the place of its field.
    parsed = read_json(body)
    if isinstance(parsed, dict) and "id" in parsed and not parsed.keys() & {"views", "series"}:
        return [_kept_question(kept := validate(KeptForecastRequest, parsed), _options(kept), "")]
    if not isinstance(parsed, dict) or "series" not in parsed:
        request = validate(ForecastRequest, parsed)
        return [_question(None, request, _options(request), "", known_events)]
    envelope = validate(BatchEnvelope, parsed)
    series = (_checked_series(each, i) for i, each in enumerate(envelope.series))
    return _batch(envelope, series, known_events)


def read_line(line: bytes, known_events: Collection[str] = ()) -> AnyQuestion:
    """Parse and check one line of NDJSON.

    Raises `ProblemError` as `read_questions` does.
    """
    if not _VIEWS_KEY.search(line) and not _LAST_DATE_KEY.search(line):
        return _kept_question(kept := read(KeptForecastRequest, line), _options(kept), "")
    request = read(LineForecastRequest, line)
    return _question(request.id, request, _options(request), "", known_events)


def _read_series(content: bytes) -> SeriesToForecast | KeptSeriesToForecast:
    # The first test avoids the slower regular expression for the usual form.
    if b'"views":' in content or _VIEWS_KEY.search(content):
        return model_from_json(SeriesToForecast, content)
    return model_from_json(KeptSeriesToForecast, content)


def _checked_series(series: object, i: int) -> SeriesToForecast | KeptSeriesToForecast:
    if isinstance(series, dict) and "id" in series and not series.keys() & {"views", "last_date"}:
        return validate(KeptSeriesToForecast, series, "series", i)
    return validate(SeriesToForecast, series, "series", i)


def _batch(
    envelope: BatchEnvelope,
    series: Iterable[SeriesToForecast | KeptSeriesToForecast],
    known_events: Collection[str],
) -> list[AnyQuestion]:
    options = _options(envelope)
    # One series at a time, so that other threads can run in between.
    questions = [
        _question(entry.id, entry, options, f"series[{i}].", known_events)
        if isinstance(entry, SeriesToForecast)
        else _kept_question(entry, options, f"series[{i}].")
        for i, entry in enumerate(series)
    ]
    check_unique(list(map(_NAME, questions)))
    return questions


def _kept_question(
    request: KeptForecastRequest | KeptSeriesToForecast, options: Options, place: str
) -> KeptQuestion:
    return KeptQuestion(request.id, request.metric, options, request.events, place)


def _options(request: ForecastOptions) -> Options:
    return checked_options(request.horizon, request.levels)


def checked_options(horizon: int, levels: list[int]) -> Options:
    """Check levels, and make options from them and a horizon that was checked before.

    Raises `ProblemError` (422) when a level is not supported, or is given twice.
    """
    for i, level in enumerate(levels):
        if not SMALLEST_LEVEL <= level <= LARGEST_LEVEL:
            known = f"{SMALLEST_LEVEL} to {LARGEST_LEVEL} %"
            raise ProblemError.at(f"levels[{i}]", f"is {str(level)[:40]}; there are intervals of {known}")
        if level in levels[:i]:
            raise ProblemError.at(f"levels[{i}]", f"is {level} again; each level is given once")
    return Options(horizon, tuple(levels))


def _question(
    name: str | None,
    request: ForecastRequest | SeriesToForecast,
    options: Options,
    place: str,
    known_events: Collection[str],
) -> Question:
    views = checked_views(request.views, place, "views")
    last_date = request.last_date.toordinal()
    if last_date + options.horizon > LAST_ORDINAL:
        detail = f"is {request.last_date}; {options.horizon} days later, the calendar ends"
        raise ProblemError.at(f"{place}last_date", detail)
    events: SeriesEvents = _NO_EVENTS
    if request.events:
        first = date.fromordinal(max(last_date - len(request.views) + 1, 1))
        last = request.last_date + timedelta(options.horizon)
        events = read_events(request.events, known_events, first, last, f"{place}events")
    return Question(name, views, last_date - EPOCH, options, events)


def checked_views(views: list[float | None], place: str, field: str) -> NDArray[np.float64]:
    """Convert daily counts to an array, without the days before the series existed.

    Parameters
    ----------
    views : list of float or None
        None where a day is missing.
    place : str
        Position of the series in the request, as prefix of field names in problems.
    field : str
        Name of the field with the counts.

    Returns
    -------
    ndarray of shape (n_days,)
        NaN where a day is missing.

    Raises
    ------
    ProblemError
        422 when none of the last 28 days has a count.
    """
    recent = views[-HORIZON_DAYS:]
    if recent.count(None) == len(recent):
        detail = f"has no count in its last {HORIZON_DAYS} days, which its level is taken from"
        raise ProblemError.at(f"{place}{field}", detail)
    return since_first_count(np.array(views, dtype=np.float64))


def since_first_count(views: NDArray[np.float64]) -> NDArray[np.float64]:
    """Remove the days before a series existed: nulls and zeros before its first count above 0.

    A series without a count above 0 begins with its first 0. At least the days that a forecast needs remain.
    """
    if views[0] > 0:
        return views
    days = np.flatnonzero(views > 0)
    if not days.size:
        days = np.flatnonzero(views == 0)
    start = min(int(days[0]), max(views.size - MINIMUM_DAYS, 0))
    since = views[start:].copy()
    since[: days[0] - start] = np.nan
    return since
