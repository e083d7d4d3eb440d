"""Write the answers of `POST /predict`: forecasts as JSON, with the same code for one series and for many.

All numbers are formatted in one call, and inserted into a template, which is made once for each date, horizon
and list of levels. This takes a quarter of the time of writing a dictionary for each day.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import attrgetter

import numpy as np
from pydantic_core import to_json

from service.predict.kept import KeptDays
from service.predict.questions import Options, Question
from training.model.adaptive_intervals import UNCHANGED
from training.model.forecaster import Forecaster
from training.model.forecasts import Forecasts
from training.model.totals import SumOfSeries, Totals, have_a_sum, total_days
from training.model.windows import CONTEXT_DAYS, Float64
from training.store.model_store import LoadedModel

# Days forecast before other requests get a turn, and before the next write to the client.
CHUNK_DAYS = 8_192
# A client may choose levels in any order: hundreds of thousands of openings.
MOST_OPENINGS = 256
_WIDTH_FACTORS = attrgetter("width_factors")
_JSON = {False: b"false", True: b"true"}


def forecast_texts(
    model: Forecaster, questions: Sequence[Question], all_series: SumOfSeries | None = None
) -> list[bytes]:
    """Forecast series, with one call of the model for all series that have the same options.

    Parameters
    ----------
    model : Forecaster
    questions : sequence of Question
        The series to forecast.
    all_series : SumOfSeries, default=None
        The totals of the series are added to it; all series must then have the same options.

    Returns
    -------
    list of bytes
        For each series, the fields of its forecast in JSON, without the braces.
    """
    members: dict[Options, list[int]] = {}
    for i, question in enumerate(questions):
        members.setdefault(question.options, []).append(i)
    texts = [b""] * len(questions)
    for options, which in members.items():
        alike = [questions[i] for i in which]
        forecasts = forecasts_of(model, alike)
        totals = model.total_widths.totals(forecasts.views, options.levels, forecasts.own_share)
        if all_series is not None:
            all_series.add(totals)
        numbers = _numbers(forecasts.views, totals)
        rows = zip(which, alike, forecasts.rests_on_prior.tolist(), numbers, strict=True)
        for i, question, rests_on_prior, row in rows:
            said = _JSON[len(question.views) < CONTEXT_DAYS], _JSON[rests_on_prior]
            texts[i] = _template(question.last_date, *options) % (*said, *row.split(b","))
    return texts


def forecasts_of(model: Forecaster, questions: Sequence[Question]) -> Forecasts:
    """Forecast series that all have the same options, with one call of the model."""
    last_dates = np.array([question.last_date for question in questions]).view("datetime64[D]")
    views, events = [question.views for question in questions], [question.events for question in questions]
    return model.predict(views, last_dates, *questions[0].options, events, width_factors_of(questions))


def width_factors_of(series: Sequence[Question | KeptDays]) -> Float64 | None:
    """Give the factors of each series' half-widths, shape (n_series, 2, 2); None when no series has any."""
    if not any(map(_WIDTH_FACTORS, series)):
        return None
    return np.array([factors or UNCHANGED for factors in map(_WIDTH_FACTORS, series)])


def _numbers(*of_series: Float64 | Totals) -> list[bytes]:
    """Format all numbers of each series as JSON, separated by commas."""
    arrays = [part.numbers if isinstance(part, Totals) else part for part in of_series]
    rows = np.concatenate([array.reshape(len(array), -1) for array in arrays], axis=1)
    return to_json(rows.round(2).tolist())[2:-2].split(b"],[")


# Most requests of a day have the same last date.
@lru_cache(maxsize=256)
def _template(last_date: int, horizon: int, levels: tuple[int, ...]) -> bytes:
    """Make a template of a forecast, with placeholders for two flags, each day's numbers, and the totals."""
    intervals = _intervals_template(levels)
    dates = np.datetime64(last_date, "D") + np.arange(1, horizon + 1)
    days = ",".join(f'{{"date":"{date}","views":%s,{intervals}}}' for date in dates)
    totals = _totals_template(horizon, levels)
    return f'"short_history":%s,"rests_on_prior":%s,"forecast":[{days}],{totals}'.encode()


@lru_cache(maxsize=256)
def _totals_template(horizon: int, levels: tuple[int, ...]) -> str:
    """Make a template of totals, with placeholders for their numbers."""
    intervals = _intervals_template(levels)
    totals = ",".join(f'{{"days":{days},"total":%s,{intervals}}}' for days in total_days(horizon))
    return f'"totals":[{totals}]'


def _intervals_template(levels: tuple[int, ...]) -> str:
    return '"intervals":{' + ",".join(f'"{level}":[%s,%s]' for level in levels) + "}"


class Openings:
    """Makes the beginning of an answer: the model's version, and the measured coverage of its intervals."""

    def __init__(self) -> None:
        # Replaced as one, so that threads with different models never mix their texts.
        self._kept: tuple[LoadedModel | None, dict[tuple[int, ...], bytes]] = None, {}

    def text(self, loaded: LoadedModel, levels: tuple[int, ...]) -> bytes:
        """Give the fields `model` and `coverage` in JSON, without the braces."""
        model, texts = self._kept
        if model is not loaded or len(texts) >= MOST_OPENINGS:
            texts = {}
            self._kept = loaded, texts
        text = texts.get(levels)
        if text is None:
            measured = loaded.manifest.scores.coverage if loaded.manifest.scores else {}
            coverage = {level: measured.get(level) for level in map(str, levels)}
            coverage = {level: share and round(share, 3) for level, share in coverage.items()}
            text = to_json({"model": loaded.manifest.version, "coverage": coverage})[1:-1]
            texts[levels] = text
        return text


def answer(opening: bytes, model: Forecaster, questions: Sequence[Question]) -> Iterator[bytes]:
    """Forecast, and yield the answer in pieces of about 8,000 forecast days.

    Parameters
    ----------
    opening : bytes
        As `Openings.text` gives it.
    model : Forecaster
    questions : sequence of Question
        A single question without a name, or questions with names and the same options.
    """
    if questions[0].name is None:
        yield b"{%b,%b}" % (opening, *forecast_texts(model, questions))
        return
    options = questions[0].options
    chunk = max(1, CHUNK_DAYS // options.horizon)
    all_series = SumOfSeries(model.total_widths) if have_a_sum(questions) else None
    before = b'{%b,"series":[' % opening
    for start in range(0, len(questions), chunk):
        part = questions[start : start + chunk]
        yield before + b",".join(map(_with_name, part, forecast_texts(model, part, all_series)))
        before = b","
    yield b"],%b}" % _total_text(all_series, options)


def _total_text(all_series: SumOfSeries | None, options: Options) -> bytes:
    if all_series is None:
        return b'"totals":null'
    (numbers,) = _numbers(all_series.totals())
    return _totals_template(*options).encode() % (*numbers.split(b","),)


def _with_name(question: Question, text: bytes) -> bytes:
    return b'{"id":%b,%b}' % (to_json(question.name), text)
