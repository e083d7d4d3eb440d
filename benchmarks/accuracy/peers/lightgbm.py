"""LightGBM on lags, one model for all series, its forecasts fed back as the lags of the next day."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.methods import Method
from benchmarks.accuracy.peers.conformal import PredictLogs, with_intervals
from benchmarks.accuracy.peers.gaps import filled
from benchmarks.accuracy.splits import LEAST_FITTED_DAYS, LEAST_MEAN_VIEWS
from training.history.files import History

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

N_LAGS = 28
SETTINGS: dict[str, Any] = {
    "objective": "l1",
    "n_estimators": 400,
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_child_samples": 20,
    "random_state": 0,
    "n_jobs": 1,
    "verbose": -1,
}


def lightgbm_peer() -> Method:
    """400 trees, absolute error: lags 1 to 28 of log-views less their mean, and the day of the week."""
    settings = f"lightgbm {version('lightgbm')}; {SETTINGS}; {N_LAGS} lags; v5"
    return Method("LightGBM", with_intervals(_fit_logs), settings, pooled=True, least_days=LEAST_FITTED_DAYS)


def _fit_logs(history: History) -> PredictLogs:
    import lightgbm

    # With the series that hardly anybody looks at it forecasts the others worse.
    counted = [s for s in history.series if np.nanmean(s.views) >= LEAST_MEAN_VIEWS] or history.series
    parts = [_windows(np.log1p(filled(s.views)), s.first_date) for s in counted if len(s.views) > N_LAGS]
    X, y = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    model = lightgbm.LGBMRegressor(**SETTINGS).fit(X, y, categorical_feature=[N_LAGS])

    def predict_logs(logs: Sequence[Floats], last_dates: Dates, horizon: int) -> Floats:
        days = np.stack([np.pad(series, (N_LAGS, 0), mode="edge")[-N_LAGS:] for series in logs])
        for ahead in range(1, horizon + 1):
            lags = days[:, -N_LAGS:]
            level = lags.mean(axis=1, keepdims=True)
            X = np.hstack([lags - level, _weekday(last_dates + ahead)[:, None]])
            days = np.hstack([days, level + model.booster_.predict(X)[:, None]])
        return days[:, N_LAGS:]

    return predict_logs


def _windows(logs: Floats, first_date: np.datetime64) -> tuple[Floats, Floats]:
    lags = np.lib.stride_tricks.sliding_window_view(logs[:-1], N_LAGS)
    level = lags.mean(axis=1, keepdims=True)
    weekday = _weekday(first_date + np.arange(N_LAGS, len(logs)))
    return np.hstack([lags - level, weekday[:, None]]), logs[N_LAGS:] - level[:, 0]


def _weekday(dates: Dates) -> NDArray[np.int64]:
    return dates.astype("datetime64[D]").astype(np.int64) % 7
