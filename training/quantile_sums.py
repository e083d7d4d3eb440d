"""Fits sums of sigmoids to windows: the quantiles of 28 days from one window, as a `ForecastModel`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from training.forecast_model import LEVELS, QUANTILES, ForecastModel
from training.progress import Report
from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.coefficients import Coefficients
from training.supervised import SupervisedWindows
from training.windows import HORIZON_DAYS

NO_WIDENING = np.ones((len(LEVELS), HORIZON_DAYS))
BATCH_SIZE = 512


@dataclass(frozen=True)
class QuantileSum:
    """One sum of sigmoids to be fitted by pinball loss.

    Attributes
    ----------
    windows : SupervisedWindows
    n_sigmoids : int
    n_steps : int
        Minibatches of 512 windows that Adam sees.
    alpha : float
        The penalty's strength; it pulls towards `start` if there is one, else towards zero.
    learning_rate : float
    unused : slice
        Features that get no weight.
    random_state : int
    start : ForecastModel or None
        Coefficients to start from.
    losses : list of float
        Filled by `fit_all`: the mean training loss of each pass over the windows.
    """

    windows: SupervisedWindows
    n_sigmoids: int
    n_steps: int
    alpha: float
    learning_rate: float
    unused: slice
    random_state: int
    start: ForecastModel | None = None
    losses: list[float] = field(default_factory=list)


def fit_all(sums: Sequence[QuantileSum], step: str, report: Report) -> list[ForecastModel]:
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
    list of ForecastModel
        In the order of `sums`, without calibration.
    """
    done = np.zeros(len(sums))

    def fit(number: int) -> ForecastModel:
        def tell(fraction: float) -> None:
            done[number] = fraction
            report(step, float(done.mean()))

        return _fit(sums[number], tell)

    # BLAS threads of their own would wait for each other in spins, on cores that others need too.
    with threadpool_limits(1, user_api="blas"):
        n_jobs = min(len(sums), os.cpu_count() or 1)
        return list(Parallel(n_jobs=n_jobs, prefer="threads")(delayed(fit)(i) for i in range(len(sums))))


def _fit(wanted: QuantileSum, tell: Callable[[float], None]) -> ForecastModel:
    X = wanted.windows.X.copy()
    X[:, wanted.unused] = 0.0
    n_epochs = max(wanted.n_steps * BATCH_SIZE // len(X), 1)

    def after_epoch(epoch: int, loss: float) -> None:
        wanted.losses.append(loss)
        tell(epoch / n_epochs)

    regressor = SumOfSigmoidsRegressor(
        wanted.n_sigmoids,
        loss="quantile",
        quantiles=QUANTILES,
        linear_term=True,
        alpha=wanted.alpha,
        pull_to="zero" if wanted.start is None else "start",
        solver="adam",
        learning_rate=wanted.learning_rate,
        batch_size=BATCH_SIZE,
        max_iter=n_epochs,
        random_state=wanted.random_state,
        callback=after_epoch,
    )
    regressor.fit(X, wanted.windows.Y, start=_as_regressor(wanted.start, regressor))
    weights = regressor.weights_.T.copy()
    linear_weights = regressor.linear_weights_.copy()
    weights[wanted.unused] = linear_weights[wanted.unused] = 0.0
    return ForecastModel(
        weights, regressor.offsets_, regressor.amplitudes_, regressor.constant_, linear_weights, NO_WIDENING
    )


def _as_regressor(
    model: ForecastModel | None, settings: SumOfSigmoidsRegressor
) -> SumOfSigmoidsRegressor | None:
    if model is None:
        return None
    coefficients = Coefficients(
        constant=model.constant,
        amplitudes=model.amplitudes,
        offsets=model.offsets,
        weights=model.weights.T,
        linear_weights=model.linear_weights,
    )
    return settings.with_coefficients(coefficients, "fitted before")
