"""Explain the forecast of tomorrow: what each group of inputs adds to it.

The method is integrated gradients (Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep
networks"), along the straight line from the baseline x = 0, a window whose days are all equal, to the real
window x. Sigmoid i changes by cᵢ (σ(bᵢ + wᵢ·x) - σ(bᵢ)) on this line; input j contributes the share
wᵢⱼ xⱼ / wᵢ·x of it. The contributions add up exactly to the difference of the two outputs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.history.calendar_features import WEEK
from training.history.events import SeriesEvents
from training.history.series import DAY, History, Series
from training.model.forecast_model import ForecastModel
from training.model.forecaster import Forecaster
from training.model.missing_days import n_missing_at_end
from training.model.quantile_sum import MEDIAN
from training.model.weekly_copy import copy_share
from training.model.windows import (
    CONTEXT_DAYS,
    FEATURE_GROUPS,
    HORIZON_DAYS,
    LONG_CONTEXT_DAYS,
    N_FEATURES,
    Float32,
    Float64,
    features,
    latest_days,
    views_from_logs,
)
from training.sigmoids.arithmetic.coefficients import Coefficients

# Number of past weeks for the usual count of a weekday.
USUAL_WEEKS = 8
# Differences below this, in logs of (1 + views), are rounding errors.
SMALLEST_REST = 0.002


@dataclass(frozen=True)
class Step:
    """The contribution of one group of inputs.

    Attributes
    ----------
    group : str
        "level" is the median of the last four weeks, and the model's forecast for a constant window of that
        level; "same_weekday", "last_week", "weeks_before" and "year_before" are past days; "season" is the
        time of year and the same weeks a year ago; "events" is holidays and planned events; "limits" is the
        remaining difference in a model without events, for example where a forecast is limited.
    factor : float
        Factor by which the group multiplies (1 + views); for "level", (1 + views) itself.
    views : float
        The forecast with all steps up to this one, in views a day.
    """

    group: str
    factor: float
    views: float


def usual_views(views: Float64) -> float | None:
    """Give the median views of tomorrow's weekday in the last eight weeks; None when all are unknown."""
    same = views[-WEEK::-WEEK][:USUAL_WEEKS]
    known = same[~np.isnan(same)]
    return float(np.median(known)) if known.size else None


def explain(
    model: Forecaster, views: Float64, last_date: np.datetime64, events: SeriesEvents | None = None
) -> list[Step]:
    """Split the forecast of tomorrow's median into the contributions of groups of inputs.

    Parameters
    ----------
    model : Forecaster
    views : ndarray of shape (n_days,)
        Views a day, NaN where missing; at least 7 days.
    last_date : datetime64[D]
        The date of the last entry of `views`.
    events : mapping, default=None
        The days of the series' events, by name.

    Returns
    -------
    list of Step
        The level comes first; `views` of the last step is the forecast.

    Raises
    ------
    ValueError
        When the series has fewer than 7 days.
    """
    dates = np.array([last_date], dtype="datetime64[D]")
    forecast = float(model.predict([views], dates, 1, (), [events or {}]).median[0, 0])
    has_events = model.to_document() is not None
    if has_events:
        views = _without_events(model, views, last_date, events or {})
    # Tomorrow is the day after the last count, and so many days later.
    n_missing = int(n_missing_at_end([views])[0])
    views = views[: len(views) - n_missing]
    window = latest_days([views], LONG_CONTEXT_DAYS if len(views) > CONTEXT_DAYS else CONTEXT_DAYS)
    X, scale = features(window, np.array([last_date - n_missing * DAY], "datetime64[D]"))
    shares, base = _shares(ForecastModel.from_arrays(model.to_arrays()), X, n_missing)
    spread = float(scale.spread[0])
    logs = {group: spread * float(shares[columns].sum()) for group, columns in _groups(n_missing).items()}
    logs = {"level": float(scale.center[0]) + spread * base + logs.pop("level"), **logs}
    totals = np.cumsum(list(logs.values()))
    reached = views_from_logs(totals[None], scale.highest)[0]
    steps = [
        Step(group, float(np.exp(log)), float(so_far))
        for (group, log), so_far in zip(logs.items(), reached, strict=True)
    ]
    rest = float(np.log1p(forecast) - np.log1p(steps[-1].views))
    if abs(rest) > SMALLEST_REST:
        steps.append(Step("events" if has_events else "limits", float(np.exp(rest)), forecast))
    return steps


