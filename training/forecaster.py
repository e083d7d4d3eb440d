"""View history in, forecaster out: three sums of sigmoids, blended and calibrated on held-out days.

The prior has learned from generated histories alone. A second sum learns from the user's history alone, a
third starts from the prior and learns from both. The result is one sum of sigmoids, a `ForecastModel`.
"""

from __future__ import annotations

from typing import Self

import numpy as np

from training.blend import blend, calibrate_widths, choose_shares
from training.forecast_model import LEVELS, QUANTILES, ForecastModel
from training.series import History
from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.coefficients import Coefficients
from training.supervised import (
    Report,
    SupervisedWindows,
    generated_windows,
    held_out_start,
    windows_of,
)
from training.windows import CALENDAR_FEATURES, HORIZON_DAYS, YEARLY_FEATURES

GENERATED_SERIES = 40_000
PRIOR_SIGMOIDS = 256
PRIOR_STEPS = 5_000
OWN_SIGMOIDS = 128
OWN_STEPS = 2_000
OWN_RESTARTS = 2
TUNING_STEPS = 1_500
# Adam sees about a million windows; many more than these would not be seen twice.
MOST_WINDOWS = 200_000
MOST_VALIDATION_WINDOWS = 20_000
# With fewer windows than this there is nothing to learn that the prior does not know.
FEWEST_WINDOWS = 100
# One year tells nothing of what comes back every year.
YEARLY_FROM_DAYS = 2 * 365

NO_WIDENING = np.ones((len(LEVELS), HORIZON_DAYS))


def _silent(step: str, fraction: float) -> None:
    """Report to nobody."""


def fit_prior(random_state: int = 0, report: Report = _silent) -> ForecastModel:
    """Learn to forecast from generated histories, before any real one is seen.

    Parameters
    ----------
    random_state : int, default=0
        Seed of the histories and of the fit.
    report : callable
        Called with the step and the fraction of everything that is done.

    Returns
    -------
    ForecastModel
    """
    half = _part(report, 0.0, 0.4)
    windows = generated_windows(GENERATED_SERIES, np.random.default_rng(random_state), half)
    return _fit(
        windows,
        n_sigmoids=PRIOR_SIGMOIDS,
        n_steps=PRIOR_STEPS,
        alpha=1e-5,
        learning_rate=0.003,
        unused=CALENDAR_FEATURES,
        random_state=random_state,
        report=_part(_named(report, "learning from generated histories"), 0.4, 1.0),
    )


