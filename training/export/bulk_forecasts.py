"""Forecasts of every series of a history, chunk by chunk, into one file that appears when it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.disk.durable import replaced
from training.errors import ViewcastError
from training.export.forecast_files import ForecastTable, OpenFile
from training.history.series import History
from training.model.forecaster import Forecaster
from training.model.windows import MINIMUM_DAYS
from training.progress import Progress, silent

# Forecast and written at a time; their windows, 420 days of each, take 3 MB and stay in the cache.
CHUNK_SERIES = 1_000


class TooShortError(ViewcastError):
    """No series of the history is long enough to be forecast."""


@dataclass(frozen=True)
class BulkForecast:
    """What was written: the number of series, and the names of those that are too short to be forecast."""

    n_series: int
    left_out: list[str]


def forecast_to_file(
    model: Forecaster,
    history: History,
    path: Path,
    open_file: OpenFile,
    *,
    horizon: int,
    levels: Sequence[int],
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
    series = [one for one in history.series if len(one.views) >= MINIMUM_DAYS]
    if not series:
        raise TooShortError(f"no series has {MINIMUM_DAYS} days, which a forecast needs at the least")
    with replaced(path) as stream, open_file(stream, levels) as file:
        for begin in range(0, len(series), CHUNK_SERIES):
            progress("forecasting", begin / len(series))
            chunk = series[begin : begin + CHUNK_SERIES]
            last_dates = np.array([one.last_date for one in chunk], dtype="datetime64[D]")
            views = [one.views for one in chunk]
            forecasts = model.predict(views, last_dates, horizon, levels, history.events_of(chunk))
            file.write(ForecastTable([one.label for one in chunk], last_dates, forecasts))
    return BulkForecast(len(series), [one.label for one in history.series if len(one.views) < MINIMUM_DAYS])
