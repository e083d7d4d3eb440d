"""Forecast all series of an uploaded file after their last days, without keeping anything."""

from urllib.parse import parse_qsl

from starlette.types import Receive, Scope

from service.http.apart import ApartReader
from service.http.key_check import refuse_foreign_series
from service.http.problems import ProblemError
from service.http.validation import validate
from service.predict.questions import Options, Question, checked_options
from service.schemas import ForecastOptions
from service.uploads import FILES, FORM, read_upload
from training.history.days import day_number
from training.history.series import History
from training.model.windows import MINIMUM_DAYS

# Media types of the supported files.
KINDS = frozenset({*FILES, FORM})


async def read_file(
    scope: Scope, receive: Receive, known_events: tuple[str, ...], apart: ApartReader
) -> tuple[list[Question], list[str]]:
    """Read an uploaded file, and the forecast options in the query.

    Parameters
    ----------
    scope : Scope
    receive : callable
        With a limit of the body's size.
    known_events : tuple of str
        The events that the model knows.
    apart : ApartReader
        Reads the file in a separate process.

    Returns
    -------
    questions : list of Question
        The series to forecast.
    notes : list of str
        Notes about cleaned data and series that are left out.

    Raises
    ------
    ProblemError
        When the file is not a history, has no series that can be forecast, or the query is invalid.
    """
    options = _options(scope)
    history = await read_upload(scope, receive, known_events, apart.run)
    if history is None:
        raise ProblemError.at("", "is empty; a file of views would be right")
    refuse_foreign_series(scope, (series.name for series in history.series))
    questions = [_question(history, i, options) for i in range(len(history.series))]
    left_out = [
        f"{series.label}: {series.views.size} days are too few to forecast; {MINIMUM_DAYS} are needed"
        for series in history.series
        if series.views.size < MINIMUM_DAYS
    ]
    long_enough = [question for question in questions if question.views.size >= MINIMUM_DAYS]
    if not long_enough:
        raise ProblemError("invalid-input", ". ".join(left_out[:20]))
    return long_enough, [*history.notes, *left_out]


def _question(history: History, i: int, options: Options) -> Question:
    series = history.series[i]
    last_date = day_number(series.last_date)
    events = history.events.get(series.name, {})
    return Question(series.label, series.views, last_date, options, events, series.metric)


def _options(scope: Scope) -> Options:
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    sent: dict[str, object] = {}
    if horizons := [_number(value) for name, value in query if name == "horizon"]:
        sent["horizon"] = horizons[-1]
    if levels := [_number(value) for name, value in query if name == "levels"]:
        sent["levels"] = levels
    options = validate(ForecastOptions, sent, in_body=False)
    return checked_options(options.horizon, options.levels)


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
