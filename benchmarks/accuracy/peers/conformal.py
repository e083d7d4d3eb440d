"""Intervals for peers that give none of their own: split conformal, on the last fifth of the days."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.methods import LEVELS, PeerForecasts, Predict
from benchmarks.accuracy.peers.gaps import filled
from benchmarks.accuracy.splits import HORIZON_DAYS, LEAST_MEAN_VIEWS, views_before, views_from
from training.history.files import History

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

# Log-views (n, days) up to the last dates (n,), and how many days ahead: log-views (n, horizon).
PredictLogs = Callable[[Sequence[Floats], Dates, int], Floats]
FitLogs = Callable[[History], PredictLogs]


def with_intervals(fit: FitLogs) -> Callable[[History], Predict]:
    """A `fit` of a forecaster of log-views becomes one of views, with calibrated intervals.

    Residuals of a forecaster that has not seen the last fifth, on the scale of log(views + 10) and by each
    series' mean absolute weekly change there, give quantiles for each day ahead. The forecaster used then is
    fitted on all days.
    """

    def fit_with_intervals(history: History) -> Predict:
        low, high = _residual_quantiles(fit, history)
        predict_logs = fit(history)

        def predict(
            views: Sequence[Floats], last_dates: Dates, horizon: int, levels: Sequence[int]
        ) -> PeerForecasts:
            whole = [filled(v) for v in views]
            median = _views(predict_logs([np.log1p(v) for v in whole], last_dates, horizon))
            scale = np.array([_weekly_change(v) for v in whole])[:, None]
            rows = [LEVELS.index(level) for level in levels]
            lower = [_unscaled(_scaled(median) + scale * low[row, :horizon]) for row in rows]
            upper = [_unscaled(_scaled(median) + scale * high[row, :horizon]) for row in rows]
            return PeerForecasts(median, np.stack(lower), np.stack(upper))

        return predict

    return fit_with_intervals


def _residual_quantiles(fit: FitLogs, history: History) -> tuple[Floats, Floats]:
    """Lower and upper quantiles of scaled residuals, (n_levels, 28) each."""
    n_days = int((history.last_date - history.first_date).astype(int)) + 1
    start = history.last_date - max(n_days // 5, HORIZON_DAYS + 7) + 1
    origins = np.arange(start, history.last_date - HORIZON_DAYS + 2)
    predict_logs = fit(history.before(start))
    residuals = []
    for series in history.series:
        if series.first_date > start - 2 * HORIZON_DAYS or np.nanmean(series.views) < LEAST_MEAN_VIEWS:
            continue
        before = [filled(views_before(series, origin)) for origin in origins]
        median = _views(predict_logs([np.log1p(v) for v in before], origins - 1, HORIZON_DAYS))
        scale = np.array([_weekly_change(v) for v in before])[:, None]
        actual = np.stack([views_from(series, origin) for origin in origins])
        residuals.append((_scaled(actual) - _scaled(median)) / scale)
    # A single series has few origins to calibrate on; the days before and after lend theirs.
    beside = np.pad(np.concatenate(residuals), ((0, 0), (1, 1)), mode="edge")
    days = np.concatenate([beside[:, :-2], beside[:, 1:-1], beside[:, 2:]])
    tails = np.array([(1 - level / 100) / 2 for level in LEVELS])
    return np.nanquantile(days, tails, axis=0), np.nanquantile(days, 1 - tails, axis=0)


def _weekly_change(views: Floats) -> float:
    recent = _scaled(views[-56:])
    return max(float(np.mean(np.abs(recent[7:] - recent[:-7]))), 0.01)


def _scaled(views: Floats) -> Floats:
    # Residuals of log(views + 1) make absurdly wide intervals where there are few views.
    return np.log(views + 10.0)


def _unscaled(scaled: Floats) -> Floats:
    return np.maximum(np.exp(scaled) - 10.0, 0.0)


def _views(logs: Floats) -> Floats:
    return np.maximum(np.expm1(logs), 0.0)