class ViewForecaster:
    """Forecasts the coming days of any series, also of ones it has never seen.

    Parameters
    ----------
    prior : ForecastModel, default=None
        What `fit_prior` returned; None learns it first.
    random_state : int, default=0
        Seed of all that is random; the same history and seed give the same model.

    Attributes
    ----------
    model_ : ForecastModel
    shares_ : ndarray of shape (3,)
        What the prior, the sum of the own history, and the tuned prior count.
    """

    model_: ForecastModel
    shares_: np.ndarray[tuple[int], np.dtype[np.float64]]

    def __init__(self, *, prior: ForecastModel | None = None, random_state: int = 0) -> None:
        self.prior = prior
        self.random_state = random_state

    def fit(self, history: History, report: Report = _silent) -> Self:
        """Learn from a history.

        Parameters
        ----------
        history : History
            Of any length; one that is too short to learn from leaves the prior.
        report : callable
            Called with the step and the fraction of everything that is done.

        Returns
        -------
        self
        """
        prior = fit_prior(self.random_state, report) if self.prior is None else self.prior
        rng = np.random.default_rng(self.random_state)
        start = held_out_start(history)
        known = windows_of(history.before(start), MOST_WINDOWS, rng)
        held_out = windows_of(history, MOST_VALIDATION_WINDOWS, rng, first_target=start)
        if len(known) < FEWEST_WINDOWS or len(held_out) == 0:
            self.model_, self.shares_ = prior, np.array([1.0, 0.0, 0.0])
            return self
        generated = generated_windows(MOST_VALIDATION_WINDOWS // 4, rng)
        parts = self._fit_parts(prior, known, generated, _days(history.before(start)), _part(report, 0, 0.5))
        report("weighing what was learned on held-out days", 0.5)
        n_stretches = len(history.series) * _days(history) * 0.2 / HORIZON_DAYS
        self.shares_ = choose_shares(parts, held_out, n_stretches)
        widths = calibrate_widths(blend(parts, self.shares_, NO_WIDENING), held_out, n_stretches)
        everything = windows_of(history, MOST_WINDOWS, rng)
        parts = self._fit_parts(prior, everything, generated, _days(history), _part(report, 0.55, 1.0))
        self.model_ = blend(parts, self.shares_, widths)
        return self

    def _fit_parts(
        self,
        prior: ForecastModel,
        own: SupervisedWindows,
        generated: SupervisedWindows,
        n_days: int,
        report: Report,
    ) -> list[ForecastModel]:
        """The prior, a sum learned from the own windows, and the prior tuned to own and generated ones."""
        unused = YEARLY_FEATURES if n_days < YEARLY_FROM_DAYS else slice(0, 0)
        share = 0.6 / OWN_RESTARTS
        restarts = [
            _fit(
                own,
                n_sigmoids=OWN_SIGMOIDS,
                n_steps=OWN_STEPS,
                alpha=1e-3,
                learning_rate=0.005,
                unused=unused,
                random_state=self.random_state + restart,
                report=_part(
                    _named(report, "learning from the history"), share * restart, share * (restart + 1)
                ),
            )
            for restart in range(OWN_RESTARTS)
        ]
        tuned = _fit(
            _half_and_half(own, generated, self.random_state),
            n_sigmoids=PRIOR_SIGMOIDS,
            n_steps=TUNING_STEPS,
            alpha=1e-4,
            learning_rate=0.001,
            unused=unused,
            start=prior,
            random_state=self.random_state,
            report=_part(_named(report, "tuning what generated histories taught"), 0.6, 1.0),
        )
        equal = np.full(OWN_RESTARTS, 1 / OWN_RESTARTS)
        return [prior, blend(restarts, equal, NO_WIDENING), tuned]


def _half_and_half(own: SupervisedWindows, generated: SupervisedWindows, seed: int) -> SupervisedWindows:
    """As many generated windows as own ones, so that tuning does not forget what the prior knew."""
    rng = np.random.default_rng(seed)
    return own.sample(len(generated), rng).concatenate(generated.sample(len(own), rng))


def _fit(
    windows: SupervisedWindows,
    *,
    n_sigmoids: int,
    n_steps: int,
    alpha: float,
    learning_rate: float,
    unused: slice,
    random_state: int,
    report: Report,
    start: ForecastModel | None = None,
) -> ForecastModel:
    """Fit one sum of sigmoids for the quantiles of all 28 days; `unused` features get no weight."""
    X = windows.X.copy()
    X[:, unused] = 0.0
    regressor = SumOfSigmoidsRegressor(
        n_sigmoids,
        loss="quantile",
        quantiles=QUANTILES,
        linear_term=True,
        alpha=alpha,
        learning_rate=learning_rate,
        random_state=random_state,
        pull_to="zero" if start is None else "start",
    )
    n_epochs = max(n_steps * regressor.batch_size // len(X), 1)
    regressor.set_params(max_iter=n_epochs, callback=lambda epoch, loss: report("", epoch / n_epochs))
    regressor.fit(X, windows.Y, start=None if start is None else _to_regressor(start, regressor))
    return _to_model(regressor, unused)


def _to_model(regressor: SumOfSigmoidsRegressor, unused: slice) -> ForecastModel:
    weights = regressor.weights_.T.copy()
    linear_weights = regressor.linear_weights_.copy()
    weights[unused] = linear_weights[unused] = 0.0
    return ForecastModel(
        weights, regressor.offsets_, regressor.amplitudes_, regressor.constant_, linear_weights, NO_WIDENING
    )


def _to_regressor(model: ForecastModel, settings: SumOfSigmoidsRegressor) -> SumOfSigmoidsRegressor:
    coefficients = Coefficients(
        constant=model.constant,
        amplitudes=model.amplitudes,
        offsets=model.offsets,
        weights=model.weights.T,
        linear_weights=model.linear_weights,
    )
    return settings.with_coefficients(coefficients, "learned from generated histories")


def _days(history: History) -> int:
    return int((history.last_date - history.first_date).astype(int)) + 1


def _part(report: Report, begin: float, end: float) -> Report:
    return lambda step, fraction: report(step, begin + fraction * (end - begin))


def _named(report: Report, step: str) -> Report:
    return lambda _, fraction: report(step, fraction)
