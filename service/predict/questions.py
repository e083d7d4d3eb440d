"""Reads the bodies of `POST /predict`: each becomes checked series, their views as arrays."""

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
    """What a forecast should be like: days ahead, and the levels of its intervals in percent."""

    horizon: int
    levels: tuple[int, ...]


class Question(NamedTuple):
    """One series to forecast.

    Attributes
    ----------
    name : the series' id; None when it was asked for alone, and has none
    views : views a day, NaN where missing
    last_date : the day of the last view, in days since 1970
    events : the days of its events, by name
    metric : what is counted
    width_factors : what half-widths are to be multiplied with; None for nothing
    """

    name: str | None
    views: NDArray[np.float64]
    last_date: int
    options: Options
    events: SeriesEvents
    metric: str = VIEWS
    width_factors: WidthFactors | None = None


class KeptQuestion(NamedTuple):
    """A series to forecast whose days are kept: they are still to be looked up.

    Attributes
    ----------
    name, metric : what it is kept by
    events : the days of its events, as the request has them; those that are kept are to be added
    place : where in the request it stands, as the beginning of a field's place; empty when it stands alone
    """

    name: str
    metric: str
    options: Options
    events: dict[str, Any]
    place: str


# What each series of a request becomes.
AnyQuestion = Question | KeptQuestion


# The colon tells a field from a series that is called "views".
_SERIES_KEY, _VIEWS_KEY, _LAST_DATE_KEY = (
    re.compile(rb'"%s"\s*:' % name) for name in (b"series", b"views", b"last_date")
)


def read_questions(body: bytes, known_events: Collection[str] = ()) -> list[AnyQuestion]:
    """Read and check the body of a request: one series without a name, or many with theirs.

    Parameters
    ----------
    body : JSON
    known_events : the events that the model knows

    Raises
    ------
    ProblemError
        Naming the field that is wrong and what would be right.
    """
    # JSON may write the word "series" with escapes, such as \u0073.
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
    # Something is wrong, or written in an unusual way. Read as a whole, what is no JSON is said before what
    # it asks for; validated as a whole, every error has its place.
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
    """Read and check one line of NDJSON.

    Raises `ProblemError`, as `read_questions` does.
    """
    if not _VIEWS_KEY.search(line) and not _LAST_DATE_KEY.search(line):
        return _kept_question(kept := read(KeptForecastRequest, line), _options(kept), "")
    request = read(LineForecastRequest, line)
    return _question(request.id, request, _options(request), "", known_events)


def _read_series(content: bytes) -> SeriesToForecast | KeptSeriesToForecast:
    # The first test needs no call: every series of a batch would pay for it.
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
    # One by one: between two, a thread that reads a batch lets other requests run.
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
    """Make options of a checked horizon and of levels, which are checked here.

    Raises `ProblemError` when a level has no intervals, or comes twice.
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
    """Make an array of a series' daily counts, leaving out the days before the series existed.

    Raises `ProblemError` when none of its last days is known.

    Parameters
    ----------
    views : None where a day is missing
    place : where in the request the series stands; put before the names of its fields
    field : what the counts are called there
    """
    recent = views[-HORIZON_DAYS:]
    if recent.count(None) == len(recent):
        detail = f"has no count in its last {HORIZON_DAYS} days, which its level is taken from"
        raise ProblemError.at(f"{place}{field}", detail)
    return _since_first_count(np.array(views, dtype=np.float64))


def _since_first_count(views: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out the days before a series existed: nulls and zeros before its first count above 0.

    A series that never had one keeps its zeros; as many days stay as a forecast needs.
    """
    if views[0] > 0:
        return views
    days = np.flatnonzero(views > 0)
    if not days.size:
        days = np.flatnonzero(views == 0)
    start = min(int(days[0]), max(views.size - MINIMUM_DAYS, 0))
    views[start : days[0]] = np.nan
    return views[start:]
