"""Windows: convert views to the model's inputs X and targets Y, and predictions to views.

Only arithmetic on arrays; `history` reads files, `sigmoids` fits.
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
# The last days, each of which is an input of its own. A history with fewer days counts as short.
CONTEXT_DAYS = 56
# Days of a window: 60 weeks. Days before the context become features in `long_features`.
LONG_CONTEXT_DAYS = N_WEEKS * WEEK
MINIMUM_DAYS = 7

# Avoids a division by zero for windows whose days are all equal: the spread is at least 3 % of the level.
SMALLEST_SPREAD = 0.03
# With fewer known days than this among the last 28, the days before them show the spread, too.
FEW_DAYS = 14
# The level of a day or two is unsure; with this value, intervals hold what they promise on generated series.
LEVEL_DOUBT = 2.0
# Scaled days and targets are clipped to these values, to limit the influence of spikes.
LARGEST_SCALED_DAY = 8.0
LARGEST_SCALED_TARGET = 12.0
_LOG_OF_LARGEST_RISE = np.log(150.0)

N_WINDOW_FEATURES = CONTEXT_DAYS + 3 + N_LONG_FEATURES
N_FEATURES = N_WINDOW_FEATURES + N_CALENDAR_FEATURES
CALENDAR_FEATURES = slice(N_WINDOW_FEATURES, N_FEATURES)
YEARLY_FEATURES = slice(N_WINDOW_FEATURES + WEEK, N_FEATURES)
_LONG_FEATURES = CONTEXT_DAYS + 3
_SEASON_FEATURES = _LONG_FEATURES + 2 * len(LEVEL_BANDS)
# Groups of features, with names for reports; each feature belongs to exactly one group.
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
    """Centre and spread of each window, in logs of (1 + views).

    Attributes
    ----------
    center : ndarray of shape (n_windows,)
        Median of the last 28 days, or of all days when those 28 are missing; 0 when all are missing.
    spread : ndarray of shape (n_windows,)
        Mean absolute deviation of those days from `center`, at least `smallest_spread(center)`. After a gap,
        the days before it count, too.
    highest : ndarray of shape (n_windows,)
        The largest of the last 56 days; it limits forecasts.
    """

    center: Float64
    spread: Float64
    highest: Float64


def latest_days(views: Sequence[Float64], n_days: int = LONG_CONTEXT_DAYS) -> Float64:
    """Put the last days of many series into one matrix.

    Parameters
    ----------
    views : sequence of n_series arrays of shape (n_days_i,)
        Views a day, oldest first; NaN marks a missing day.
    n_days : int, default=420
        Number of columns of the result.

    Returns
    -------
    ndarray of shape (n_series, n_days)
        NaN before the start of a series shorter than `n_days`. Zeros before the first view are NaN, too.
    """
    matrix = np.full((len(views), n_days), np.nan)
    for row, days in zip(matrix, views, strict=True):
        tail = from_first_view(days)[-n_days:]
        row[n_days - len(tail) :] = tail
    return matrix


def scale_windows(views: Float64) -> tuple[Float64, Scale]:
    """Centre and scale the logs of (1 + views) of each window by its last 28 days.

    Parameters
    ----------
    views : ndarray of shape (n_windows, n_days)
        Views a day, NaN where a day is missing; at least 28 days.

    Returns
    -------
    scaled : ndarray of shape (n_windows, n_days)
        Clipped to ±8; NaN where a day is missing.
    scale : Scale
        Needed to convert predictions to views.
    """
    logs = np.log1p(views)
    center, spread = _center_and_spread(logs[:, -HORIZON_DAYS:])
    unknown = np.isnan(center)
    if np.count_nonzero(unknown):
        # No day of the last four weeks is known: use all days.
        center[unknown], spread[unknown] = _center_and_spread(logs[unknown])
        center[np.isnan(center)] = 0.0
    n_recent = np.count_nonzero(~np.isnan(logs[:, -HORIZON_DAYS:]), axis=1)
    if np.count_nonzero(n_recent < FEW_DAYS):
        _widen_after_gaps(spread, logs, n_recent)
    highest = np.fmax.reduce(logs[:, -CONTEXT_DAYS:], axis=1, initial=0.0)
    logs -= center[:, None]
    logs /= spread[:, None]
    return _clip(logs, -LARGEST_SCALED_DAY, LARGEST_SCALED_DAY), Scale(center, spread, highest)


def _widen_after_gaps(spread: Float64, logs: Float64, n_recent: NDArray[np.intp]) -> None:
    """Take the spread of few days after a gap from the days before it, too, in place.

    One day or two show no spread, and their level is unsure: the fewer there are, the wider the spread.
    """
    is_known = ~np.isnan(logs)
    has_gap = (n_recent > 0) & (n_recent < FEW_DAYS) & (np.count_nonzero(is_known, axis=1) > n_recent)
    for i in np.flatnonzero(has_gap).tolist():
        known = logs[i, is_known[i]][-CONTEXT_DAYS:]
        usual = float(np.abs(known - np.median(known)).mean())
        spread[i] = max(spread[i], usual * np.sqrt(1.0 + LEVEL_DOUBT / n_recent[i] ** 2))


def _center_and_spread(logs: Float64) -> tuple[Float64, Float64]:
    """Give the median of each row's known days (NaN without any), and their spread as in `Scale`."""
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
    """Give the lower limit of a window's spread, in logs of (1 + views).

    It is the mean absolute deviation of Poisson counts, about 0.8 / √m in logs for a mean of m, and at least
    `SMALLEST_SPREAD`. Without it, the scaled days of series with very few views would be very large.

    Parameters
    ----------
    center : ndarray of any shape
        The median, in logs of (1 + views).

    Returns
    -------
    ndarray of the same shape
    """
    return np.fmax(SMALLEST_SPREAD, 0.8 * np.exp(-0.5 * center))


