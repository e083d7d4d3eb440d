"""Forecasts of every series of a history, chunk by chunk, into one file that appears when it is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.disk.durable import remove_abandoned, replaced
from training.errors import ViewcastError
from training.export.forecast_files import ForecastTable, OpenFile
from training.export.total_files import TotalsFile
from training.history.series import History, Series
from training.model.forecaster import Forecaster
from training.model.totals import have_a_sum
from training.model.windows import MINIMUM_DAYS
from training.progress import Progress, silent

# Forecast and written at a time; their windows, 420 days of each, take 3 MB and stay in the cache.
CHUNK_SERIES = 1_000


class TooShortError(ViewcastError):
    """No series of the history is long enough to be forecast."""


@dataclass(frozen=True)
class BulkForecast:
    """What was written.

    Attributes
    ----------
    n_series : int
    left_out : list of str
        The names of those that are too short to be forecast.
    has_sum : bool
        Whether there is a total over all series: they end on the same day, and count the same.
    """

    n_series: int
    left_out: list[str]
    has_sum: bool


def long_enough(history: History) -> list[Series]:
    """The series that can be forecast."""
    return [member for member in history.series if len(member.views) >= MINIMUM_DAYS]


def forecast_tables(
    model: Forecaster, history: History, horizon: int, levels: Sequence[int]
) -> Iterator[ForecastTable]:
    """Forecast all series that are long enough, some at a time; parameters as in `forecast_to_file`."""
    series = long_enough(history)
    for begin in range(0, len(series), CHUNK_SERIES):
        chunk = series[begin : begin + CHUNK_SERIES]
        last_dates = np.array([member.last_date for member in chunk], dtype="datetime64[D]")
        views = [member.views for member in chunk]
        forecasts = model.predict(views, last_dates, horizon, levels, history.events_of(chunk))
        yield ForecastTable([member.label for member in chunk], last_dates, forecasts)


def forecast_to_file(
    model: Forecaster,
    history: History,
    path: Path,
    open_file: OpenFile,
    *,
    horizon: int,
    levels: Sequence[int],
    totals: Path | None = None,
    progress: Progress = silent,
) -> BulkForecast:
    """Forecast the days after each series' own last day, and write them.

    Parameters
    ----------
    model : Forecaster
    history : History
        Series of fewer than 7 days are left out. Its events count as far as the model knows them.
    path : Path
    open_file : callable
        The format, as `forecast_files.format_of` gives it for the path.
    horizon : int
        Days to forecast, 1 to 365.
    levels : sequence of int
        Central intervals, in percent.
    totals : Path, default=None
        Where to write totals, as CSV.
    progress : callable
        Called with the step and the fraction of the series that is done.

    Returns
    -------
    BulkForecast

    Raises
    ------
    TooShortError
        When no series is long enough.
    OSError
        When it cannot be written; what stood there stands there still.
    """
    series = long_enough(history)
    if not series:
        raise TooShortError(f"no series has {MINIMUM_DAYS} days, which a forecast needs at the least")
    for each in filter(None, (path, totals)):
        remove_abandoned(each)
    has_sum = have_a_sum(series)
    with ExitStack() as files:
        file = files.enter_context(open_file(files.enter_context(replaced(path)), levels))
        of_totals = totals and TotalsFile(files.enter_context(replaced(totals)), model.total_widths, levels)
        n_done = 0
        for table in forecast_tables(model, history, horizon, levels):
            progress("forecasting", n_done / len(series))
            file.write(table)
            if of_totals:
                of_totals.write(table.names, table.forecasts)
            n_done += len(table.names)
        if of_totals and has_sum:
            of_totals.write_sum()
    left_out = [member.label for member in history.series if len(member.views) < MINIMUM_DAYS]
    return BulkForecast(len(series), left_out, has_sum)
