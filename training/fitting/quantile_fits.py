"""Fit sums of sigmoids that forecast quantiles of the next 28 days from a window."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from training.fitting.training_windows import SupervisedWindows
from training.model.quantile_sum import QUANTILES
from training.model.windows import HORIZON_DAYS, N_FEATURES, Float64
from training.progress import Progress
from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.arithmetic.coefficients import Coefficients
from training.spread import in_parts, is_on_cluster

BATCH_SIZE = 512
LEARNING_RATE = 0.003
# Smaller for a continued fit: larger steps would move the coefficients away from a minimum that is near.
LEARNING_ON_RATE = 0.001
ALL_DAYS = slice(0, HORIZON_DAYS)


@dataclass(frozen=True)
class QuantileFit:
    """Definition of a fit of one sum of sigmoids by pinball loss, for all days ahead or for some.

    Attributes
    ----------
    windows : SupervisedWindows
        The training data.
    n_sigmoids : int
    n_steps : int
        Number of steps of Adam, with a minibatch of 512 windows each.
    alpha : float
        Strength of the penalty, which pulls towards `start` if it is given, else towards zero.
    inputs : ndarray of int
        Indices of the features to use; the weights of all others are 0.
    days : slice
        The days ahead to forecast; the outputs of all others are 0.
    random_state : int
    start : Coefficients or None, default=None
        A fitted sum to continue from, with all features and all 28 days.
    """

    windows: SupervisedWindows
    n_sigmoids: int
    n_steps: int
    alpha: float
    inputs: NDArray[np.intp]
    days: slice
    random_state: int
    start: Coefficients | None = None


@dataclass(frozen=True)
class FittedQuantiles:
    """A fitted sum with all features and days, and its mean training loss in each epoch."""

    coefficients: Coefficients
    losses: Float64


def fit_all(sums: Sequence[QuantileFit], step: str, progress: Progress) -> list[FittedQuantiles]:
    """Fit several sums in parallel, on the cores of this machine or on the cluster of `spread.working_on`.

    Parameters
    ----------
    sums : sequence of QuantileFit
    step : str
        Name of the step for `progress`.
    progress : callable
        Called with `step` and the fraction of all fits that is done, 0 to 1.

    Returns
    -------
    list of FittedQuantiles
        In the order of `sums`.
    """
    if is_on_cluster():
        fitted: list[FittedQuantiles] = []
        for each in in_parts(_fit_elsewhere, sums):
            fitted.append(each)
            progress(step, len(fitted) / len(sums))
        return fitted
    done = np.zeros(len(sums))

    def fit_one(number: int) -> FittedQuantiles:
        def say_done(fraction: float) -> None:
            done[number] = fraction
            progress(step, float(done.mean()))

        return _fit(sums[number], say_done)

    # Each fit has a thread; further threads of BLAS would busy-wait for each other on the same cores.
    with threadpool_limits(1, user_api="blas"):
        return list(in_parts(fit_one, range(len(sums)), min(len(sums), os.cpu_count() or 1)))


def _fit_elsewhere(fit: QuantileFit) -> FittedQuantiles:
    with threadpool_limits(1, user_api="blas"):
        return _fit(fit, lambda fraction: None)


def _fit(fit: QuantileFit, say_done: Callable[[float], None]) -> FittedQuantiles:
    losses: list[float] = []
    Y = fit.windows.Y[:, fit.days]
    known = ~np.isnan(Y).all(axis=1)
    n_epochs = max(fit.n_steps * BATCH_SIZE // int(known.sum()), 1)

    def after_epoch(epoch: int, loss: float) -> None:
        losses.append(loss)
        say_done(epoch / n_epochs)

    regressor = SumOfSigmoidsRegressor(
        fit.n_sigmoids,
        loss="quantile",
        quantiles=QUANTILES,
        linear_term=True,
        alpha=fit.alpha,
        pull_to="zero" if fit.start is None else "start",
        solver="adam",
        learning_rate=LEARNING_RATE if fit.start is None else LEARNING_ON_RATE,
        batch_size=BATCH_SIZE,
        max_iter=n_epochs,
        random_state=fit.random_state,
        callback=after_epoch,
    )
    start = None
    if fit.start is not None:
        start = regressor.with_coefficients(fit.start.select(features=fit.inputs), "fitted before")
    regressor.fit(fit.windows.X[known][:, fit.inputs], Y[known], start=start)
    outputs = np.arange(len(QUANTILES) * HORIZON_DAYS).reshape(len(QUANTILES), -1)
    coefficients = regressor.coefficients_.embed(
        N_FEATURES, fit.inputs, outputs.size, outputs[:, fit.days].ravel()
    )
    return FittedQuantiles(coefficients, np.array(losses))
