"""Series as a long frame with Nixtla's columns, and its forecasts back as an array."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.accuracy.peers.gaps import filled
from benchmarks.accuracy.splits import LEAST_MEAN_VIEWS
from training.history.files import History

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]


def frame_of_logs(logs: Sequence[Floats], last_dates: Dates) -> pd.DataFrame:
    """`unique_id` (positions), `ds` and `y`: series i ends on last_dates[i]."""
    lengths = [len(series) for series in logs]
    days = [last + np.arange(1 - n, 1) for last, n in zip(last_dates, lengths, strict=True)]
    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(len(logs)), lengths),
            "ds": np.concatenate(days).astype("datetime64[ns]"),
            "y": np.concatenate(logs),
        }
    )


def frame_of_history(history: History, least_days: int) -> pd.DataFrame:
    """Logarithms of 1 + views of the series that are long and looked at enough to learn from."""
    long = [series for series in history.series if len(series.views) >= least_days]
    counted = [series for series in long if np.nanmean(series.views) >= LEAST_MEAN_VIEWS] or long
    logs = [np.log1p(filled(series.views)) for series in counted]
    return frame_of_logs(logs, np.array([series.last_date for series in counted]))


def array_of(forecasts: pd.DataFrame, column: str, n_series: int) -> Floats:
    """One column of forecasts, (n_series, horizon)."""
    ordered = forecasts.sort_values(["unique_id", "ds"])
    return np.asarray(ordered[column], float).reshape(n_series, -1)
