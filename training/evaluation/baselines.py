"""Baselines for the model's scores: the name of the weekly copy, and the lecture's linear models."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from training.fitting.training_windows import SupervisedWindows, windows_of
from training.history.series import History
from training.model.windows import (
    CONTEXT_DAYS,
    Days,
    Float64,
    features,
    latest_days,
    views_from_logs,
)
from training.sigmoids import SumOfSigmoidsRegressor

WEEKLY_COPY = "copy seven days ago"
# Numbers of past days that the lecture's linear models use.
LINEAR_DAYS = (1, 7, 28, 56)
# More windows than this do not change a linear model.
LINEAR_WINDOWS = 50_000
# Maps views up to an origin (one array for each series) and their last dates to forecasts, (n_series, 28).
Predict = Callable[[list[Float64], Days], Float64]


def linear_models(history: History, first_origin: np.datetime64) -> Iterator[tuple[str, Predict]]:
    """Fit the linear models on the days before the held-out days.

    Parameters
    ----------
    history : History
    first_origin : datetime64[D]
        The first held-out day.

    Yields
    ------
    name : str
    predict : Predict
        Nothing is yielded when there are too few days before `first_origin` for a fit.
    """
    training = windows_of(history.before(first_origin), LINEAR_WINDOWS, np.random.default_rng(0))
    if training.teach_every_day():
        for n_days in LINEAR_DAYS:
            yield f"linear, {n_days} day{'s' if n_days > 1 else ''}", _linear_model(training, n_days)


def _linear_model(training: SupervisedWindows, n_days: int) -> Predict:
    """Fit y = b + w·x to the last days of the model's scaled windows, with the absolute error as the loss."""
    columns = slice(CONTEXT_DAYS - n_days, CONTEXT_DAYS)
    regressor = SumOfSigmoidsRegressor(
        0, linear_term=True, loss="absolute_error", alpha=0.0, max_iter=20, random_state=0
    ).fit(training.X[:, columns], training.Y)

    def predict(views: list[Float64], last_dates: Days) -> Float64:
        X, scale = features(latest_days(views), last_dates)
        scaled = regressor.predict(X[:, columns]).astype(np.float64)
        return views_from_logs(scaled * scale.spread[:, None] + scale.center[:, None], scale.highest)

    return predict
