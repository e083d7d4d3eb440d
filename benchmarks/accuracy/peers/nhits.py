"""NHITS (Challu et al. 2023) from neuralforecast: one network for all series, days ahead and quantiles."""

import logging
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.methods import LEVELS, Method, PeerForecasts, Predict
from benchmarks.accuracy.peers.frames import array_of, frame_of_history, frame_of_logs
from benchmarks.accuracy.peers.gaps import filled
from benchmarks.accuracy.splits import HORIZON_DAYS, LEAST_FITTED_DAYS
from training.history.files import History

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

CONTEXT_DAYS = 56
SETTINGS: dict[str, Any] = {
    "mlp_units": 3 * [[128, 128]],
    "max_steps": 400,
    "learning_rate": 1e-3,
    "windows_batch_size": 128,
    "scaler_type": "robust",
    "dropout_prob_theta": 0.2,
    "random_seed": 0,
}
QUIET: dict[str, Any] = {
    "accelerator": "cpu",
    "logger": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
}


def nhits_peer() -> Method:
    """Windows of 56 log-views, each by its own median and deviation; median and intervals by pinball loss."""
    packages = f"neuralforecast {version('neuralforecast')}; torch {version('torch')}"
    settings = f"{packages}; {SETTINGS}; {CONTEXT_DAYS} days; v2"
    return Method("NHITS", _fit, settings, pooled=True, least_days=LEAST_FITTED_DAYS)


def _fit(history: History) -> Predict:
    from neuralforecast import NeuralForecast
    from neuralforecast.losses.pytorch import MQLoss
    from neuralforecast.models import NHITS

    for name in ("pytorch_lightning", "lightning_fabric", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)
    network = NHITS(HORIZON_DAYS, CONTEXT_DAYS, loss=MQLoss(level=list(LEVELS)), **SETTINGS, **QUIET)
    forecaster = NeuralForecast([network], freq="D")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        forecaster.fit(frame_of_history(history, CONTEXT_DAYS + HORIZON_DAYS))

    def predict(
        views: Sequence[Floats], last_dates: Dates, horizon: int, levels: Sequence[int]
    ) -> PeerForecasts:
        logs = [np.log1p(filled(v))[-CONTEXT_DAYS:] for v in views]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            forecasts = forecaster.predict(frame_of_logs(logs, last_dates))

        def views_of(column: str) -> Floats:
            in_logs = array_of(forecasts, f"NHITS-{column}", len(views))[:, :horizon]
            return np.maximum(np.expm1(in_logs), 0.0)

        lower = np.stack([views_of(f"lo-{level}") for level in levels])
        upper = np.stack([views_of(f"hi-{level}") for level in levels])
        return PeerForecasts(views_of("median"), lower, upper)

    return predict
