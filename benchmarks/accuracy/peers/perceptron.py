"""scikit-learn's MLPRegressor on windows of 56 days, all 28 days ahead at once."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPRegressor

from benchmarks.accuracy.methods import Method
from benchmarks.accuracy.peers.conformal import PredictLogs, with_intervals
from benchmarks.accuracy.peers.gaps import filled
from benchmarks.accuracy.splits import HORIZON_DAYS
from training.history import History

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

CONTEXT_DAYS = 56
SETTINGS: dict[str, Any] = {"hidden_layer_sizes": (128,), "early_stopping": True, "random_state": 0}


def perceptron_peer() -> Method:
    """128 hidden units on logs less the median of the last 28 days, by their deviation, and the weekday."""
    settings = f"scikit-learn {version('scikit-learn')}; {SETTINGS}; {CONTEXT_DAYS} days; v1"
    return Method("MLPRegressor", with_intervals(_fit_logs), settings, pooled=True)


def _fit_logs(history: History) -> PredictLogs:
    least = CONTEXT_DAYS + HORIZON_DAYS
    parts = [
        _windows(np.log1p(filled(s.views)), s.first_date) for s in history.series if len(s.views) >= least
    ]
    X, Y = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    model = MLPRegressor(**SETTINGS).fit(X, Y)

    def predict_logs(logs: Sequence[Floats], last_dates: Dates, horizon: int) -> Floats:
        contexts = np.stack([np.pad(one, (CONTEXT_DAYS, 0), mode="edge")[-CONTEXT_DAYS:] for one in logs])
        X, level, scale = _inputs(contexts, last_dates)
        return np.asarray(level + scale * model.predict(X)[:, :horizon])

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
