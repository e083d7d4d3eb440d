"""Statistical peers from statsforecast: fitted anew to each series at each origin, on its last two years."""

from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from statsforecast.models import MSTL, AutoARIMA, AutoETS, HistoricAverage, SeasonalNaive, Theta

from benchmarks.accuracy.methods import Method, PeerForecasts, Predict
from benchmarks.accuracy.peers.gaps import filled
from training.history.files import History

Floats = NDArray[np.float64]

TWO_YEARS = 730


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
    """AutoARIMA, by far the slowest, on views and on logarithms of 1 + views; it searches approximately."""

    def model() -> Any:
        return AutoARIMA(season_length=7, approximation=True)

    return [_peer("AutoARIMA", model, logs=False), _peer("AutoARIMA, logs", model, logs=True)]


def _peer(name: str, model: Callable[[], Any], logs: bool) -> Method:
    def fit(history: History) -> Predict:
        return partial(_predict, model, logs)

    settings = f"statsforecast {version('statsforecast')}; {model()!r}; season 7; last {TWO_YEARS} days; v1"
    return Method(name, fit, settings)


def _predict(
    model: Callable[[], Any],
    logs: bool,
    views: Sequence[Floats],
    last_dates: NDArray[np.datetime64],
    horizon: int,
    levels: Sequence[int],
) -> PeerForecasts:
    parts = [_forecast(model(), filled(v)[-TWO_YEARS:], horizon, levels, logs) for v in views]
    medians, lowers, uppers = zip(*parts, strict=True)
    return PeerForecasts(np.stack(medians), np.stack(lowers, axis=1), np.stack(uppers, axis=1))


def _forecast(
    model: Any, views: Floats, horizon: int, levels: Sequence[int], logs: bool
) -> tuple[Floats, Floats, Floats]:
    result = model.forecast(np.log1p(views) if logs else views, horizon, level=list(levels))
    back = np.expm1 if logs else np.asarray
    rows = [result["mean"]]
    rows += [result[f"lo-{level}"] for level in levels] + [result[f"hi-{level}"] for level in levels]
    forecasts = np.maximum(back(np.stack(rows)), 0.0)
    n = len(levels)
    return forecasts[0], forecasts[1 : n + 1], forecasts[n + 1 :]
