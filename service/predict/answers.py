"""Writes the answers of `POST /predict`: forecasts as JSON, with the same code for one series and for many.

All numbers become text in one call, and are put into a template that is made once for each date, horizon and
choice of levels. This costs a quarter of making a dictionary for each day and writing those.
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
_WIDTH_FACTORS = attrgetter("width_factors")
_JSON = {False: b"false", True: b"true"}


def forecast_texts(
    model: Forecaster, questions: Sequence[Question], all_series: SumOfSeries | None = None
) -> list[bytes]:
    """Forecast, in one call of the model for all series that share their options.

    Parameters
    ----------
    model : what forecasts
    questions : the series
    all_series : their totals are counted in there, if they share their options

    Returns
    -------
    list of bytes
        For each series the fields of `_Forecast` in JSON, without the braces around them.
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
    """Forecast series that share their options, in one call of the model."""
    last_dates = np.array([question.last_date for question in questions]).view("datetime64[D]")
    views, events = [question.views for question in questions], [question.events for question in questions]
    return model.predict(views, last_dates, *questions[0].options, events, width_factors_of(questions))


def width_factors_of(series: Sequence[Question | KeptDays]) -> Float64 | None:
    """The factors of each series' half-widths, of shape (n_series, 2, 2); None when all are 1."""
    if not any(map(_WIDTH_FACTORS, series)):
        return None
    return np.array([factors or UNCHANGED for factors in map(_WIDTH_FACTORS, series)])


def _numbers(*of_series: Float64 | Totals) -> list[bytes]:
    """All numbers of each series, in JSON, with commas between them."""
    arrays = [part.numbers if isinstance(part, Totals) else part for part in of_series]
    rows = np.concatenate([array.reshape(len(array), -1) for array in arrays], axis=1)
    return to_json(rows.round(2).tolist())[2:-2].split(b"],[")


# Most requests of a day end on the same date.
@lru_cache(maxsize=256)
def _template(last_date: int, horizon: int, levels: tuple[int, ...]) -> bytes:
    """A template of a forecast: its placeholders are the flags of its history, and each day's numbers."""
    intervals = _intervals_template(levels)
    dates = np.datetime64(last_date, "D") + np.arange(1, horizon + 1)
    days = ",".join(f'{{"date":"{date}","views":%s,{intervals}}}' for date in dates)
    totals = _totals_template(horizon, levels)
    return f'"short_history":%s,"rests_on_prior":%s,"forecast":[{days}],{totals}'.encode()


@lru_cache(maxsize=256)
def _totals_template(horizon: int, levels: tuple[int, ...]) -> str:
    """A template of totals, with placeholders for their numbers."""
    intervals = _intervals_template(levels)
    totals = ",".join(f'{{"days":{days},"total":%s,{intervals}}}' for days in total_days(horizon))
    return f'"totals":[{totals}]'


def _intervals_template(levels: tuple[int, ...]) -> str:
    return '"intervals":{' + ",".join(f'"{level}":[%s,%s]' for level in levels) + "}"


class Openings:
    """How every answer of a model begins: its version, and what its intervals proved to cover."""

    def __init__(self) -> None:
        self._loaded: LoadedModel | None = None
        self._texts: dict[tuple[int, ...], bytes] = {}

    def text(self, loaded: LoadedModel, levels: tuple[int, ...]) -> bytes:
        """Give the fields `model` and `coverage` in JSON, without the braces around them."""
        if loaded is not self._loaded:
            self._loaded, self._texts = loaded, {}
        if levels not in self._texts:
            measured = loaded.manifest.scores.coverage if loaded.manifest.scores else {}
            coverage = {level: measured.get(level) for level in map(str, levels)}
            coverage = {level: share and round(share, 3) for level, share in coverage.items()}
            self._texts[levels] = to_json({"model": loaded.manifest.version, "coverage": coverage})[1:-1]
        return self._texts[levels]


def answer(opening: bytes, model: Forecaster, questions: Sequence[Question]) -> Iterator[bytes]:
    """Forecast, and yield the answer some thousand days at a time.

    Parameters
    ----------
    opening : as `Openings.text` gives it
    model : what forecasts
    questions : one without a name, or many with theirs and the same options
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
