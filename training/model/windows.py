"""Supervised windows: a view history becomes (X, Y), and a prediction becomes views again.

Everything here is arithmetic on arrays; reading files is `history`'s work, learning is `sigmoids`'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.history.calendar_features import N_CALENDAR_FEATURES, WEEK, calendar_features
from training.history.known_days import from_first_view, mean_of_known, median_of_known
from training.model.long_features import LEVEL_BANDS, N_LONG_FEATURES, N_WEEKS, long_features

HORIZON_DAYS = 28
# The days that are inputs one by one; a history that has fewer is short.
CONTEXT_DAYS = 56
# Sixty weeks: what lies behind the context is seen as means of weeks, and the same weeks a year ago.
LONG_CONTEXT_DAYS = N_WEEKS * WEEK
MINIMUM_DAYS = 7

# A window whose days are all alike would be scaled by zero; 3 % is the day-to-day noise it is given instead.
SMALLEST_SPREAD = 0.03
# Beyond this many mean absolute deviations a day is a spike, and how large a spike says little more.
LARGEST_SCALED_DAY = 8.0
LARGEST_SCALED_TARGET = 12.0
_LOG_OF_LARGEST_RISE = np.log(150.0)

N_WINDOW_FEATURES = CONTEXT_DAYS + 3 + N_LONG_FEATURES
N_FEATURES = N_WINDOW_FEATURES + N_CALENDAR_FEATURES
CALENDAR_FEATURES = slice(N_WINDOW_FEATURES, N_FEATURES)
YEARLY_FEATURES = slice(N_WINDOW_FEATURES + WEEK, N_FEATURES)
_LONG_FEATURES = CONTEXT_DAYS + 3
_SEASON_FEATURES = _LONG_FEATURES + 2 * len(LEVEL_BANDS)
# What the features tell of, in the words of a reader; each belongs to one group.
FEATURE_GROUPS = {
    "the last week": slice(CONTEXT_DAYS - WEEK, CONTEXT_DAYS),
    "the seven weeks before it": slice(0, CONTEXT_DAYS - WEEK),
    "level, spread and gaps": slice(CONTEXT_DAYS, _LONG_FEATURES),
    "level of the year before": slice(_LONG_FEATURES, _SEASON_FEATURES),
    "the same weeks a year ago": slice(_SEASON_FEATURES, _SEASON_FEATURES + 9),
    "usual week of the half year before": slice(_SEASON_FEATURES + 9, N_WINDOW_FEATURES),
    "weekday": slice(N_WINDOW_FEATURES, N_WINDOW_FEATURES + WEEK),
    "time of year": YEARLY_FEATURES,
}

Float64 = NDArray[np.float64]
Float32 = NDArray[np.float32]
Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Scale:
    """What one window is centred on and divided by, in logs of (1 + views), one entry a window.

    Attributes
    ----------
    center : ndarray of shape (n_windows,)
        Median of the last 28 days, or of all days when those are missing.
    spread : ndarray of shape (n_windows,)
        Mean absolute deviation of those days from `center`, at least `SMALLEST_SPREAD` and Poisson's.
    highest : ndarray of shape (n_windows,)
        The largest day of the window; no forecast may lie far beyond it.
    """

    center: Float64
    spread: Float64
    highest: Float64


def latest_days(views: Sequence[Float64], n_days: int = LONG_CONTEXT_DAYS) -> Float64:
    """Line up the last days of many series in one matrix.

    Parameters
    ----------
    views : sequence of n_series arrays of shape (n_days_i,)
        Counts a day, the last entry being the latest day; NaN marks a missing day.
    n_days : int, default=420
        Columns of the result.

    Returns
    -------
    ndarray of shape (n_series, n_days)
        NaN where a series is shorter than `n_days`, and in the zeros before its first view.
    """
    matrix = np.full((len(views), n_days), np.nan)
    for row, days in zip(matrix, views, strict=True):
        tail = from_first_view(days)[-n_days:]
        row[n_days - len(tail) :] = tail
    return matrix


def scale_windows(views: Float64) -> tuple[Float64, Scale]:
    """Centre and scale windows, each by its own last 28 days, so that all channels look alike.

    Parameters
    ----------
    views : ndarray of shape (n_windows, n_days)
        Counts a day, NaN where a day is missing; 28 days at the least.

    Returns
    -------
    scaled : ndarray of shape (n_windows, n_days)
        NaN where a day is missing.
    scale : Scale
        What turns predictions back into views.
    """
    logs = np.log1p(views)
    center, spread = _center_and_spread(logs[:, -HORIZON_DAYS:])
    unknown = np.isnan(center)
    if np.count_nonzero(unknown):
        # Nothing is known of the last four weeks: the days before them have to do.
        center[unknown], spread[unknown] = _center_and_spread(logs[unknown])
        center[np.isnan(center)] = 0.0
    highest = np.fmax.reduce(logs[:, -CONTEXT_DAYS:], axis=1, initial=0.0)
    logs -= center[:, None]
    logs /= spread[:, None]
    return _clip(logs, -LARGEST_SCALED_DAY, LARGEST_SCALED_DAY), Scale(center, spread, highest)


def _center_and_spread(logs: Float64) -> tuple[Float64, Float64]:
    """Median of each row's known days (NaN without any), and their mean absolute deviation from it."""
    n_days = logs.shape[1]
    ordered = np.sort(logs, axis=1)  # NaN last
    if np.count_nonzero(np.isnan(ordered[:, -1])):
        center = median_of_known(logs)
        spread = mean_of_known(np.abs(logs - center[:, None]), axis=1)
    else:
        center = (ordered[:, (n_days - 1) // 2] + ordered[:, n_days // 2]) / 2
        ordered -= center[:, None]
        spread = np.add.reduce(np.abs(ordered), axis=1) / n_days
    return center, np.fmax(spread, smallest_spread(center))


def smallest_spread(center: Float64) -> Float64:
    """Give the least that days around some median are taken to differ by, in logs of (1 + views).

    Counts of mean m cannot be steadier than Poisson's: about 0.8 / √m in logs. Without it, a page that is
    read once a month would look like the wildest of all.

    Parameters
    ----------
    center : ndarray of any shape
        The median, in logs of (1 + views).

    Returns
    -------
    ndarray of that shape
    """
    return np.fmax(SMALLEST_SPREAD, 0.8 * np.exp(-0.5 * center))


def _clip(values: Float64, low: float, high: float | Float64) -> Float64:
    """`numpy.clip` in place, without what its wrapper costs on a single series."""
    np.maximum(values, low, out=values)
    return np.minimum(values, high, out=values)


def fill_missing_days(scaled: Float64) -> Float64:
    """Put the same weekday's value of the week before, or else after, for missing days; else 0.

    Parameters
    ----------
    scaled : ndarray of shape (n_windows, n_days)

    Returns
    -------
    ndarray of the same shape, without NaN
    """
    filled = scaled.copy()
    n_days = filled.shape[1]
    for day in range(WEEK, n_days):
        missing = np.isnan(filled[:, day])
        filled[missing, day] = filled[missing, day - WEEK]
    for day in range(n_days - WEEK - 1, -1, -1):
        missing = np.isnan(filled[:, day])
        filled[missing, day] = filled[missing, day + WEEK]
    return np.nan_to_num(filled)


def features(views: Float64, last_dates: Days) -> tuple[Float32, Scale]:
    """Build the model's inputs from windows of views.

    Parameters
    ----------
    views : ndarray of shape (n_windows, LONG_CONTEXT_DAYS) or (n_windows, CONTEXT_DAYS)
        Counts a day, NaN where a day is missing. Windows that have nothing before the context are cheaper
        without it.
    last_dates : ndarray of datetime64[D], shape (n_windows,)
        The calendar day of each window's last column.

    Returns
    -------
    X : ndarray of float32, shape (n_windows, N_FEATURES)
        The scaled days of the context; level, spread and share of known days; `long_features`, 0 where
        nothing is known; `calendar_features` of the last day.
    scale : Scale
        What turns predictions back into views.
    """
    scaled, scale = scale_windows(views)
    X = np.zeros((len(views), N_FEATURES), dtype=np.float32)
    context = scaled[:, -CONTEXT_DAYS:]
    missing = np.isnan(context)
    if np.count_nonzero(missing):
        context = fill_missing_days(context)
        X[:, CONTEXT_DAYS + 2] = -missing.mean(axis=1)
    X[:, :CONTEXT_DAYS] = context
    # Shifted and divided to lie around zero, like the scaled days: 5 and 3 are the middle and width of
    # the logs of usual view counts, -1.8 of the logs of their spreads.
    X[:, CONTEXT_DAYS] = (scale.center - 5.0) / 3.0
    X[:, CONTEXT_DAYS + 1] = np.log(scale.spread) + 1.8
    if scaled.shape[1] > CONTEXT_DAYS:
        X[:, CONTEXT_DAYS + 3 : N_WINDOW_FEATURES] = long_features(scaled)
    X[:, CALENDAR_FEATURES] = calendar_features(last_dates)
    return X, scale


def scale_targets(views: Float64, scale: Scale) -> Float32:
    """Bring the days after each window to the window's own scale.

    Parameters
    ----------
    views : ndarray of shape (n_windows, horizon)
        Counts a day, NaN where a day is not known.
    scale : Scale
        As `features` returned it for these windows.

    Returns
    -------
    ndarray of float32, shape (n_windows, horizon)
        NaN stays NaN.
    """
    scaled = (np.log1p(views) - scale.center[:, None]) / scale.spread[:, None]
    return np.clip(scaled, -LARGEST_SCALED_TARGET, LARGEST_SCALED_TARGET).astype(np.float32)


def views_from_logs(logs: Float64, highest: Float64) -> Float64:
    """Turn logs of (1 + views) into views: never negative, never infinite.

    Parameters
    ----------
    logs : ndarray of shape (n_windows, ...)
    highest : ndarray of shape (n_windows,)
        Largest log in each window; a forecast is held below 150 times that day.

    Returns
    -------
    ndarray of the shape of `logs`
        Views a day.
    """
    ceiling = (highest + _LOG_OF_LARGEST_RISE).reshape(-1, *(1,) * (logs.ndim - 1))
    return np.asarray(np.expm1(_clip(logs.copy(), 0.0, ceiling)))
