"""scikit-learn's MLPRegressor on windows of 56 days, all 28 days ahead at once."""

import warnings
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from benchmarks.accuracy.methods import Method
from benchmarks.accuracy.peers.conformal import PredictLogs, with_intervals
from benchmarks.accuracy.peers.gaps import filled
from benchmarks.accuracy.splits import HORIZON_DAYS, LEAST_FITTED_DAYS
from training.history.files import History

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

CONTEXT_DAYS = 56
N_STARTS = 3
SETTINGS: dict[str, Any] = {"hidden_layer_sizes": (128,), "alpha": 10.0, "max_iter": 100}


def perceptron_peer() -> Method:
    """128 hidden units on logs less the median of the last 28 days, by their deviation, and the weekday.

    Three random starts averaged, 100 passes each: better than one, and than early stopping.
    """
    settings = (
        f"scikit-learn {version('scikit-learn')}; {SETTINGS}; {N_STARTS} starts; {CONTEXT_DAYS} days; v5"
    )
    return Method(
        "MLPRegressor", with_intervals(_fit_logs), settings, pooled=True, least_days=LEAST_FITTED_DAYS
    )


def _fit_logs(history: History) -> PredictLogs:
    least = CONTEXT_DAYS + HORIZON_DAYS
    parts = [
        _windows(np.log1p(filled(s.views)), s.first_date) for s in history.series if len(s.views) >= least
    ]
    X, Y = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        models = [MLPRegressor(**SETTINGS, random_state=start).fit(X, Y) for start in range(N_STARTS)]

    def predict_logs(logs: Sequence[Floats], last_dates: Dates, horizon: int) -> Floats:
        padded = (np.pad(series, (CONTEXT_DAYS, 0), mode="edge") for series in logs)
        contexts = np.stack([series[-CONTEXT_DAYS:] for series in padded])
        X, level, scale = _inputs(contexts, last_dates)
        mean = np.mean([model.predict(X)[:, :horizon] for model in models], axis=0)
        return np.asarray(level + scale * mean)

    return predict_logs


def _windows(logs: Floats, first_date: np.datetime64) -> tuple[Floats, Floats]:
    windows = np.lib.stride_tricks.sliding_window_view(logs, CONTEXT_DAYS + HORIZON_DAYS)
    last_dates = first_date + CONTEXT_DAYS - 1 + np.arange(len(windows))
    X, level, scale = _inputs(windows[:, :CONTEXT_DAYS], last_dates)
    return X, np.clip((windows[:, CONTEXT_DAYS:] - level) / scale, -8, 8)


def _inputs(contexts: Floats, last_dates: Dates) -> tuple[Floats, Floats, Floats]:
    recent = contexts[:, -28:]
    level = np.median(recent, axis=1, keepdims=True)
    scale = np.maximum(np.abs(recent - level).mean(axis=1, keepdims=True), 0.05)
    weekday = last_dates.astype("datetime64[D]").astype(np.int64)[:, None] % 7 == np.arange(7)
    return np.hstack([np.clip((contexts - level) / scale, -8, 8), weekday]), level, scale
