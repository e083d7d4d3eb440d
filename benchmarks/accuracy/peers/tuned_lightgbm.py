"""LightGBM on lags and windows, tuned on the last weeks of the days that it learns from, by mlforecast."""

import warnings
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.accuracy.methods import Method
from benchmarks.accuracy.peers.conformal import PredictLogs, with_intervals
from benchmarks.accuracy.peers.frames import array_of, frame_of_history, frame_of_logs
from benchmarks.accuracy.splits import HORIZON_DAYS, LEAST_FITTED_DAYS
from training.history.calendar_features import WEEK
from training.history.files import History
from training.history.series import DAY

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

N_TRIALS = 12
N_WINDOWS = 6
TWO_YEARS = 730
# Far more than any window reaches back.
CONTEXT_DAYS = 200


def tuned_lightgbm_peer() -> Method:
    """Twelve trials of Optuna's TPE over trees, differences, lags and windows.

    The best by MAE of 28 days from six days, a week apart, or four weeks where two years are known.
    """
    packages = (f"{name} {version(name)}" for name in ("mlforecast", "lightgbm", "optuna"))
    settings = f"{', '.join(packages)}; {N_TRIALS} trials; {N_WINDOWS} windows; v3"
    fit = with_intervals(_fit_logs)
    return Method("LightGBM, tuned", fit, settings, pooled=True, least_days=LEAST_FITTED_DAYS)


def _fit_logs(history: History) -> PredictLogs:
    import optuna
    from mlforecast.auto import AutoLightGBM, AutoMLForecast

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    auto = AutoMLForecast(
        {"lightgbm": AutoLightGBM(_trees)}, freq="D", init_config=_features, reuse_cv_splits=True
    )
    n_days = int((history.last_date - history.first_date) / DAY) + 1
    days_between = HORIZON_DAYS if n_days >= TWO_YEARS else WEEK
    with warnings.catch_warnings():
        # LightGBM warns of feature names that mlforecast leaves out when it predicts.
        warnings.simplefilter("ignore", UserWarning)
        auto.fit(
            frame_of_history(history, 2 * HORIZON_DAYS + N_WINDOWS * days_between),
            n_windows=N_WINDOWS,
            step_size=days_between,
            h=HORIZON_DAYS,
            num_samples=N_TRIALS,
            loss=_mean_absolute_error,
        )
    model = auto.models_["lightgbm"]

    def predict_logs(logs: Sequence[Floats], last_dates: Dates, horizon: int) -> Floats:
        frame = frame_of_logs([series[-CONTEXT_DAYS:] for series in logs], last_dates)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return array_of(model.predict(horizon, new_df=frame), "lightgbm", len(logs))

    return predict_logs


def _trees(trial: Any) -> dict[str, Any]:
    return {
        "objective": "l1",
        "n_estimators": trial.suggest_int("n_estimators", 50, 500, log=True),
        "learning_rate": trial.suggest_float("learning_rate", 0.02, 0.1, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 4, 64, log=True),
        "min_child_samples": trial.suggest_int("min_child_samples", 5, 60, log=True),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.4, 1.0),
        "lambda_l2": trial.suggest_float("lambda_l2", 1e-3, 10.0, log=True),
        "random_state": 0,
        "n_jobs": 1,
        "verbose": -1,
    }


def _features(trial: Any) -> dict[str, Any]:
    from mlforecast.lag_transforms import (
        ExponentiallyWeightedMean,
        RollingMax,
        RollingMean,
        RollingMin,
        RollingStd,
        SeasonalRollingMean,
    )
    from mlforecast.target_transforms import Differences

    differences = trial.suggest_categorical("differences", ["none", "1"])
    n_lags = trial.suggest_categorical("n_lags", [7, 14, 28])
    windows = trial.suggest_categorical("windows", ["none", "week", "month"])
    week = [RollingMean(7), RollingStd(7), ExponentiallyWeightedMean(0.3)]
    month = [RollingMean(28), RollingStd(28), RollingMin(28), RollingMax(28), SeasonalRollingMean(7, 4)]
    chosen = {"none": None, "week": {1: week}, "month": {1: [*week, *month]}}[windows]
    return {
        "target_transforms": None if differences == "none" else [Differences([int(differences)])],
        "lags": range(1, n_lags + 1),
        "lag_transforms": chosen,
        "date_features": ["dayofweek"],
    }


def _mean_absolute_error(forecasts: pd.DataFrame, train_df: pd.DataFrame) -> float:
    return float((forecasts["y"] - forecasts["model"]).abs().mean())