def _groups(n_missing: int) -> dict[str, list[int]]:
    """Give the columns of each group of inputs; each column belongs to exactly one group."""
    days = range(CONTEXT_DAYS)  # the last column is the last known day
    same_weekday = [i for i in days if (CONTEXT_DAYS - i + n_missing) % WEEK == 0]
    groups = {
        "level": [],
        "same_weekday": same_weekday,
        "last_week": [i for i in days if CONTEXT_DAYS - i <= WEEK and i not in same_weekday],
        "weeks_before": [i for i in days if CONTEXT_DAYS - i > WEEK and i not in same_weekday],
        "year_before": [],
        "season": [],
    }
    for name, group in {
        "level, spread and gaps": "level",
        "level of the year before": "year_before",
        "the same weeks a year ago": "season",
        "usual week of the half year before": "same_weekday",
        "weekday": "same_weekday",
        "time of year": "season",
    }.items():
        columns = FEATURE_GROUPS[name]
        groups[group] += range(columns.start, columns.stop)
    assert sorted(i for columns in groups.values() for i in columns) == list(range(N_FEATURES))
    return groups


def _shares(model: ForecastModel, X: Float32, day: int) -> tuple[Float64, float]:
    """Give each input's contribution to the median of a day on the window's scale, and that median at x = 0.

    The prior, the own sum and the weekly copy have the same weights as in the forecast of this window. The
    first day after the window is day 0.
    """
    shares, base = _shares_of_sum(model.coefficients, X[0], day)
    if model.own_sum is not None:
        held = model.own_sum.familiarity.held(X)
        own_share = float(model.own_sum.shares[day] * model.own_sum.familiarity.share(X, held)[0])
        of_own, own_base = _shares_of_sum(model.own_sum.coefficients, held[0], day)
        shares += own_share * (of_own - shares)
        base += own_share * (own_base - base)
    copied = float(copy_share(X)[0])
    shares *= 1.0 - copied
    same_weekday = CONTEXT_DAYS - WEEK + day % WEEK
    shares[same_weekday] += copied * float(X[0, same_weekday])
    return shares, (1.0 - copied) * base


def _shares_of_sum(fitted: Coefficients, x: Float32, day: int) -> tuple[Float64, float]:
    output = MEDIAN * HORIZON_DAYS + day
    weights, offsets = fitted.weights.T.astype(np.float64), fitted.offsets.astype(np.float64)
    amplitudes, slopes = fitted.amplitudes[:, output], fitted.linear_weights[:, output]
    way = x @ weights
    at_start, at_end = _sigmoid(offsets), _sigmoid(offsets + way)
    moved = np.abs(way) > 1e-9
    mean_slope = np.where(moved, (at_end - at_start) / np.where(moved, way, 1.0), at_start * (1.0 - at_start))
    shares = x * (weights @ (amplitudes * mean_slope) + slopes)
    return shares, float(fitted.constant[output] + amplitudes @ at_start)


def _sigmoid(z: Float64) -> Float64:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * z))


def _without_events(
    model: Forecaster, views: Float64, last_date: np.datetime64, events: SeriesEvents
) -> Float64:
    """Divide the views by the factors of their events."""
    first_date = last_date - (len(views) - 1) * DAY
    series = Series.trimmed("explained", first_date, views)
    (cleaned,) = model.without_events(History((series,), (), {"explained": events})).series
    start = int((cleaned.first_date - first_date) / DAY)
    without = np.full(len(views), np.nan)
    without[start : start + len(cleaned.views)] = cleaned.views
    return without
