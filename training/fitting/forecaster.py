"""View history in, forecaster out: sums of sigmoids, blended and calibrated on held-out days.

The prior has learned from generated histories alone; the others learn from the user's history alone, tomorrow
apart from the rest of the week and that apart from the rest of four weeks. The result is one sum of sigmoids,
a `ForecastModel`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from training.fitting.blending import DAYS_AHEAD, blend, choose_shares, equal_shares
from training.fitting.familiarity import with_own_sum, with_shares
from training.fitting.far_growth import own_growth_power
from training.fitting.intervals import CONFORMAL, NO_WIDENING, Intervals
from training.fitting.own_sums import (
    MOST_WINDOWS,
    SigmoidChoice,
    choose_n_sigmoids,
    own_fits,
    own_windows,
)
from training.fitting.quantile_fits import fit_all
from training.fitting.totals import own_total_widths
from training.fitting.trained import Trained
from training.fitting.training_windows import SupervisedWindows, held_out_start, held_out_windows, n_days
from training.history.series import History
from training.model.forecast_model import ForecastModel
from training.model.windows import HORIZON_DAYS, Float64
from training.progress import Progress, part, silent


@dataclass(frozen=True)
class Fitted:
    """One model that was fitted to a history.

    Attributes
    ----------
    model : ForecastModel
    parts : list of ForecastModel
        What it is the average of: the prior, and the sum learned from the history. The prior alone when the
        history is too short to learn from.
    shares : ndarray of shape (n_parts, 28)
        What each part counts, day by day.
    loss_curves : dict of str to ndarray of shape (n_epochs,)
        Training loss of each sum, pass by pass over the windows.
    sigmoids : SigmoidChoice or None
        How many each sum has that learned from the history; None when none did.
    """

    model: ForecastModel
    parts: list[ForecastModel]
    shares: Float64
    loss_curves: dict[str, Float64]
    sigmoids: SigmoidChoice | None = None


class ForecastTrainer:
    """Learns to forecast the coming days of any series, also of ones it has never seen.

    Parameters
    ----------
    prior : ForecastModel
        What `fit_prior` returned.
    random_state : int, default=0
        Seed of all that is random; the same history and seed give the same model.
    intervals : Intervals, default=ConformalIntervals()
        How the widths of intervals are measured.
    n_sigmoids : int or None, default=None
        Sigmoids of each sum that learns from the history. More allow more bends, and need more data. None
        chooses on held-out days: 48, unless fewer or more err less there.
    """

    def __init__(
        self,
        prior: ForecastModel,
        random_state: int = 0,
        intervals: Intervals = CONFORMAL,
        n_sigmoids: int | None = None,
    ) -> None:
        self.prior = prior
        self.random_state = random_state
        self.intervals = intervals
        self.n_sigmoids = n_sigmoids

    def train(
        self, past: History, history: History, first_held_out: np.datetime64, progress: Progress = silent
    ) -> Trained:
        """Fit a model without the held-out days, and one on all of them; see `Trainer`."""
        fitted = self.fit(past, part(progress, 0.0, 0.6))
        held_out = held_out_windows(history, first_held_out, self.random_state)
        choice = fitted.sigmoids or self._sigmoids(past, held_out[0], silent)
        final = self._fit_after(fitted.parts, choice, history, held_out, part(progress, 0.6, 1.0))
        return Trained(fitted.model, final.model, final.loss_curves, final.sigmoids)

    def fit(self, history: History, progress: Progress = silent) -> Fitted:
        """Learn from a history: without its most recent days, to be weighed on them, then from all of it.

        Parameters
        ----------
        history : History
            Of any length, also empty.
        progress : callable
            Called with the step and the fraction of everything that is done.

        Returns
        -------
        Fitted
        """
        if not history.series:
            return Fitted(self.prior, [self.prior], equal_shares(1), {})
        start = held_out_start(history)
        past, held_out = history.before(start), held_out_windows(history, start, self.random_state)
        choice = self._sigmoids(past, held_out[0], part(progress, 0.0, 0.1))
        parts, _ = self._learn(past, choice, part(progress, 0.1, 0.5))
        return self._fit_after(parts, choice, history, held_out, part(progress, 0.5, 1.0))

    def _sigmoids(self, past: History, held_out: SupervisedWindows, progress: Progress) -> SigmoidChoice:
        """As many as were asked for, or as err least on held-out days."""
        if self.n_sigmoids is not None:
            return SigmoidChoice(self.n_sigmoids)
        return choose_n_sigmoids(self.prior, past, held_out, self.random_state, progress)

    def _fit_after(
        self,
        earlier: list[ForecastModel],
        choice: SigmoidChoice,
        history: History,
        held_out: tuple[SupervisedWindows, float],
        progress: Progress,
    ) -> Fitted:
        """Weigh parts on days that they have not seen, then learn them anew from all days."""
        shares, widths = self._weigh(earlier, *held_out)
        parts, loss_curves = self._learn(history, choice, progress)
        if len(parts) != len(shares):
            shares = equal_shares(len(parts))
        model = self._calibrated(_blended(parts, shares, widths), history)
        return Fitted(model, parts, shares, loss_curves, choice if loss_curves else None)

    def _calibrated(self, model: ForecastModel, history: History) -> ForecastModel:
        """With what the prior's errors on the history tell of intervals of totals, and of those far ahead."""
        totals = own_total_widths(self.prior, history, self.random_state)
        if model.own_sum is None:
            # Nothing tells which series are like those of the history: all are taken to be, as by `widths`.
            return replace(model, total_widths=replace(totals, factors=totals.own_factors))
        power = own_growth_power(self.prior, history, self.random_state)
        return replace(model, own_sum=replace(model.own_sum, growth_power=power), total_widths=totals)

    def _weigh(
        self, parts: list[ForecastModel], held_out: SupervisedWindows, stretches: float
    ) -> tuple[Float64, Float64]:
        """The parts' shares and the intervals' widths, by days that the parts have not seen."""
        if len(held_out) == 0:
            return equal_shares(len(parts)), self.prior.widths
        shares = choose_shares(parts, held_out, stretches)
        model = _blended(parts, shares, NO_WIDENING)
        return shares, self.intervals.fit_widths(model, held_out, stretches, usual=self.prior.widths)

    def _learn(
        self, history: History, choice: SigmoidChoice, progress: Progress
    ) -> tuple[list[ForecastModel], dict[str, Float64]]:
        """The prior, and the sum of the own windows when there is enough to learn; the sums' losses."""
        windows = own_windows(history, MOST_WINDOWS, self.random_state)
        if windows is None:
            return [self.prior], {}
        fits = own_fits(windows, n_days(history), choice.number, self.random_state)
        sums = fit_all(list(fits.values()), "learning from the history", progress)
        shares = np.zeros((len(sums), HORIZON_DAYS))
        for share, fit in zip(shares, fits.values(), strict=True):
            share[fit.days] = len(DAYS_AHEAD) / len(sums)
        learned = blend([fitted.coefficients for fitted in sums], shares, NO_WIDENING).coefficients
        loss_curves = {name: fitted.losses for name, fitted in zip(fits, sums, strict=True)}
        return [self.prior, with_own_sum(self.prior, learned, windows, self.random_state)], loss_curves


def _blended(parts: Sequence[ForecastModel], shares: Float64, widths: Float64) -> ForecastModel:
    """The prior and the own sum, if there is one, with what the latter counts for each day ahead."""
    model = replace(parts[-1], widths=widths)
    if model.own_sum is None:
        return model
    return with_shares(model, shares[1])
