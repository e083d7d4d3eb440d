"""Fit a forecast model to a history: sums of sigmoids, averaged and calibrated on held-out days.

The prior was fitted on generated histories only. The other sums are fitted on the user's history only, with
separate sums for tomorrow, for the rest of the week and for the rest of four weeks. The result is a
`ForecastModel`: the prior, and one sum that is the average of the others.
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
    """A model that was fitted to a history.

    Attributes
    ----------
    model : ForecastModel
    parts : list of ForecastModel
        The models that are averaged: the prior, and the prior with the sum fitted to the history. Only the
        prior when the history is too short.
    shares : ndarray of shape (n_parts, 28)
        Weight of each part, for each day ahead.
    loss_curves : dict of str to ndarray of shape (n_epochs,)
        Training loss of each sum fitted to the history, for each epoch.
    sigmoids : SigmoidChoice or None
        Number of sigmoids of each sum fitted to the history; None without such a sum.
    """

    model: ForecastModel
    parts: list[ForecastModel]
    shares: Float64
    loss_curves: dict[str, Float64]
    sigmoids: SigmoidChoice | None = None


class ForecastTrainer:
    """Fits models that forecast any series, also series that are not in the history.

    Parameters
    ----------
    prior : ForecastModel
        As `fit_prior` returns it.
    random_state : int, default=0
        Seed of all random numbers; the same history and seed give the same model.
    intervals : Intervals, default=ConformalIntervals()
        Method that measures the widths of intervals.
    n_sigmoids : int or None, default=None
        Number of sigmoids of each sum fitted to the history. More sigmoids fit more complex functions and
        need more data. None chooses on held-out days: 48, unless 24 or 96 have a smaller loss.
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
        """Fit a model without the held-out days, and one on all days; see `Trainer.train`."""
        fitted = self.fit(past, part(progress, 0.0, 0.6))
        held_out = held_out_windows(history, first_held_out, self.random_state)
        choice = fitted.sigmoids or self._sigmoids(past, held_out[0], silent)
        final = self._fit_after(fitted.parts, choice, history, held_out, part(progress, 0.6, 1.0))
        return Trained(fitted.model, final.model, final.loss_curves, final.sigmoids)

    def fit(self, history: History, progress: Progress = silent) -> Fitted:
        """Fit a model to a history.

        The sums are fitted without the most recent days first, to choose shares and widths on these days,
        and then on all days.

        Parameters
        ----------
        history : History
            Of any length; it may be empty.
        progress : callable
            Called with the name of the step and the fraction of the whole fit that is done, 0 to 1.

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
        """Give `n_sigmoids`, or choose the number on held-out days when it is None."""
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
        """Choose shares and widths with parts fitted without the held-out days, then fit on all days."""
        shares, widths = self._weigh(earlier, *held_out)
        parts, loss_curves = self._learn(history, choice, progress)
        if len(parts) != len(shares):
            shares = equal_shares(len(parts))
        model = self._calibrated(_blended(parts, shares, widths), history)
        return Fitted(model, parts, shares, loss_curves, choice if loss_curves else None)

    def _calibrated(self, model: ForecastModel, history: History) -> ForecastModel:
        """Calibrate intervals of totals, and those beyond 28 days, by the prior's errors on the history."""
        totals = own_total_widths(self.prior, history, self.random_state)
        if model.own_sum is None:
            # Without `own_sum`, a model cannot tell which series are similar to the history's: `own_factors`
            # are used for all series, as `widths` are.
            return replace(model, total_widths=replace(totals, factors=totals.own_factors))
        power = own_growth_power(self.prior, history, self.random_state)
        return replace(model, own_sum=replace(model.own_sum, growth_power=power), total_widths=totals)

    def _weigh(
        self, parts: list[ForecastModel], held_out: SupervisedWindows, stretches: float
    ) -> tuple[Float64, Float64]:
        """Choose the shares of the parts and the widths of intervals on held-out days."""
        if len(held_out) == 0:
            return equal_shares(len(parts)), self.prior.widths
        shares = choose_shares(parts, held_out, stretches)
        model = _blended(parts, shares, NO_WIDENING)
        return shares, self.intervals.fit_widths(model, held_out, stretches, usual=self.prior.widths)

    def _learn(
        self, history: History, choice: SigmoidChoice, progress: Progress
    ) -> tuple[list[ForecastModel], dict[str, Float64]]:
        """Fit sums to a history if it is long enough; give the parts and the loss curves."""
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
    """Set the widths, and the share of `own_sum` for each day ahead if there is one."""
    model = replace(parts[-1], widths=widths)
    if model.own_sum is None:
        return model
    return with_shares(model, shares[1])
