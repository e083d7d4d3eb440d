"""Scores of held-out forecasts, and those of baselines on the same days."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from training.disk.plain_json import plain
from training.evaluation.baselines import WEEKLY_COPY, Predict
from training.evaluation.held_out import HeldOutForecasts
from training.evaluation.relative_errors import geometric_mean
from training.model.windows import Float64
from training.store.scores import HORIZONS, METHOD, Scores


def score(forecasts: HeldOutForecasts, baselines: Iterable[tuple[str, Predict]] = ()) -> Scores:
    """Score a model's held-out forecasts, and baselines on the same days.

    Parameters
    ----------
    forecasts : HeldOutForecasts
        Forecasts of the model.
    baselines : iterable of (str, Predict), default=()
        Names and prediction functions of baselines. The weekly copy is always scored as well.

    Returns
    -------
    Scores
    """
    relative = {METHOD: _relative(forecasts, forecasts.median)}
    mae = {METHOD: _mae(forecasts, forecasts.median)}
    for name, predict in baselines:
        forecast = forecasts.forecast_by(predict)
        relative[name], mae[name] = _relative(forecasts, forecast), _mae(forecasts, forecast)
    relative[WEEKLY_COPY], mae[WEEKLY_COPY] = (
        _relative(forecasts, forecasts.copy),
        _mae(forecasts, forecasts.copy),
    )
    return Scores(
        methods=plain(relative),
        mae=plain(mae),
        coverage=plain(forecasts.coverage()),
        n_series=len(forecasts.series),
        n_origins=len(forecasts.origins),
        first_origin=str(forecasts.origins[0]),
        last_origin=str(forecasts.origins[-1]),
    )


def _relative(forecasts: HeldOutForecasts, forecast: Float64) -> dict[str, float]:
    return {
        label: geometric_mean(forecasts.relative_errors(forecast, n_days))
        for label, n_days in HORIZONS.items()
    }


def _mae(forecasts: HeldOutForecasts, forecast: Float64) -> dict[str, float]:
    error = np.abs(forecast - forecasts.truth)
    return {label: float(np.nanmean(error[:, :, :n_days])) for label, n_days in HORIZONS.items()}
