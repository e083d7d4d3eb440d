"""Statistical peers from statsforecast: fitted anew to each series at each origin, on its last two years."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from statsforecast.models import MSTL, AutoARIMA, AutoETS, HistoricAverage, SeasonalNaive, Theta

from benchmarks.accuracy.methods import Method, PeerForecasts, Predict
from benchmarks.accuracy.peers.gaps import filled
from training.history import History

Floats = NDArray[np.float64]

TWO_YEARS = 730


# Views or their logarithms, days ahead, levels: statsforecast's answer.
Forecast = Callable[[Floats, int, list[int]], dict[str, Any]]


def statistical_peers() -> list[Method]:
    """Seasonal naive and the mean; Theta, AutoETS and MSTL on views and on logarithms of 1 + views."""
    models: dict[str, Callable[[], Any]] = {
        "Theta": lambda: Theta(season_length=7),
        "AutoETS": lambda: AutoETS(season_length=7),
        "MSTL": lambda: MSTL(season_length=[7]),
    }
    peers = [
        _peer("Seasonal naive", lambda: SeasonalNaive(season_length=7), logs=False),
        _peer("Mean", HistoricAverage, logs=False),
    ]
    for name, model in models.items():
        peers += [_peer(name, model, logs=False), _peer(f"{name}, logs", model, logs=True)]
    return peers


def autoarima_peers() -> list[Method]:
    """AutoARIMA, on views and on logarithms of 1 + views.

    It is by far the slowest, so its order and coefficients are searched for once a series, before the first
    origin; at later origins the same model is given the newer days.
    """
    return [_autoarima("AutoARIMA", logs=False), _autoarima("AutoARIMA, logs", logs=True)]


def _autoarima(name: str, logs: bool) -> Method:
    def fit(history: History) -> Predict:
        views = filled(history.series[0].views)[-TWO_YEARS:]
        found = AutoARIMA(season_length=7, approximation=True).fit(np.log1p(views) if logs else views)
        return _predictor(lambda y, horizon, levels: found.forward(y, horizon, level=levels), logs)

    versions = f"statsforecast {version('statsforecast')}"
    return Method(name, fit, f"{versions}; season 7; approximation; last {TWO_YEARS} days; one search; v1")


def _peer(name: str, model: Callable[[], Any], logs: bool) -> Method:
    def fit(history: History) -> Predict:
        return _predictor(lambda y, horizon, levels: model().forecast(y, horizon, level=levels), logs)

    settings = f"statsforecast {version('statsforecast')}; {model()!r}; season 7; last {TWO_YEARS} days; v1"
    return Method(name, fit, settings)


def _predictor(forecast: Forecast, logs: bool) -> Predict:
    def predict(
        views: Sequence[Floats], last_dates: NDArray[np.datetime64], horizon: int, levels: Sequence[int]
    ) -> PeerForecasts:
        parts = [_rows(forecast, filled(v)[-TWO_YEARS:], horizon, list(levels), logs) for v in views]
        medians, lowers, uppers = zip(*parts, strict=True)
        return PeerForecasts(np.stack(medians), np.stack(lowers, axis=1), np.stack(uppers, axis=1))

    return predict


def _rows(
    forecast: Forecast, views: Floats, horizon: int, levels: list[int], logs: bool
) -> tuple[Floats, Floats, Floats]:
    result = forecast(np.log1p(views) if logs else views, horizon, levels)
    back = np.expm1 if logs else np.asarray
    rows = [result["mean"]]
    rows += [result[f"lo-{level}"] for level in levels] + [result[f"hi-{level}"] for level in levels]
    forecasts = np.maximum(back(np.stack(rows)), 0.0)
    n = len(levels)
    return forecasts[0], forecasts[1 : n + 1], forecasts[n + 1 :]
