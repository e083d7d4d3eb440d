"""Write forecasts of all series of a history to one file, chunk by chunk; the file appears when complete."""

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

# Number of series forecast and written at a time; their windows of 420 days take 3 MB and fit into the cache.
CHUNK_SERIES = 1_000


class TooShortError(ViewcastError):
    """No series of the history has enough days for a forecast."""


@dataclass(frozen=True)
class BulkForecast:
    """Summary of a written forecast.

    Attributes
    ----------
    n_series : int
        Number of series that were forecast.
    left_out : list of str
        Names of the series with too few days.
    has_sum : bool
        Whether there is a total over all series: all of them end on the same day and have the same metric.
    """

    n_series: int
    left_out: list[str]
    has_sum: bool


def long_enough(history: History) -> list[Series]:
    """Select the series with enough days for a forecast."""
    return [member for member in history.series if len(member.views) >= MINIMUM_DAYS]


def forecast_tables(
    model: Forecaster, history: History, horizon: int, levels: Sequence[int]
) -> Iterator[ForecastTable]:
    """Forecast all series with enough days, `CHUNK_SERIES` at a time; parameters as in `forecast_to_file`."""
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
    """Forecast the days after the last day of each series, and write them to a file.

    Parameters
    ----------
    model : Forecaster
    history : History
        Series of fewer than 7 days are left out. Events that the model does not know are ignored.
    path : Path
        The file to write; an existing file is replaced.
    open_file : callable
        Writes the format of the file, see `forecast_files.format_of`.
    horizon : int
        Number of days to forecast, 1 to 365.
    levels : sequence of int
        Levels of the central intervals, in percent.
    totals : Path, default=None
        File for the totals, as CSV; None to write no totals.
    progress : callable
        Called with the name of the step and the fraction of series that is done, 0 to 1.

    Returns
    -------
    BulkForecast

    Raises
    ------
    TooShortError
        When no series has 7 days.
    OSError
        When a file cannot be written; existing files are then unchanged.
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
