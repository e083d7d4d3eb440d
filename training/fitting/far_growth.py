"""Measure how much wider intervals have to be beyond 28 days, from errors of forecasts up to a year ahead.

The errors are those of the prior, as for totals: it was fitted on generated histories only, so it has seen no
day of a real history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from training.fitting.raw_windows import cut_windows
from training.fitting.training_windows import FEWEST_KNOWN_DAYS, counted_series, n_days
from training.history.series import History
from training.history.synthetic import generate_views
from training.model.forecast_model import LEVELS, MAXIMUM_HORIZON_DAYS, ForecastModel
from training.model.interval_levels import GROWTH_DAYS, NO_GROWTH
from training.model.windows import LONG_CONTEXT_DAYS, Days, Float32, Float64

MOST_WINDOWS = 500
# Each day is measured together with the week around it, so that all weekdays count.
NEIGHBOURING_DAYS = 3
# Weight of the usual growth in the regression of logs, in units of the sum of log(growth)².
DOUBT = 5.0
LARGEST_POWER = 2.0
# Lower bound of errors, in half-widths: where all errors are 0, the logarithm would not be finite.
SMALLEST_RATIO = 1e-3


def generated_growth(prior: ForecastModel, n_series: int, random_state: int) -> Float64:
    """Measure the growth of half-widths on generated histories.

    Parameters
    ----------
    prior : ForecastModel
        Its growth is not used.
    n_series : int
        Number of histories to generate.
    random_state : int
        Seed of these histories.

    Returns
    -------
    ndarray of shape (2, 9)
        Factors for the intervals of 80 and 95 %, at each of `GROWTH_DAYS`.
    """
    views = generate_views(n_series, LONG_CONTEXT_DAYS + MAXIMUM_HORIZON_DAYS, random_state)
    known, coming = views[:, :LONG_CONTEXT_DAYS], views[:, LONG_CONTEXT_DAYS:]
    return _growth(prior, list(known), np.zeros(n_series, "datetime64[D]"), coming)


def own_growth_power(prior: ForecastModel, history: History, random_state: int) -> Float32:
    """Measure the growth of half-widths on a history, as a power of the usual growth.

    The power is estimated by least squares in logs. The growth at `d` days has as weight the number of
    independent stretches of `d` days in the history. The estimate is shrunk towards 1.

    Parameters
    ----------
    prior : ForecastModel
        With the growth measured on generated histories.
    history : History
    random_state : int
        Seed of the sample of at most 500 windows.

    Returns
    -------
    ndarray of shape (1,)
        0 to 2. It is 1 when the history is too short, and 0 when errors do not grow beyond 28 days.
    """
    if not history.series:
        return np.ones(1, np.float32)
    counted = counted_series(history)
    growth = _growth(prior, *_windows(counted, random_state))
    days = np.array(GROWTH_DAYS)
    n_stretches = np.sqrt(len(counted.series)) * (n_days(counted) - FEWEST_KNOWN_DAYS - days) / days
    weights = np.where(np.isnan(growth), 0.0, np.maximum(n_stretches, 0.0))
    usual, measured = np.log(prior.far_growth), np.log(np.where(weights > 0, growth, 1.0))
    power = (DOUBT + (weights * measured * usual).sum()) / (DOUBT + (weights * usual**2).sum())
    return np.array([np.clip(power, 0.0, LARGEST_POWER)], np.float32)


def _windows(history: History, random_state: int) -> tuple[list[Float64], Days, Float64]:
    """Draw windows from all series and days with equal probability, with the following year where known."""
    lengths = np.array([len(series.views) for series in history.series])
    ends = np.cumsum(np.maximum(lengths - GROWTH_DAYS[0] - FEWEST_KNOWN_DAYS, 0))
    n_windows = min(int(ends[-1]), MOST_WINDOWS)
    chosen = np.random.default_rng(random_state).choice(int(ends[-1]), n_windows, replace=False)
    series = np.searchsorted(ends, chosen, side="right")
    origins = lengths[series] - GROWTH_DAYS[0] - (ends[series] - chosen)
    windows = cut_windows(history, series, origins, horizon=MAXIMUM_HORIZON_DAYS)
    n_known = np.count_nonzero(~np.isnan(windows.views[:, -FEWEST_KNOWN_DAYS:]), axis=1)
    windows = windows.where(n_known > 0)
    return list(windows.views), windows.last_dates, windows.following


def _growth(prior: ForecastModel, known: Sequence[Float64], last_dates: Days, coming: Float64) -> Float64:
    """Compute the half-widths that fit the errors at `GROWTH_DAYS`, relative to the first of these days.

    NaN where no count is known.
    """
    alike = replace(prior, far_growth=NO_GROWTH)
    logs = np.log1p(alike.predict(known, last_dates, MAXIMUM_HORIZON_DAYS).views)
    error = np.log1p(coming) - logs[..., 0]
    growth = NO_GROWTH.copy()
    for number, level in enumerate(LEVELS):
        lower, upper = (np.abs(logs[..., 1 + 2 * number + end] - logs[..., 0]) for end in (0, 1))
        ratios = np.abs(error) / np.maximum(np.where(error > 0, upper, lower), 1e-6)
        growth[number] = [_quantile(_around(ratios, day), level) for day in GROWTH_DAYS]
    return np.asarray(growth / growth[:, :1])


def _around(ratios: Float64, day: int) -> Float64:
    return ratios[:, day - 1 - NEIGHBOURING_DAYS : day + NEIGHBOURING_DAYS]


def _quantile(ratios: Float64, level: int) -> float:
    known = ratios[~np.isnan(ratios)]
    return float(max(np.quantile(known, level / 100), SMALLEST_RATIO)) if len(known) else float("nan")
