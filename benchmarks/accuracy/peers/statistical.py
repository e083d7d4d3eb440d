"""Statistical peers from statsforecast: fitted anew to each series at each origin, on its last two years."""

from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from statsforecast.models import (
    MSTL,
    AutoARIMA,
    AutoCES,
    AutoETS,
    DynamicOptimizedTheta,
    HistoricAverage,
    SeasonalNaive,
    Theta,
)

from benchmarks.accuracy.methods import Candidate, Combination, Method, PeerForecasts, Predict
from benchmarks.accuracy.peers.gaps import filled
from training.history.files import History

Floats = NDArray[np.float64]

TWO_YEARS = 730


QUICK: dict[str, Callable[[], Any]] = {
    "Theta": lambda: Theta(season_length=7),
    "AutoETS": lambda: AutoETS(season_length=7),
    "MSTL": lambda: MSTL(season_length=[7]),
}
# With AutoETS, what Petropoulos and Svetunkov (2020) take the median of. The slowest are among them:
# AutoARIMA searches approximately.
SLOW: dict[str, Callable[[], Any]] = {
    "CES": lambda: AutoCES(season_length=7),
    "Optimised Theta": lambda: DynamicOptimizedTheta(season_length=7),
    "AutoARIMA": lambda: AutoARIMA(season_length=7, approximation=True),
}


def statistical_peers() -> list[Candidate]:
    """Seasonal naive and the mean; Theta, AutoETS and MSTL on views and on logarithms of 1 + views."""
    return [
        _peer("Seasonal naive", lambda: SeasonalNaive(season_length=7), logs=False),
        _peer("Mean", HistoricAverage, logs=False),
        *(_peer(name, QUICK[name], logs) for name in QUICK for logs in (False, True)),
    ]


def combined_peers() -> list[Candidate]:
    """CES, optimised Theta, AutoARIMA, the median of these and AutoETS; on views and on log(1 + views)."""
    peers: list[Candidate] = []
    for logs in (False, True):
        singles = tuple(_peer(name, model, logs) for name, model in SLOW.items())
        ets = _peer("AutoETS", QUICK["AutoETS"], logs)
        peers += [*singles, Combination(_named("Median of four", logs), (ets, *singles))]
    return peers


def _named(name: str, logs: bool) -> str:
    return f"{name}, logs" if logs else name


def _peer(name: str, model: Callable[[], Any], logs: bool) -> Method:
    def fit(history: History) -> Predict:
        return partial(_predict, model, logs)

    settings = f"statsforecast {version('statsforecast')}; {model()!r}; season 7; last {TWO_YEARS} days; v1"
    return Method(_named(name, logs), fit, settings)


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
