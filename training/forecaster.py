"""View history in, forecaster out: three sums of sigmoids, blended and calibrated on held-out days.

The prior has learned from generated histories alone. A second sum learns from the user's history alone, a
third starts from the prior and learns from both. The result is one sum of sigmoids, a `ForecastModel`.
"""

from __future__ import annotations

from typing import Self

import numpy as np

from training.blend import blend, calibrate_widths, choose_shares
from training.forecast_model import ForecastModel
from training.progress import Report, part, silent
from training.quantile_sums import NO_WIDENING, QuantileSum, fit_all
from training.series import History
from training.supervised import (
    SupervisedWindows,
    counted_series,
    generated_windows,
    held_out_start,
    n_days,
    windows_of,
)
from training.windows import CALENDAR_FEATURES, HORIZON_DAYS, YEARLY_FEATURES, Float64

PRIOR_SERIES = 20_000
PRIOR_SIGMOIDS = 256
PRIOR_STEPS = 4_000
OWN_SIGMOIDS = 128
OWN_STEPS = 2_000
OWN_RESTARTS = 2
TUNING_STEPS = 1_500
TUNING_SERIES = 5_000
# Adam sees about a million windows; many more than these would not be seen twice.
MOST_WINDOWS = 200_000
MOST_HELD_OUT_WINDOWS = 20_000
# With fewer windows than this there is nothing to learn that the prior does not know.
FEWEST_WINDOWS = 100
# One year tells nothing of what comes back every year.
YEARLY_FROM_DAYS = 2 * 365


def fit_prior(random_state: int = 0, report: Report = silent) -> ForecastModel:
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
    windows = generated_windows(PRIOR_SERIES, np.random.default_rng(random_state), part(report, 0.0, 0.4))
    wanted = QuantileSum(windows, PRIOR_SIGMOIDS, PRIOR_STEPS, 0.1, 0.003, CALENDAR_FEATURES, random_state)
    return fit_all([wanted], "learning from generated histories", part(report, 0.4, 1.0))[0]


class ViewForecaster:
    """Forecasts the coming days of any series, also of ones it has never seen.

    Parameters
    ----------
    prior : ForecastModel
        What `fit_prior` returned.
    random_state : int, default=0
        Seed of all that is random; the same history and seed give the same model.

    Attributes
    ----------
    model_ : ForecastModel
    shares_ : ndarray of shape (n_parts,)
        What the prior, the sum learned from the own history, and the tuned prior count. The prior alone when
        the history is too short to learn from.
    loss_curves_ : dict of str to ndarray of shape (n_epochs,)
        Training loss of each sum of the last fit, pass by pass over the windows; empty when the prior alone
        is the model.
    """

    model_: ForecastModel
    shares_: Float64
    loss_curves_: dict[str, Float64]

    def __init__(self, prior: ForecastModel, random_state: int = 0) -> None:
        self.prior = prior
        self.random_state = random_state

    def fit(self, history: History, report: Report = silent) -> Self:
        """Learn from a history: without its most recent days, to be weighed on them, then from all of it.

        Parameters
        ----------
        history : History
            Of any length, also empty.
        report : callable
            Called with the step and the fraction of everything that is done.

        Returns
        -------
        self
        """
        if not history.series:
            self._parts, self.shares_, self.model_ = [self.prior], np.ones(1), self.prior
            self.loss_curves_ = {}
            return self
        start = held_out_start(history)
        self._parts = self._learn(history.before(start), part(report, 0.0, 0.5))
        return self.refit(history, start, part(report, 0.5, 1.0))

    def refit(self, history: History, first_new_day: np.datetime64, report: Report = silent) -> Self:
        """Learn from a history that went on: weigh what was learned on the new days, then learn all anew.

        Parameters
        ----------
        history : History
            That of the last fit, with the days since.
        first_new_day : datetime64[D]
            The first day that the last fit has not seen.
        report : callable
            Called with the step and the fraction of everything that is done.

        Returns
        -------
        self
        """
        shares, widths = self._weigh(history, first_new_day)
        parts = self._learn(history, report)
        if len(parts) != len(shares):
            shares = np.full(len(parts), 1 / len(parts))
        self._parts, self.shares_, self.model_ = parts, shares, blend(parts, shares, widths)
        return self

    def _weigh(self, history: History, first_new_day: np.datetime64) -> tuple[Float64, Float64]:
        """The parts' shares and the intervals' widths, by days that the parts have not seen."""
        rng = np.random.default_rng(self.random_state)
        counted = counted_series(history)
        held_out = windows_of(counted, MOST_HELD_OUT_WINDOWS, rng, first_target=first_new_day)
        if len(held_out) == 0:
            return np.full(len(self._parts), 1 / len(self._parts)), NO_WIDENING
        n_new_days = int((history.last_date - first_new_day).astype(int)) + 1
        # Series of one channel rise and fall together: n of them say about as much as √n that do not.
        n_stretches = np.sqrt(len(counted.series)) * n_new_days / HORIZON_DAYS
        shares = choose_shares(self._parts, held_out, n_stretches)
        return shares, calibrate_widths(blend(self._parts, shares, NO_WIDENING), held_out, n_stretches)

    def _learn(self, history: History, report: Report) -> list[ForecastModel]:
        """The prior, a sum of the own windows and the tuned prior; the prior alone with too few windows."""
        rng = np.random.default_rng(self.random_state)
        own = windows_of(history, MOST_WINDOWS, rng)
        self.loss_curves_ = {}
        if len(own) < FEWEST_WINDOWS or not own.teach_every_day():
            return [self.prior]
        both = _half_and_half(own, generated_windows(TUNING_SERIES, rng), rng)
        unused = YEARLY_FEATURES if n_days(history) < YEARLY_FROM_DAYS else slice(0, 0)
        own_sums = [
            QuantileSum(own, OWN_SIGMOIDS, OWN_STEPS, 0.5, 0.003, unused, self.random_state + restart)
            for restart in range(OWN_RESTARTS)
        ]
        tuning = QuantileSum(
            both, PRIOR_SIGMOIDS, TUNING_STEPS, 1.0, 0.001, unused, self.random_state, start=self.prior
        )
        tuned, *restarts = fit_all([tuning, *own_sums], "learning from the history", report)
        named = {"tuned prior": tuning, **{f"own sum, start {i + 1}": one for i, one in enumerate(own_sums)}}
        self.loss_curves_ = {name: np.array(one.losses) for name, one in named.items()}
        return [self.prior, blend(restarts, np.full(OWN_RESTARTS, 1 / OWN_RESTARTS), NO_WIDENING), tuned]


def _half_and_half(
    own: SupervisedWindows, generated: SupervisedWindows, rng: np.random.Generator
) -> SupervisedWindows:
    """As many generated windows as own ones, so that tuning does not forget what the prior knew."""
    return own.sample(len(generated), rng).concatenate(generated.sample(len(own), rng))
