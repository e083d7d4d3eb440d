"""Prophet, as it comes: fitted anew to all days of each series at each origin."""

import logging
from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.accuracy.methods import Method, PeerForecasts, Predict
from training.history.files import History

Floats = NDArray[np.float64]


def prophet_peer() -> Method:
    """Prophet with its defaults; intervals are quantiles of its 1,000 predictive samples."""
    return Method("Prophet", _fit, f"prophet {version('prophet')}; defaults; all days; v1")


def _fit(history: History) -> Predict:
    # Prophet and its Stan runner log a line a fit.
    for name in ("prophet", "cmdstanpy"):
        logging.getLogger(name).setLevel(logging.ERROR)

    def predict(
        views: Sequence[Floats], last_dates: NDArray[np.datetime64], horizon: int, levels: Sequence[int]
    ) -> PeerForecasts:
        parts = [_forecast(v, date, horizon, levels) for v, date in zip(views, last_dates, strict=True)]
        medians, lowers, uppers = zip(*parts, strict=True)
        return PeerForecasts(np.stack(medians), np.stack(lowers, axis=1), np.stack(uppers, axis=1))

    return predict


def _forecast(
    views: Floats, last_date: np.datetime64, horizon: int, levels: Sequence[int]
) -> tuple[Floats, Floats, Floats]:
    from prophet import Prophet

    days = np.arange(1 - len(views), horizon + 1) + last_date
    model = Prophet()
    model.fit(pd.DataFrame({"ds": days[: len(views)], "y": views}))
    coming = pd.DataFrame({"ds": days[len(views) :]})
    # Prophet draws from numpy's global generator; seeded, a rerun gives the same intervals.
    np.random.seed(0)
    samples = model.predictive_samples(coming)["yhat"]
    tails = [(1 - level / 100) / 2 for level in levels]
    lower = np.quantile(samples, tails, axis=1)
    upper = np.quantile(samples, [1 - tail for tail in tails], axis=1)
    median = model.predict(coming)["yhat"].to_numpy()
    return np.maximum(median, 0.0), np.maximum(lower, 0.0), np.maximum(upper, 0.0)
