"""Training data: windows of real and generated histories as inputs, the following days as targets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.fitting.raw_windows import RawWindows, cut_windows
from training.history.series import History
from training.history.synthetic import generate_views
from training.model.windows import (
    CALENDAR_FEATURES,
    CONTEXT_DAYS,
    HORIZON_DAYS,
    LONG_CONTEXT_DAYS,
    MINIMUM_DAYS,
    Float32,
    Float64,
    features,
    scale_targets,
)
from training.progress import Progress, silent
from training.spread import in_parts

# Least number of days before the first origin of a series.
FEWEST_KNOWN_DAYS = 28
# Least mean views per day of series that forecasts are evaluated on.
FEWEST_COUNTED_VIEWS = 10.0
# Number of windows that are made at a time; 420 days of them take 35 MB.
CHUNK = 10_000
MOST_HELD_OUT_WINDOWS = 20_000
GENERATED_CHUNK = 1_000


@dataclass(frozen=True)
class SupervisedWindows:
    """Inputs and targets of windows.

    Attributes
    ----------
    X : ndarray of float32, shape (n_windows, N_FEATURES)
        The features of each window.
    Y : ndarray of float32, shape (n_windows, HORIZON_DAYS)
        The following days, on the window's scale; NaN where unknown.
    """

    X: Float32
    Y: Float32

    def __len__(self) -> int:
        """Number of windows."""
        return len(self.X)

    def teach_every_day(self) -> bool:
        """Whether each of the 28 days ahead is known for at least one window."""
        return bool((~np.isnan(self.Y)).any(axis=0).all())

    def sample(self, n: int, rng: np.random.Generator) -> SupervisedWindows:
        """Draw n windows at random without replacement; all windows when there are at most n."""
        if n >= len(self):
            return self
        chosen = rng.choice(len(self), n, replace=False)
        return SupervisedWindows(self.X[chosen], self.Y[chosen])


def held_out_start(history: History) -> np.datetime64:
    """Give the first of the held-out days: the last 20 % of the days, but 28 to 365.

    Parameters
    ----------
    history : History

    Returns
    -------
    datetime64[D]
    """
    n_held_out = int(np.clip(round(0.2 * n_days(history)), HORIZON_DAYS, 365))
    return history.last_date - np.timedelta64(n_held_out - 1, "D")


def n_days(history: History) -> int:
    """Count the calendar days on which at least one series has a count."""
    first = history.first_date
    is_known = np.zeros(int((history.last_date - first).astype(int)) + 1, np.bool_)
    for series in history.series:
        begin = int((series.first_date - first).astype(int))
        is_known[begin : begin + len(series.views)] |= ~np.isnan(series.views)
    return int(np.count_nonzero(is_known))


def n_stretches(history: History, n_days: int) -> float:
    """Estimate the number of independent stretches of 28 days in some days of a history.

    Series of one channel are correlated: n of them carry about as much information as √n independent series.

    Parameters
    ----------
    history : History
    n_days : int
        Number of its days to count.

    Returns
    -------
    float
        √(number of series) · n_days / 28.
    """
    return float(np.sqrt(len(history.series))) * n_days / HORIZON_DAYS


def counted_series(history: History) -> History:
    """Select the series that forecasts are evaluated on: those with at least ten views per day on average.

    With fewer views, a relative error depends more on chance than on the forecast. If all series have fewer,
    all are selected.
    """
    busy = tuple(series for series in history.series if np.nanmean(series.views) >= FEWEST_COUNTED_VIEWS)
    return History(busy or history.series)


def windows_of(
    history: History, n_windows: int, rng: np.random.Generator, first_target: np.datetime64 | None = None
) -> SupervisedWindows:
    """Draw windows of a history, from all series and days with equal probability.

    The limit bounds time and memory: all windows of 10,000 series of two years would take gigabytes.

    Parameters
    ----------
    history : History
    n_windows : int
        Largest number of windows.
    rng : Generator
    first_target : datetime64[D], default=None
        Only windows whose first target is this day or later; None for all windows.

    Returns
    -------
    SupervisedWindows
        Empty when no series is longer than 28 days.
    """
    first_origins = np.array(
        [_first_origin(series.first_date, first_target) for series in history.series], int
    )
    n_origins = np.maximum([len(series.views) for series in history.series] - first_origins, 0)
    ends = np.cumsum(n_origins)
    total = int(ends[-1]) if len(ends) else 0
    chosen = np.arange(total) if total <= n_windows else rng.choice(total, n_windows, replace=False)
    which = np.searchsorted(ends, chosen, side="right")
    origins = chosen - (ends - n_origins)[which] + first_origins[which]
    return _concatenate(
        _scaled(cut_windows(history, which[begin : begin + CHUNK], origins[begin : begin + CHUNK]))
        for begin in range(0, len(chosen), CHUNK)
    )


def held_out_windows(
    history: History, first_target: np.datetime64, random_state: int
) -> tuple[SupervisedWindows, float]:
    """Draw windows of held-out days, from the series that `counted_series` selects.

    Parameters
    ----------
    history : History
        All days.
    first_target : datetime64[D]
        The first held-out day.
    random_state : int
        Seed of the sample.

    Returns
    -------
    windows : SupervisedWindows
        At most 20,000.
    stretches : float
        Number of independent stretches of 28 days, see `n_stretches`; 0 without windows.
    """
    counted = counted_series(history)
    rng = np.random.default_rng(random_state)
    windows = windows_of(counted, MOST_HELD_OUT_WINDOWS, rng, first_target)
    if len(windows) == 0:
        return windows, 0.0
    return windows, n_stretches(counted, int((history.last_date - first_target).astype(int)) + 1)


def _first_origin(first_date: np.datetime64, first_target: np.datetime64 | None) -> int:
    if first_target is None:
        return FEWEST_KNOWN_DAYS
    return max(FEWEST_KNOWN_DAYS, int((first_target - first_date).astype(int)))


def _scaled(windows: RawWindows) -> SupervisedWindows:
    X, scale = features(windows.views, windows.last_dates)
    return SupervisedWindows(X, scale_targets(windows.following, scale))


def generated_windows(
    n_series: int, rng: np.random.Generator, progress: Progress = silent
) -> SupervisedWindows:
    """Make windows of generated histories, four of each; some have few known days, some have gaps.

    Parameters
    ----------
    n_series : int
        Number of histories to generate.
    rng : Generator
    progress : callable
        Called with the name of the step and the fraction of it that is done, 0 to 1.

    Returns
    -------
    SupervisedWindows
        The calendar features are 0, because generated histories have no dates.
    """
    begins = range(0, n_series, GENERATED_CHUNK)
    sizes = [min(GENERATED_CHUNK, n_series - begin) for begin in begins]
    parts = list(zip(sizes, rng.spawn(len(begins)), strict=True))
    chunks = []
    # One thread for each core; numpy releases the interpreter lock.
    for chunk in in_parts(_windows_of_generated, parts, os.cpu_count() or 1):
        chunks.append(chunk)
        progress("generating histories", len(chunks) / len(begins))
    return _concatenate(iter(chunks))


def _windows_of_generated(part: tuple[int, np.random.Generator]) -> SupervisedWindows:
    n_series, rng = part
    origins = LONG_CONTEXT_DAYS + HORIZON_DAYS * np.arange(4)
    views = generate_views(n_series, int(origins[-1]) + HORIZON_DAYS, rng)
    return _concatenate(_generated_windows_at(views, int(origin), rng) for origin in origins)


def _generated_windows_at(views: Float64, origin: int, rng: np.random.Generator) -> SupervisedWindows:
    window = views[:, origin - LONG_CONTEXT_DAYS : origin].copy()
    n = len(window)
    n_known = _random_lengths(n, rng)
    window[np.arange(LONG_CONTEXT_DAYS) < (LONG_CONTEXT_DAYS - n_known)[:, None]] = np.nan
    gap_share = np.where(rng.random(n) < 0.1, rng.uniform(0.0, 0.15, n), 0.0)
    gaps = rng.random(window.shape) < gap_share[:, None]
    gaps[:, -1] = False
    window[gaps] = np.nan
    X, scale = features(window, np.zeros(n, "datetime64[D]"))
    X[:, CALENDAR_FEATURES] = 0.0
    return SupervisedWindows(X, scale_targets(views[:, origin : origin + HORIZON_DAYS], scale))


def _random_lengths(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw numbers of known days: 20 % up to `CONTEXT_DAYS`, 40 % up to `LONG_CONTEXT_DAYS`, the rest all."""
    short = np.exp(rng.uniform(np.log(MINIMUM_DAYS), np.log(CONTEXT_DAYS + 1), n))
    middling = rng.uniform(CONTEXT_DAYS, LONG_CONTEXT_DAYS, n)
    kind = rng.random(n)
    return np.where(kind < 0.2, short, np.where(kind < 0.6, middling, LONG_CONTEXT_DAYS)).astype(np.int64)


def _concatenate(chunks: Iterator[SupervisedWindows]) -> SupervisedWindows:
    empty = SupervisedWindows(*_nothing())
    parts = [empty, *chunks]
    return SupervisedWindows(np.concatenate([p.X for p in parts]), np.concatenate([p.Y for p in parts]))


def _nothing() -> tuple[Float32, Float32]:
    X, scale = features(np.empty((0, LONG_CONTEXT_DAYS)), np.empty(0, "datetime64[D]"))
    return X, scale_targets(np.empty((0, HORIZON_DAYS)), scale)
