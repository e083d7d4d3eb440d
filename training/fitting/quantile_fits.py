"""Fits sums of sigmoids to windows: the quantiles of 28 days from one window, as a `ForecastModel`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from training.fitting.training_windows import SupervisedWindows
from training.model.forecast_model import LEVELS, QUANTILES, ForecastModel
from training.model.windows import HORIZON_DAYS, N_FEATURES, Float32, Float64
from training.progress import Report
from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.arithmetic.coefficients import Coefficients

NO_WIDENING = np.ones((len(LEVELS), HORIZON_DAYS))
BATCH_SIZE = 512
LEARNING_RATE = 0.003
# What is already near its minimum would be thrown off it by larger steps.
LEARNING_ON_RATE = 0.001
ALL_DAYS = slice(0, HORIZON_DAYS)


@dataclass(frozen=True)
class QuantileSum:
    """One sum of sigmoids to be fitted by pinball loss, for all days ahead or for some.

    Attributes
    ----------
    windows : SupervisedWindows
    n_sigmoids : int
    n_steps : int
        Minibatches of 512 windows that Adam sees.
    alpha : float
        The strength of the penalty, which pulls towards `start` if there is one, else towards zero.
    inputs : ndarray of int
        The features that it sees; the others get no weight.
    days : slice
        Which days ahead it forecasts; to the others it adds nothing.
    random_state : int
    start : ForecastModel or None, default=None
        A model of all 28 days to go on from.
    """

    windows: SupervisedWindows
    n_sigmoids: int
    n_steps: int
    alpha: float
    inputs: NDArray[np.intp]
    days: slice
    random_state: int
    start: ForecastModel | None = None


@dataclass(frozen=True)
class FittedSum:
    """A fitted sum without calibration, and the mean training loss of each pass over its windows."""

    model: ForecastModel
    losses: Float64


def fit_all(sums: Sequence[QuantileSum], step: str, report: Report) -> list[FittedSum]:
    """Fit several sums at once, each on a core of its own while there are cores.

    Parameters
    ----------
    sums : sequence of QuantileSum
    step : str
        What to call the work when reporting.
    report : callable
        Called with the step and the fraction of all fits that is done.

    Returns
    -------
    list of FittedSum
        In the order of `sums`.
    """
    done = np.zeros(len(sums))

    def fit(number: int) -> FittedSum:
        def tell(fraction: float) -> None:
            done[number] = fraction
            report(step, float(done.mean()))

        return _fit(sums[number], tell)

    # BLAS threads of their own would wait for each other in spins, on cores that others need too.
    with threadpool_limits(1, user_api="blas"):
        n_jobs = min(len(sums), os.cpu_count() or 1)
        return list(Parallel(n_jobs=n_jobs, prefer="threads")(delayed(fit)(i) for i in range(len(sums))))


def _fit(wanted: QuantileSum, tell: Callable[[float], None]) -> FittedSum:
    losses: list[float] = []
    Y = wanted.windows.Y[:, wanted.days]
    known = ~np.isnan(Y).all(axis=1)
    n_epochs = max(wanted.n_steps * BATCH_SIZE // int(known.sum()), 1)

    def after_epoch(epoch: int, loss: float) -> None:
        losses.append(loss)
        tell(epoch / n_epochs)

    regressor = SumOfSigmoidsRegressor(
        wanted.n_sigmoids,
        loss="quantile",
        quantiles=QUANTILES,
        linear_term=True,
        alpha=wanted.alpha,
        pull_to="zero" if wanted.start is None else "start",
        solver="adam",
        learning_rate=LEARNING_RATE if wanted.start is None else LEARNING_ON_RATE,
        batch_size=BATCH_SIZE,
        max_iter=n_epochs,
        random_state=wanted.random_state,
        callback=after_epoch,
    )
    start = None if wanted.start is None else _as_regressor(wanted.start, wanted.inputs, regressor)
    regressor.fit(wanted.windows.X[known][:, wanted.inputs], Y[known], start=start)
    return FittedSum(_among_all_features_and_days(regressor, wanted), np.array(losses))


def _as_regressor(
    model: ForecastModel, inputs: NDArray[np.intp], settings: SumOfSigmoidsRegressor
) -> SumOfSigmoidsRegressor:
    coefficients = Coefficients(
        constant=model.constant,
        amplitudes=model.amplitudes,
        offsets=model.offsets,
        weights=model.weights[inputs].T,
        linear_weights=model.linear_weights[inputs],
    )
    return settings.with_coefficients(coefficients, "fitted before")


def _among_all_features_and_days(regressor: SumOfSigmoidsRegressor, wanted: QuantileSum) -> ForecastModel:
    """Put coefficients of some features and days in their places; all others are zero."""

    def in_days(coefficients: Float32) -> Float32:
        by_day = np.zeros((*coefficients.shape[:-1], len(QUANTILES), HORIZON_DAYS), np.float32)
        by_day[..., wanted.days] = coefficients.reshape(*coefficients.shape[:-1], len(QUANTILES), -1)
        return by_day.reshape(*coefficients.shape[:-1], -1)

    def in_features(coefficients: Float32) -> Float32:
        by_feature = np.zeros((N_FEATURES, coefficients.shape[1]), np.float32)
        by_feature[wanted.inputs] = coefficients
        return by_feature

    return ForecastModel(
        weights=in_features(regressor.weights_.T),
        offsets=regressor.offsets_,
        amplitudes=in_days(regressor.amplitudes_),
        constant=in_days(regressor.constant_),
        linear_weights=in_features(in_days(regressor.linear_weights_)),
        widths=NO_WIDENING,
    )
