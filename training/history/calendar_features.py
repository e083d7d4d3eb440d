"""Calendar features of a day: its weekday and its place in the year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WEEK = 7
N_CALENDAR_FEATURES = WEEK + 4

# One row for each weekday, one-hot, Monday first; day 0 (1970-01-01) was a Thursday.
_WEEKDAYS = np.roll(np.eye(WEEK, dtype=np.float32), 3, axis=1)
# Sine and cosine of one and of two waves a year; a cosine is a sine shifted by a quarter.
_YEARLY_RATES = np.array([1, 1, 2, 2]) * 2.0 * np.pi / 365.2425
_YEARLY_SHIFTS = np.array([0, 1, 0, 1]) * np.pi / 2


def calendar_features(dates: NDArray[np.datetime64]) -> NDArray[np.float32]:
    """Weekday (one-hot, Monday first) and two yearly harmonics of calendar days.

    Parameters
    ----------
    dates : ndarray of datetime64[D], shape (n,)

    Returns
    -------
    ndarray of float32, shape (n, N_CALENDAR_FEATURES)
    """
    days = dates.astype("datetime64[D]").astype(np.int64)
    columns = np.empty((len(days), N_CALENDAR_FEATURES), dtype=np.float32)
    columns[:, :WEEK] = _WEEKDAYS[days % WEEK]
    columns[:, WEEK:] = np.sin(days[:, None] * _YEARLY_RATES + _YEARLY_SHIFTS)
    return columns
