"""Naive forecasts, which need no fitting: the weekly copy and the straight line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.history.calendar_features import WEEK
from training.model.windows import CONTEXT_DAYS, HORIZON_DAYS, Float64, latest_days


def weekly_copy(views: Sequence[Float64], horizon: int = HORIZON_DAYS) -> Float64:
    """Repeat the last week ("seasonal naive"); a missing day is taken from the last week that has it.

    Parameters
    ----------
    views : sequence of n_series arrays of shape (n_days_i,)
        Views a day, NaN where missing; the last eight weeks are used.
    horizon : int, default=28
        Days to forecast.

    Returns
    -------
    ndarray of shape (n_series, horizon)
        Views a day; 0 for a weekday without a known count in the eight weeks.
    """
    weeks = latest_days(views, CONTEXT_DAYS).reshape(len(views), -1, WEEK)
    week = weeks[:, -1].copy()
    for earlier in range(2, weeks.shape[1] + 1):
        week = np.where(np.isnan(week), weeks[:, -earlier], week)
    return np.tile(np.nan_to_num(week), -(-horizon // WEEK))[:, :horizon]


def straight_line(views: Float64, horizon: int) -> Float64:
    """Extrapolate the least-squares line through the last eight weeks, but not below zero.

    Parameters
    ----------
    views : ndarray of shape (n_days,)
        Views a day, NaN where missing; at least one of the last 56 days must be known.
    horizon : int
        Days to forecast.

    Returns
    -------
    ndarray of shape (horizon,)
        Views a day.
    """
    recent = views[-CONTEXT_DAYS:]
    known = np.flatnonzero(~np.isnan(recent))
    ahead = np.arange(len(recent), len(recent) + horizon)
    centre = known.mean()
    spread = ((known - centre) ** 2).sum()
    slope = ((known - centre) * recent[known]).sum() / spread if spread > 0 else 0.0
    return np.asarray(np.maximum(recent[known].mean() + slope * (ahead - centre), 0.0))
