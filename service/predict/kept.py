"""Read the days of kept series from the database, for forecasts."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.http.event_days import read_events
from service.http.problems import ProblemError
from service.predict.questions import LAST_ORDINAL, AnyQuestion, KeptQuestion, Question, since_first_count
from training.history.days import EPOCH
from training.history.events import SeriesEvents, merge_events
from training.history.series import quoted
from training.model.adaptive_intervals import WidthFactors
from training.model.windows import LONG_CONTEXT_DAYS, MINIMUM_DAYS

# A series' name and metric.
Key = tuple[str, str]


class KeptDays(NamedTuple):
    """The last days of a kept series, as many as a forecast uses.

    Attributes
    ----------
    views : counts per day, NaN where missing; the last one is known
    last_date : the day of the last count, in days since 1970
    events : the days of its events, by name
    width_factors : factors for the half-widths of intervals; None before the first forecast
    """

    views: NDArray[np.float64]
    last_date: int
    events: SeriesEvents
    width_factors: WidthFactors | None

    def existing(self) -> NDArray[np.float64]:
        """Give the days since the series existed, as of a request, if its first day is among them."""
        return since_first_count(self.views) if self.views.size < LONG_CONTEXT_DAYS else self.views


# Reads kept series, with the days of the named events; the result lacks series that are not kept.
Lookup = Callable[[Collection[Key], Sequence[str]], Mapping[Key, KeptDays]]


def with_kept_days(
    questions: Sequence[AnyQuestion], lookup: Lookup, known_events: Sequence[str]
) -> list[Question]:
    """Read the days of all kept series among some questions.

    Parameters
    ----------
    questions : sequence of Question or KeptQuestion
    lookup : Lookup
    known_events : sequence of str
        The events that the model knows.

    Returns
    -------
    list of Question

    Raises
    ------
    ProblemError
        404 when a series is not kept; 422 when it has too few days, its events are invalid, or the horizon
        exceeds the calendar; or as `lookup` raises it.
    """
    answered = list(each_with_kept_days(questions, lookup, known_events))
    for question in answered:
        if isinstance(question, ProblemError):
            raise question
    return [question for question in answered if isinstance(question, Question)]


def each_with_kept_days(
    questions: Sequence[AnyQuestion], lookup: Lookup, known_events: Sequence[str]
) -> Iterator[Question | ProblemError]:
    """Read days as `with_kept_days`, but yield a `ProblemError` for each series that cannot be forecast."""
    keys = {(each.name, each.metric) for each in questions if isinstance(each, KeptQuestion)}
    try:
        kept = lookup(keys, known_events) if keys else {}
    except ProblemError as problem:  # without the database, only the series that need it fail
        for question in questions:
            yield problem if isinstance(question, KeptQuestion) else question
        return
    for question in questions:
        if isinstance(question, Question):
            yield question
            continue
        try:
            yield _question(question, kept.get((question.name, question.metric)), known_events)
        except ProblemError as problem:
            yield problem


def _question(question: KeptQuestion, kept: KeptDays | None, known_events: Sequence[str]) -> Question:
    metric = "" if question.metric == "views" else f" of {quoted(question.metric)}"
    if kept is None:
        detail = f"no days{metric} of {quoted(question.name)} are kept; GET /series lists what is"
        raise ProblemError("unknown-series", detail)
    if kept.views.size < MINIMUM_DAYS:
        detail = f"has {kept.views.size} kept days{metric}; at least {MINIMUM_DAYS} are needed"
        raise ProblemError.at(f"{question.place}id", detail)
    if kept.last_date + EPOCH + question.options.horizon > LAST_ORDINAL:
        raise ProblemError.at(f"{question.place}horizon", "goes beyond the end of the calendar")
    events = kept.events
    if question.events:
        last_day = kept.last_date + EPOCH
        first = date.fromordinal(last_day + 1 - kept.views.size)
        last = date.fromordinal(last_day + question.options.horizon)
        sent = read_events(question.events, known_events, first, last, f"{question.place}events")
        events = merge_events({"": events}, {"": sent})[""]
    return Question(
        question.name,
        kept.existing(),
        kept.last_date,
        question.options,
        events,
        question.metric,
        kept.width_factors,
    )
