"""The lecture's sequence of models on the user's history: from y = b + w x to a sum of 1,000 sigmoids.

Hung-yi Lee, Machine Learning 2021, lecture 1, starts with yesterday's views as the only input, goes on to 56
days, then adds sigmoids, and compares the errors for the next day on training days and held-out days. Each
model of this sequence is called a rung. Its only inputs are the views of the last days: a linear model takes
their logs, a sum of sigmoids takes 56 days on the scale of the window.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.errors import ViewcastError
from training.evaluation.relative_errors import geometric_mean, relative_errors
from training.fitting.raw_windows import RawWindows, cut_windows
from training.fitting.training_windows import FEWEST_KNOWN_DAYS, counted_series, held_out_start, n_days
from training.history.known_days import ratio
from training.history.series import DAY, History
from training.model.windows import (
    CONTEXT_DAYS,
    HORIZON_DAYS,
    Days,
    Float64,
    features,
    fill_missing_days,
    scale_targets,
    views_from_logs,
)
from training.progress import Progress, part, silent
from training.sigmoids import SumOfSigmoidsRegressor

# More windows take longer and change the error of each rung by less than 1 %.
MOST_WINDOWS = 50_000
# The days before the first window, the part that the penalty is chosen on, the held-out part, and one day.
FEWEST_DAYS = FEWEST_KNOWN_DAYS + 2 * HORIZON_DAYS + 1
# Settings of the sums of sigmoids. Of these penalties (for each window), the fit uses the one with the
# smallest error on the last days of the training part, after a fit on the days before them.
N_STEPS = 1_000
BATCH_WINDOWS = 512
LEARNING_RATE = 0.001
PENALTIES = (0.0001, 0.0003, 0.001)
# Cost of a linear model in numbers of sigmoids, for an even progress bar.
LINEAR_COST = 60
# Inputs of a sum of sigmoids: the scaled days, their level and their spread.
SUM_INPUTS = slice(0, CONTEXT_DAYS + 2)


@dataclass(frozen=True)
class Rung:
    """One model of the ladder, and the errors that the lecture reports for it.

    Attributes
    ----------
    n_days : int
        Number of past days in its input.
    n_sigmoids : int
        0 means a linear model.
    lecture_train, lecture_held_out : float
        The lecture's errors, in thousands of views.
    """

    n_days: int
    n_sigmoids: int
    lecture_train: float
    lecture_held_out: float

    def __str__(self) -> str:
        """Give the name of the rung."""
        if self.n_sigmoids:
            return f"{self.n_sigmoids:,} sigmoids, {self.n_days} days"
        return f"linear, {self.n_days} day{'s' if self.n_days > 1 else ''}"


RUNGS = (
    Rung(1, 0, 0.48, 0.58),
    Rung(7, 0, 0.38, 0.49),
    Rung(28, 0, 0.33, 0.46),
    Rung(56, 0, 0.32, 0.46),
    Rung(56, 10, 0.32, 0.45),
    Rung(56, 100, 0.28, 0.43),
    Rung(56, 1000, 0.27, 0.43),
)


@dataclass(frozen=True)
class RungScore:
    """The errors of one rung for the next day.

    Attributes
    ----------
    rung : Rung
    train_mae, held_out_mae : float
        Mean absolute error over all windows, in views a day.
    train_ratio, held_out_ratio : float
        Geometric mean over the series of the error divided by the first rung's.
    """

    rung: Rung
    train_mae: float
    held_out_mae: float
    train_ratio: float
    held_out_ratio: float


@dataclass(frozen=True)
class Ladder:
    """The scores of all rungs, the numbers of series and windows, and the first held-out day."""

    scores: tuple[RungScore, ...]
    n_series: int
    n_train: int
    n_held_out: int
    first_held_out: np.datetime64

    def fall(self) -> float:
        """Give the relative reduction of the held-out error from the first rung to the best sum, 0 to 1."""
        return 1.0 - min(score.held_out_ratio for score in self.scores if score.rung.n_sigmoids)


class LadderError(ViewcastError):
    """The history is too short for the ladder."""


@dataclass(frozen=True)
class _Split:
    """Training windows, their two parts for the choice of the penalty, and held-out windows."""

    train: RawWindows
    before: RawWindows
    after: RawWindows
    held_out: RawWindows


def climb(
    history: History, random_state: int = 0, progress: Progress = silent, rungs: Sequence[Rung] = RUNGS
) -> Ladder:
    """Fit every rung on the days before the held-out days, and measure its errors before and on them.

    Parameters
    ----------
    history : History
        `counted_series` selects the series.
    random_state : int, default=0
        Seed of the starting values, and of the sample of windows when there are more than 50,000.
    progress : callable, default=silent
        Called with the name of the current step and the completed fraction of the whole, 0 to 1.
    rungs : sequence of Rung, default=RUNGS
        Models to fit; all ratios are relative to the first one.

    Returns
    -------
    Ladder

    Raises
    ------
    LadderError
        When there are no windows for the fit, for the choice of the penalty, or for the held-out error.
    """
    start = held_out_start(history)
    split = _split(history, start, np.random.default_rng(random_state))
    ends = np.cumsum([0.0, *(rung.n_sigmoids + LINEAR_COST for rung in rungs)])
    ends /= ends[-1]
    errors = []
    for rung, begin, end in zip(rungs, ends, ends[1:], strict=False):
        forecasts = _forecasts(rung, split, random_state, part(progress, float(begin), float(end)))
        parts = zip(forecasts, (split.train, split.held_out), strict=True)
        errors.append([np.abs(forecast - windows.following[:, 0]) for forecast, windows in parts])
    scores = tuple(_score(rung, error, errors[0], split) for rung, error in zip(rungs, errors, strict=True))
    n_series = len(np.unique(split.held_out.series))
    return Ladder(scores, n_series, len(split.train), len(split.held_out), start)


def _split(history: History, start: np.datetime64, rng: np.random.Generator) -> _Split:
    counted = counted_series(history)
    series, origins, dates = _targets(counted)
    train, held_out = (
        _drawn(counted, series[chosen], origins[chosen], rng) for chosen in (dates < start, dates >= start)
    )
    earlier = counted.before(start)
    inner_start = held_out_start(earlier) if earlier.series else start
    is_after = train.last_dates + DAY >= inner_start
    before, after = train.where(~is_after), train.where(is_after)
    if not (len(before) and len(after) and len(held_out)):
        raise LadderError(
            f"the history covers {n_days(history)} days; the ladder needs {FEWEST_DAYS} of a series, "
            "to learn from, to choose by and to hold out"
        )
    return _Split(train, before, after, held_out)


def _score(rung: Rung, errors: list[Float64], of_first: list[Float64], split: _Split) -> RungScore:
    """Score a rung by its errors on the training windows and on the held-out windows."""
    train, held_out = errors
    return RungScore(
        rung,
        float(train.mean()),
        float(held_out.mean()),
        _ratio(train, of_first[0], split.train),
        _ratio(held_out, of_first[1], split.held_out),
    )


def _targets(history: History) -> tuple[NDArray[np.intp], NDArray[np.intp], Days]:
    """Give series, index in the series and date of all known days from `FEWEST_KNOWN_DAYS` days on."""
    days = [np.flatnonzero(~np.isnan(series.views)) for series in history.series]
    days = [known[known >= FEWEST_KNOWN_DAYS] for known in days]
    numbers = np.repeat(np.arange(len(days)), [len(known) for known in days])
    dates = [series.first_date + known * DAY for series, known in zip(history.series, days, strict=True)]
    return numbers, np.concatenate(days), np.concatenate(dates)


def _drawn(
    history: History, series: NDArray[np.intp], origins: NDArray[np.intp], rng: np.random.Generator
) -> RawWindows:
    """Cut the windows that end before these days, or before a random sample of at most 50,000 of them."""
    if len(series) > MOST_WINDOWS:
        chosen = rng.choice(len(series), MOST_WINDOWS, replace=False)
        series, origins = series[chosen], origins[chosen]
    return cut_windows(history, series, origins, CONTEXT_DAYS, horizon=1)


def _forecasts(rung: Rung, split: _Split, random_state: int, progress: Progress) -> list[Float64]:
    """Fit a rung, and forecast the training windows and the held-out windows with it, in views a day."""
    progress(f"fitting {rung}", 0.0)
    parts = split.train, split.held_out
    if not rung.n_sigmoids:
        regressor = _linear(rung.n_days, split.train)
        return [_from_linear(regressor, rung.n_days, windows) for windows in parts]
    losses = []
    for number, penalty in enumerate(PENALTIES):
        progress(f"fitting {rung}", number / (len(PENALTIES) + 1))
        forecasts = _from_sum(_sum(rung.n_sigmoids, penalty, split.before, random_state), split.after)
        losses.append(np.abs(np.log1p(forecasts) - np.log1p(split.after.following[:, 0])).mean())
    best = _sum(rung.n_sigmoids, PENALTIES[int(np.argmin(losses))], split.train, random_state)
    return [_from_sum(best, windows) for windows in parts]


def _linear(n_days: int, windows: RawWindows) -> SumOfSigmoidsRegressor:
    regressor = SumOfSigmoidsRegressor(
        0, linear_term=True, loss="absolute_error", alpha=0.0, solver="adam", random_state=0
    )
    regressor.fit(_logs(windows, n_days), np.log1p(windows.following[:, 0]))
    return regressor


def _from_linear(regressor: SumOfSigmoidsRegressor, n_days: int, windows: RawWindows) -> Float64:
    highest = np.fmax.reduce(np.log1p(windows.views), axis=1)
    return views_from_logs(regressor.predict(_logs(windows, n_days)).astype(np.float64), highest)


def _logs(windows: RawWindows, n_days: int) -> Float64:
    return fill_missing_days(np.log1p(windows.views))[:, -n_days:]


def _sum(n_sigmoids: int, penalty: float, windows: RawWindows, random_state: int) -> SumOfSigmoidsRegressor:
    X, scale = features(windows.views, windows.last_dates)
    regressor = SumOfSigmoidsRegressor(
        n_sigmoids,
        loss="absolute_error",
        alpha=penalty * len(windows),
        solver="adam",
        learning_rate=LEARNING_RATE,
        batch_size=BATCH_WINDOWS,
        max_iter=math.ceil(N_STEPS / math.ceil(len(windows) / BATCH_WINDOWS)),
        random_state=random_state,
    )
    regressor.fit(X[:, SUM_INPUTS], scale_targets(windows.following, scale)[:, 0])
    return regressor


def _from_sum(regressor: SumOfSigmoidsRegressor, windows: RawWindows) -> Float64:
    X, scale = features(windows.views, windows.last_dates)
    scaled = regressor.predict(X[:, SUM_INPUTS]).astype(np.float64)
    return views_from_logs(scaled * scale.spread + scale.center, scale.highest)


def _ratio(error: Float64, of_first: Float64, windows: RawWindows) -> float:
    """Geometric mean over the series of the mean error divided by the first rung's."""
    n_windows = np.bincount(windows.series).astype(float)
    mean, mean_of_first, level = (
        ratio(np.bincount(windows.series, weights=values).astype(float), n_windows)
        for values in (error, of_first, windows.following[:, 0])
    )
    return geometric_mean(relative_errors(mean, mean_of_first, level))
