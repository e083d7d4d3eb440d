"""Measure the widths of intervals of totals, from errors of forecast totals of known days.

The errors are those of the prior: it was fitted on generated histories only, so it has seen no day of a real
history. They give how much narrower the interval of a total is than the sum of its days' intervals, and how
much the errors of different series are correlated.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.fitting.raw_windows import RawWindows, cut_windows
from training.fitting.training_windows import FEWEST_KNOWN_DAYS, counted_series, n_days, n_stretches
from training.history.series import DAY, History
from training.history.synthetic import generate_views
from training.model.forecast_model import LEVELS, ForecastModel
from training.model.totals import MEASURED_DAYS, USUAL_TOTALS, TotalWidths
from training.model.windows import HORIZON_DAYS, LONG_CONTEXT_DAYS, Float64

# Only the last days of a history are used. The step is no multiple of 7, so that origins are on all weekdays.
MOST_DAYS = 730
ORIGIN_STEP_DAYS = 5
MOST_WINDOWS = 10_000
# With this number of independent stretches of days, the result is halfway between measured and usual values.
FACTORS_DOUBT = 10.0
CORRELATION_DOUBT = 5.0
# Correlation of errors: 0.4 between countries of one channel, 0.2 between pages on different topics.
USUAL_CORRELATION = 0.3
FACTOR_RANGE = (0.05, 4.0)
# Limits the influence of a single large error on the correlation, in standard deviations.
LARGEST_SCORE = 3.0


def generated_total_widths(prior: ForecastModel, n_series: int, random_state: int) -> TotalWidths:
    """Measure the intervals of totals on generated histories, up to a year ahead.

    Parameters
    ----------
    prior : ForecastModel
    n_series : int
        Number of histories to generate.
    random_state : int
        Seed of these histories.

    Returns
    -------
    TotalWidths
        Its correlation is the usual one of real series, because generated histories are independent.
    """
    views = generate_views(n_series, LONG_CONTEXT_DAYS + MEASURED_DAYS[-1], random_state)
    known, coming = views[:, :LONG_CONTEXT_DAYS], views[:, LONG_CONTEXT_DAYS:]
    forecasts = prior.predict(list(known), np.zeros(n_series, "datetime64[D]"), MEASURED_DAYS[-1]).views
    factors = np.ones((len(LEVELS), 2, len(MEASURED_DAYS)))
    for number, days in enumerate(MEASURED_DAYS[1:], 1):
        factors[..., number] = _factors(forecasts, coming, days)
    return TotalWidths(factors, np.full(len(MEASURED_DAYS), USUAL_CORRELATION), factors)


def own_total_widths(prior: ForecastModel, history: History, random_state: int) -> TotalWidths:
    """Measure the intervals of totals on a history.

    Parameters
    ----------
    prior : ForecastModel
        With total widths measured on generated histories.
    history : History
    random_state : int
        Seed of the sample of series when there are many.

    Returns
    -------
    TotalWidths
        `own_factors` are shrunk towards the prior's factors, the more the shorter the history. Beyond 28
        days, they are the prior's factors, multiplied by the ratio of own and prior factors at 28 days.
    """
    usual = prior.total_widths
    if not history.series:
        return usual
    counted = counted_series(history)
    windows = _recent_windows(counted, random_state)
    if len(windows) == 0:
        return usual
    forecasts = prior.predict(list(windows.views), windows.last_dates, HORIZON_DAYS).views
    factors, correlations = usual.factors.copy(), usual.correlations.copy()
    n_seen = min(n_days(counted), MOST_DAYS)
    for days in USUAL_TOTALS:
        scores = _scores(forecasts, windows.following, days)
        if np.isnan(scores).all():
            continue
        number = MEASURED_DAYS.index(days)
        trust = _trust(n_stretches(counted, n_seen) * HORIZON_DAYS / days, FACTORS_DOUBT)
        measured = _factors(forecasts, windows.following, days)
        measured = np.where(np.isnan(measured), usual.factors[..., number], measured)
        factors[..., number] = measured**trust * usual.factors[..., number] ** (1.0 - trust)
        factors[..., number + 1 :] = usual.factors[..., number + 1 :]
        factors[..., number + 1 :] *= (factors[..., number] / usual.factors[..., number])[..., None]
        if len(counted.series) > 1:
            together = _correlation(scores[0], windows.last_dates)
            trust = _trust(n_seen / days, CORRELATION_DOUBT)
            correlations[number:] = trust * together + (1.0 - trust) * usual.correlations[number:]
    return TotalWidths(usual.factors, correlations, np.clip(factors, *FACTOR_RANGE))


def _recent_windows(history: History, random_state: int) -> RawWindows:
    """Cut windows of all series, or of a sample of many series, at the same dates."""
    newest = history.last_date - (HORIZON_DAYS - 1) * DAY
    oldest = max(history.first_date + FEWEST_KNOWN_DAYS * DAY, newest - MOST_DAYS * DAY)
    origins = np.arange(newest, oldest - DAY, -ORIGIN_STEP_DAYS * DAY)
    n_series = len(history.series)
    chosen = np.random.default_rng(random_state).permutation(n_series)[: MOST_WINDOWS // max(len(origins), 1)]
    series, places = [], []
    for i in np.sort(chosen).tolist():
        views = history.series[i].views
        for place in ((origins - history.series[i].first_date) / DAY).astype(int).tolist():
            recent = views[max(place - HORIZON_DAYS, 0) : place]
            if FEWEST_KNOWN_DAYS <= place < len(views) and not np.isnan(recent).all():
                series.append(i)
                places.append(place)
    return cut_windows(history, np.array(series, np.intp), np.array(places, np.intp))


def _scores(forecasts: Float64, coming: Float64, days: int) -> Float64:
    """Compute errors of totals, in units of the summed half-widths of their days: (n_levels, n_windows).

    Positive when the total is above the forecast; NaN when a day is unknown.
    """
    sums = forecasts[:, :days].sum(axis=1)
    return _in_half_widths(coming[:, :days].sum(axis=1), sums)


def _in_half_widths(came: Float64, forecasts: Float64) -> Float64:
    """Compute errors of forecasts (median and ends of intervals), in half-widths: (n_levels, ...)."""
    error = came - forecasts[..., 0]
    lower, upper = forecasts[..., :1] - forecasts[..., 1::2], forecasts[..., 2::2] - forecasts[..., :1]
    half_widths = np.where(error[..., None] > 0, upper, lower)
    return np.asarray(np.moveaxis(error[..., None] / np.maximum(half_widths, 1e-6), -1, 0))


def _factors(forecasts: Float64, coming: Float64, days: int) -> Float64:
    """Compute the factors for half-widths of totals, relative to those of days: (n_levels, 2).

    NaN when the forecasts of nearly all days were exactly right, as those of a series of zeros are.
    """
    of_totals = _scores(forecasts, coming, days)
    of_days = _in_half_widths(coming[:, :days], forecasts[:, :days])
    factors = []
    for totals, each_day, level in zip(of_totals, of_days, LEVELS, strict=True):
        outside = (1.0 - level / 100) / 2
        lower, upper = np.nanquantile(totals, [outside, 1.0 - outside])
        usual_error = np.nanquantile(np.abs(each_day), level / 100)
        factors.append(np.array([-lower, upper]) / (usual_error or np.nan))
    return np.asarray(np.clip(factors, *FACTOR_RANGE))


def _correlation(scores: Float64, dates: NDArray[np.datetime64]) -> float:
    """Compute the correlation of errors of different series on the same days, within 0 to 1."""
    known = ~np.isnan(scores)
    held = np.clip(scores[known] / np.std(scores[known]).clip(1e-6), -LARGEST_SCORE, LARGEST_SCORE)
    place = np.unique(dates[known], return_inverse=True)[1]
    n_series, sums, squares = (np.bincount(place, weights=w) for w in (None, held, held**2))
    n_pairs = float((n_series * (n_series - 1)).sum())
    products = float((sums**2 - squares).sum())
    return float(np.clip(products / max(n_pairs * np.mean(held**2), 1e-6), 0.0, 1.0))


def _trust(n_independent: float, doubt: float) -> float:
    return n_independent / (n_independent + doubt)