def _clip(values: Float64, low: float, high: float | Float64) -> Float64:
    """Clip in place; faster than `numpy.clip` for a single series."""
    np.maximum(values, low, out=values)
    return np.minimum(values, high, out=values)


def fill_missing_days(scaled: Float64) -> Float64:
    """Fill each missing day with the same weekday's value of an earlier week, else of a later week, else 0.

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
    """Compute the model's inputs from windows of views.

    Parameters
    ----------
    views : ndarray of shape (n_windows, LONG_CONTEXT_DAYS) or (n_windows, CONTEXT_DAYS)
        Views a day, NaN where a day is missing. The shorter form is faster, for windows without days before
        the context.
    last_dates : ndarray of datetime64[D], shape (n_windows,)
        The date of each window's last column.

    Returns
    -------
    X : ndarray of float32, shape (n_windows, N_FEATURES)
        The scaled days of the context; level; spread; minus the share of missing days; `long_features`, 0
        where unknown; `calendar_features` of the last date.
    scale : Scale
        Needed to convert predictions to views.
    """
    scaled, scale = scale_windows(views)
    X = np.zeros((len(views), N_FEATURES), dtype=np.float32)
    context = scaled[:, -CONTEXT_DAYS:]
    missing = np.isnan(context)
    if np.count_nonzero(missing):
        context = fill_missing_days(context)
        X[:, CONTEXT_DAYS + 2] = -missing.mean(axis=1)
    X[:, :CONTEXT_DAYS] = context
    # Standardise level and spread roughly: logs of usual view counts have a centre of 5 and a width of 3,
    # logs of their spreads have a centre of -1.8 and a width of 1.
    X[:, CONTEXT_DAYS] = (scale.center - 5.0) / 3.0
    X[:, CONTEXT_DAYS + 1] = np.log(scale.spread) + 1.8
    if scaled.shape[1] > CONTEXT_DAYS:
        X[:, CONTEXT_DAYS + 3 : N_WINDOW_FEATURES] = long_features(scaled)
    X[:, CALENDAR_FEATURES] = calendar_features(last_dates)
    return X, scale


def scale_targets(views: Float64, scale: Scale) -> Float32:
    """Convert the days after each window to the scale of the window.

    Parameters
    ----------
    views : ndarray of shape (n_windows, horizon)
        Views a day, NaN where unknown.
    scale : Scale
        From `features`, for the same windows.

    Returns
    -------
    ndarray of float32, shape (n_windows, horizon)
        Clipped to ±12; NaN stays NaN.
    """
    scaled = (np.log1p(views) - scale.center[:, None]) / scale.spread[:, None]
    return np.clip(scaled, -LARGEST_SCALED_TARGET, LARGEST_SCALED_TARGET).astype(np.float32)


def views_from_logs(logs: Float64, highest: Float64) -> Float64:
    """Convert logs of (1 + views) to views, clipped so that they are neither negative nor infinite.

    Parameters
    ----------
    logs : ndarray of shape (n_windows, ...)
    highest : ndarray of shape (n_windows,)
        Largest log in each window; (1 + views) is limited to 150 times its value there.

    Returns
    -------
    ndarray of the shape of `logs`
        Views a day.
    """
    ceiling = (highest + _LOG_OF_LARGEST_RISE).reshape(-1, *(1,) * (logs.ndim - 1))
    return np.asarray(np.expm1(_clip(logs.copy(), 0.0, ceiling)))
