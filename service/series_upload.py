"""Read the history in the body of `PUT /series/{id}/days` or `POST /series`."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.types import Receive, Scope

from service.http.problems import ProblemError
from service.uploads import Run, read_upload
from training.history.series import ONLY_SERIES, History, HistoryError, Series, quoted


async def read_days(
    scope: Scope, receive: Receive, events: Sequence[str], run: Run, name: str, metric: str
) -> History:
    """Read the days of the series in the path.

    Raises `ProblemError`, also when the body has several series or one of another name.
    """
    history = await _read(scope, receive, events, run)
    if len(history.series) != 1:
        raise ProblemError.at("", f"has {len(history.series)} series; one would be right, that of the path")
    (only,) = history.series
    if only.name not in (ONLY_SERIES, name):
        raise ProblemError.at("id", f"is {quoted(only.name)}, and the path says {quoted(name)}")
    return _renamed(history, {only.name: name}, metric)


async def read_many(
    scope: Scope,
    receive: Receive,
    events: Sequence[str],
    run: Run,
    name: str | None,
    prefix: str,
    metric: str | None,
) -> History:
    """Read the days of many series.

    Parameters
    ----------
    scope, receive : the request's
    events : the events that are read too
    run : reads large bodies
    name : what a lone series is to be named
    prefix : what is put before every name
    metric : what is counted; without one, what the file says
    """
    history = await _read(scope, receive, events, run)
    names = {series.name: prefix + series.name for series in history.series}
    if name is not None:
        if len(names) != 1:
            raise ProblemError.at_parameter("series", f"names one series, and the body has {len(names)}")
        names = dict.fromkeys(names, prefix + name)
    return _renamed(history, names, metric)


async def _read(scope: Scope, receive: Receive, events: Sequence[str], run: Run) -> History:
    history = await read_upload(scope, receive, events, run)
    if history is None:
        raise ProblemError.at("", "is empty; the history to keep would be right")
    return history


def _renamed(history: History, names: dict[str, str], metric: str | None) -> History:
    """Rename the series and their events."""

    def renamed(series: Series) -> Series:
        return replace(series, name=names[series.name], metric=metric or series.metric)

    try:
        series = tuple(renamed(each) for each in history.series)
        events = {names[name]: days for name, days in history.events.items() if name in names}
        return History(series, history.notes, events)
    except HistoryError as error:
        raise ProblemError("invalid-input", str(error)) from error
