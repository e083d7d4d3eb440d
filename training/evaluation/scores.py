"""Rolling-origin evaluation of a model on days that were held out of its training, beside the baselines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.evaluation.baselines import WEEKLY_COPY, Predict, _linear_models, weekly_copy
from training.evaluation.origins import days_after, known_until, origins_of, scorable_series
from training.fitting.training_windows import held_out_start
from training.history.events import SeriesEvents
from training.history.series import DAY, History, Series
from training.model.forecast_model import LEVELS, ForecastModel, Forecasts
from training.model.windows import HORIZON_DAYS, Days, Float64

__all__ = ["METHOD", "WEEKLY_COPY", "Scores", "backtest", "held_out_start"]

METHOD = "sum of sigmoids"
HORIZONS = {"1": 1, "1-7": 7, "1-28": 28}


@dataclass(frozen=True)
class Scores:
    """How well methods forecast the held-out days.

    Attributes
    ----------
    methods : dict of str to dict of str to float
        For each method and horizon ("1", "1-7", "1-28" days ahead), the geometric mean over the series of the
        mean absolute error divided by that of the weekly copy: below 1 is better than copying.
    mae : dict of str to dict of str to float
        The same methods' mean absolute error, in views a day.
    coverage : dict of int to float
        For each level, the share of held-out days that lie inside the model's intervals.
    n_series, n_origins : int
    first_origin, last_origin : str
        ISO dates of the first day forecast by the first and by the last forecast.
    """

    methods: dict[str, dict[str, float]]
    mae: dict[str, dict[str, float]]
    coverage: dict[int, float]
    n_series: int
    n_origins: int
    first_origin: str
    last_origin: str


def backtest(
    model: ForecastModel, history: History, first_origin: np.datetime64, *, linear_baselines: bool = True
) -> Scores | None:
    """Forecast held-out days again and again, each time from the days before, as it would have been done.

    Parameters
    ----------
    model : ForecastModel
        Fitted on days before `first_origin`.
    history : History
        With the held-out days; `counted_series` says which of its series count. The linear baselines are
        fitted on what lies before `first_origin`.
    first_origin : datetime64[D]
        The first day to forecast; then every fifth day.
    linear_baselines : bool, default=True
        Fit the linear models and score them too. A second model on the same days does not need them again.

    Returns
    -------
    Scores or None
        None when no series has a week before `first_origin`, or nothing is known one day ahead.
    """
    series = scorable_series(history, first_origin)
    if not series:
        return None
    origins = origins_of(history, first_origin)
    truth = np.stack([days_after(series, origin) for origin in origins])
    if np.isnan(truth[:, :, 0]).all():
        return None

    def errors(predict: Predict) -> Float64:
        forecasts = [predict(known_until(series, o), np.full(len(series), o - DAY)) for o in origins]
        return np.abs(np.stack(forecasts) - truth)

    own_error, coverage = _judge(model, history, series, origins, truth)
    absolute = {METHOD: own_error}
    if linear_baselines:
        absolute |= {name: errors(predict) for name, predict in _linear_models(history, first_origin)}
    absolute[WEEKLY_COPY] = errors(lambda views, dates: weekly_copy(views))
    return Scores(
        methods={name: _relative(error, absolute[WEEKLY_COPY]) for name, error in absolute.items()},
        mae={name: _mae(error) for name, error in absolute.items()},
        coverage=coverage,
        n_series=len(series),
        n_origins=len(origins),
        first_origin=str(origins[0]),
        last_origin=str(origins[-1]),
    )


def forecast_from(
    model: ForecastModel, series: list[Series], events: list[SeriesEvents], origin: np.datetime64
) -> Forecasts:
    """Forecast the 28 days from the origin on, by what was known the day before and by what is planned."""
    last_dates = np.full(len(series), origin - DAY)
    return model.predict(known_until(series, origin), last_dates, HORIZON_DAYS, events=events)


def _by_series(error: Float64, n_days: int) -> Float64:
    """Mean over origins and the first days ahead, one value a series; NaN where no day is known."""
    near = np.ma.masked_invalid(error[:, :, :n_days])
    return np.asarray(np.ma.mean(near, axis=(0, 2)).filled(np.nan))


def _relative(error: Float64, of_copy: Float64) -> dict[str, float]:
    """Geometric mean over series of the ratio to the weekly copy, by horizon.

    A series that the copy forecasts without error has no ratio and does not count.
    """
    ratios = {}
    for label, n_days in HORIZONS.items():
        mine, copy = _by_series(error, n_days), _by_series(of_copy, n_days)
        counts = (mine > 0) & (copy > 0)
        ratios[label] = float(np.exp(np.mean(np.log(mine[counts] / copy[counts])))) if counts.any() else 1.0
    return ratios


def _mae(error: Float64) -> dict[str, float]:
    return {label: float(np.nanmean(error[:, :, :n_days])) for label, n_days in HORIZONS.items()}


def _judge(
    model: ForecastModel, history: History, series: list[Series], origins: Days, truth: Float64
) -> tuple[Float64, dict[int, float]]:
    """The model's absolute errors, in the shape of `truth`, and the coverage of its intervals."""
    # What is planned is known at every origin.
    events = history.events_of(series)
    error, inside = np.empty_like(truth), np.zeros(len(LEVELS))
    for number, (origin, actual) in enumerate(zip(origins, truth, strict=True)):
        found = forecast_from(model, series, events, origin)
        error[number] = np.abs(found.median - actual)
        inside += ((actual >= found.lower) & (actual <= found.upper)).sum(axis=(1, 2))
    n_known = np.count_nonzero(~np.isnan(truth))
    return error, {level: float(share) for level, share in zip(LEVELS, inside / n_known, strict=True)}
