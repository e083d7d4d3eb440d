"""Continues the training of a fitted model, so that some new days do not ask for all to be learned anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.fitting.familiarity import with_own_sum, with_shares
from training.fitting.intervals import CONFORMAL, Intervals
from training.fitting.own_sums import MOST_WINDOWS
from training.fitting.quantile_fits import ALL_DAYS, QuantileFit, fit_all
from training.fitting.trained import Trained
from training.fitting.training_windows import held_out_windows, windows_of
from training.history.series import History
from training.model.forecast_model import ForecastModel
from training.model.windows import Float64
from training.progress import Progress, part, silent

STEPS = 50
# The penalty pulls every coefficient to its old value: some new days are no reason to forget the old ones.
ALPHA = 100.0


class ContinuedForecaster:
    """Takes a fitted model and its held-out twin a little further, as `ForecastTrainer` fits them anew.

    Coefficients are pulled to where they were: on days to come, the new model errs about as much as the one
    that it started from; a twentieth more at the most, on generated histories.

    Parameters
    ----------
    held_out_model : ForecastModel
        Fitted without the days that were held out then.
    model : ForecastModel
        The one that was published with it.
    random_state : int, default=0
        Seed of the order in which windows are seen.

    intervals : Intervals, default=ConformalIntervals()
        How the widths of intervals are measured.
    """

    def __init__(
        self,
        held_out_model: ForecastModel,
        model: ForecastModel,
        random_state: int = 0,
        intervals: Intervals = CONFORMAL,
    ) -> None:
        self.held_out_model = held_out_model
        self.model = model
        self.random_state = random_state
        self.intervals = intervals

    def train(
        self, past: History, history: History, first_held_out: np.datetime64, progress: Progress = silent
    ) -> Trained:
        """Take the twin further by the days before the held-out ones, the model by all; see `Trainer`.

        The model's intervals are measured by the twin's on the held-out days.
        """
        held_out_model, _ = self._learn(self.held_out_model, past, part(progress, 0.0, 0.5))
        held_out, stretches = held_out_windows(history, first_held_out, self.random_state)
        widths = self.model.widths
        if len(held_out):
            widths = self.intervals.fit_widths(held_out_model, held_out, stretches, usual=widths)
        model, loss_curves = self._learn(self.model, history, part(progress, 0.5, 1.0))
        return Trained(held_out_model, replace(model, widths=widths), loss_curves)

    def _learn(
        self, start: ForecastModel, history: History, progress: Progress
    ) -> tuple[ForecastModel, dict[str, Float64]]:
        windows = windows_of(history, MOST_WINDOWS, np.random.default_rng(self.random_state))
        if len(windows) == 0 or not windows.teach_every_day():
            return start, {}
        # Inputs that it does without, such as the time of year, stay unused: a few days do not teach them.
        known = start.coefficients if start.own_sum is None else start.own_sum.coefficients
        inputs = np.flatnonzero(known.weights.any(axis=0) | known.linear_weights.any(axis=1))
        n_sigmoids = len(known.offsets)
        fit = QuantileFit(windows, n_sigmoids, STEPS, ALPHA, inputs, ALL_DAYS, self.random_state, known)
        (fitted,) = fit_all([fit], "learning on", progress)
        learned = with_own_sum(replace(start, own_sum=None), fitted.coefficients, windows, self.random_state)
        assert learned.own_sum is not None
        before = start.own_sum or learned.own_sum
        learned = replace(learned, own_sum=replace(learned.own_sum, growth_power=before.growth_power))
        return with_shares(learned, before.shares), {"learning on": fitted.losses}
