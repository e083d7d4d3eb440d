"""Run a method over the held-out part of a history: fitted once, or a series at a time, then every origin.

A method is a name and a `fit`. What it returns is called for each origin with the views before it.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy import measures
from benchmarks.accuracy.cache import ForecastCache
from benchmarks.accuracy.methods import LEVELS, Candidate, Method, Run
from benchmarks.accuracy.splits import HORIZON_DAYS, Split, splits, views_before, views_from
from training.history.files import History
from training.history.series import DAY

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ScoredSeries:
    """One series' held-out views, forecasts and weekly copies, (n_origins, 28) each, in views a day."""

    name: str
    scale: float
    actual: Floats
    weekly_copy: Floats
    median: Floats
    lower: Floats | None
    upper: Floats | None


@dataclass(frozen=True)
class Evaluation:
    """All that a method forecast of a history in one setting, beside what came."""

    method: str
    setting: str
    series: tuple[ScoredSeries, ...]
    seconds_to_fit: float
    seconds_to_forecast: float

    def relative_mae(self, horizon: str) -> float:
        """Geometric mean over series of MAE / MAE of the weekly copy, at "1", "1-7" or "1-28"."""
        days = measures.HORIZONS[horizon]
        error = measures.mean_absolute_error
        errors = [error(s.actual[:, days], s.median[:, days]) for s in self.series]
        copies = [error(s.actual[:, days], s.weekly_copy[:, days]) for s in self.series]
        return measures.geometric_mean_of_ratios(errors, copies)

    def scores(self) -> dict[str, dict[str, float]]:
        """Every measure a horizon: relative_mae, wape and, with intervals, coverage_80, msis_80, ..."""
        return {horizon: self._scores(horizon) for horizon in measures.HORIZONS}

    def _scores(self, horizon: str) -> dict[str, float]:
        days = measures.HORIZONS[horizon]
        actual = [s.actual[:, days] for s in self.series]
        median = [s.median[:, days] for s in self.series]
        wape = measures.weighted_absolute_percentage_error(actual, median)
        scores = {"relative_mae": self.relative_mae(horizon), "wape": wape}
        bounds = [(s.lower, s.upper) for s in self.series if s.lower is not None and s.upper is not None]
        for i, level in enumerate(LEVELS if bounds else ()):
            lower = [low[i][:, days] for low, _ in bounds]
            upper = [high[i][:, days] for _, high in bounds]
            parts = zip(actual, lower, upper, strict=True)
            interval_scores = [measures.interval_score(a, low, high, level) for a, low, high in parts]
            scales = [s.scale for s in self.series]
            scores[f"msis_{level}"] = measures.mean_scaled_interval_score(interval_scores, scales)
            scores[f"coverage_{level}"] = measures.coverage(actual, lower, upper)
        return scores


def evaluate(
    method: Candidate,
    history: History,
    setting: str = "pooled",
    cache: ForecastCache | None = None,
    most_series: int | None = None,
    progress: Callable[[float], None] = lambda fraction: None,
) -> Evaluation:
    """Forecast the held-out part of a history.

    Parameters
    ----------
    method : Method or Combination
    history : History
        All days; a method is fitted on those before the held-out part only.
    setting : {"pooled", "alone", "7 days", "14 days", "28 days"}, default="pooled"
    cache : ForecastCache, optional
        Where runs are kept and taken from; without it everything is computed.
    most_series : int, optional
        Of histories with more series, so many are scored, drawn by a seed, the same for every method.
    progress : callable, optional
        Told the fraction done, 0 to 1.
    """
    outer = splits(history, setting, most_series)
    parts = outer if method.pooled else [single for part in outer for single in part.one_by_one()]
    run_once = partial(cache.run, compute=run_method) if cache else run_method
    scored: list[ScoredSeries] = []
    runs: list[Run] = []
    for i, part in enumerate(parts):
        run = method.run(part, run_once)
        runs.append(run)
        scored.extend(_scored_series(part, run))
        progress((i + 1) / len(parts))
    return Evaluation(
        method=method.name,
        setting=setting,
        series=tuple(scored),
        seconds_to_fit=sum(run.seconds_to_fit for run in runs),
        seconds_to_forecast=sum(run.seconds_to_forecast for run in runs),
    )


def run_method(method: Method, part: Split) -> Run:
    """Fit on the days before the held-out part, then forecast from each origin in turn."""
    began = _cpu_seconds()
    predict = method.fit(part.fitted)
    fitted = _cpu_seconds()
    forecasts = []
    for origin in part.origins:
        views = [views_before(series, origin) for series in part.scored]
        last_dates = np.full(len(views), origin - DAY)
        forecasts.append(predict(views, last_dates, HORIZON_DAYS, LEVELS))
    lower = [f.lower for f in forecasts if f.lower is not None]
    upper = [f.upper for f in forecasts if f.upper is not None]
    return Run(
        median=np.stack([f.median for f in forecasts], axis=1),
        lower=np.stack(lower, axis=2) if lower else None,
        upper=np.stack(upper, axis=2) if upper else None,
        seconds_to_fit=fitted - began,
        seconds_to_forecast=_cpu_seconds() - fitted,
    )


def _scored_series(part: Split, run: Run) -> list[ScoredSeries]:
    scored = []
    for i, series in enumerate(part.scored):
        before = [views_before(series, origin) for origin in part.origins]
        scored.append(
            ScoredSeries(
                name=series.name,
                scale=measures.seasonal_scale(before[0]),
                actual=np.stack([views_from(series, origin) for origin in part.origins]),
                weekly_copy=np.stack([weekly_copy(views, HORIZON_DAYS) for views in before]),
                median=run.median[i],
                lower=None if run.lower is None else run.lower[:, i],
                upper=None if run.upper is None else run.upper[:, i],
            )
        )
    return scored


def weekly_copy(views: Floats, horizon: int) -> Floats:
    """The last known count of each weekday, repeated for `horizon` days."""
    weeks = views[len(views) % 7 :].reshape(-1, 7)
    week = np.full(7, np.nanmean(views))
    for latest in weeks:
        week = np.where(np.isfinite(latest), latest, week)
    return np.resize(week, horizon)


def _cpu_seconds() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system
