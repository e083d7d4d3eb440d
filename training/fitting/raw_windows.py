"""Unscaled windows of a history: the views of some days, and the views of the following days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.history.series import DAY, History
from training.model.windows import HORIZON_DAYS, LONG_CONTEXT_DAYS, Days, Float64, latest_days


@dataclass(frozen=True)
class RawWindows:
    """Unscaled windows.

    Attributes
    ----------
    views : ndarray of shape (n_windows, n_days)
        Views per day; NaN where a day is missing or before the first day of the series.
    following : ndarray of shape (n_windows, horizon)
        Views of the following days; NaN where unknown.
    last_dates : ndarray of datetime64[D], shape (n_windows,)
        The date of the last column of `views`.
    series : ndarray of int, shape (n_windows,)
        Index in the history of each window's series.
    """

    views: Float64
    following: Float64
    last_dates: Days
    series: NDArray[np.intp]

    def __len__(self) -> int:
        """Number of windows."""
        return len(self.views)

    def where(self, chosen: NDArray[np.bool_]) -> RawWindows:
        """Select windows by a boolean mask of shape (n_windows,)."""
        return RawWindows(
            self.views[chosen], self.following[chosen], self.last_dates[chosen], self.series[chosen]
        )


def cut_windows(
    history: History,
    series: NDArray[np.intp],
    origins: NDArray[np.intp],
    n_days: int = LONG_CONTEXT_DAYS,
    horizon: int = HORIZON_DAYS,
) -> RawWindows:
    """Cut windows out of a history.

    Parameters
    ----------
    history : History
    series, origins : ndarrays of int, shape (n_windows,)
        Window i ends before day `origins[i]` of series `series[i]`, counted from the series' first day.
    n_days, horizon : int, default=420, 28
        Number of days before the origin, and from the origin on.

    Returns
    -------
    RawWindows
    """
    pairs = [(history.series[i], int(origin)) for i, origin in zip(series, origins, strict=True)]
    following = np.full((len(pairs), horizon), np.nan)
    for row, (cut, origin) in zip(following, pairs, strict=True):
        days = cut.views[origin : origin + horizon]
        row[: len(days)] = days
    last_dates = np.array([cut.first_date + (origin - 1) * DAY for cut, origin in pairs], "datetime64[D]")
    views = latest_days([cut.views[:origin] for cut, origin in pairs], n_days)
    return RawWindows(views, following, last_dates, series)
