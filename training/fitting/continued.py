"""Continue the training of a fitted model on new days, instead of fitting it from the start."""

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
# Strength of the penalty, which pulls every coefficient towards its old value.
ALPHA = 100.0


class ContinuedForecaster:
    """Continues the training of both models of a version; `ForecastTrainer` fits them from the start.

    The coefficients are pulled towards their old values. On later days of generated histories, the error of
    the new model is at most 5 % larger than that of the old one.

    Parameters
    ----------
    held_out_model : ForecastModel
        The old model that was fitted without the held-out days.
    model : ForecastModel
        The old model that was fitted on all days.
    random_state : int, default=0
        Seed of the sample and the order of windows.
    intervals : Intervals, default=ConformalIntervals()
        Method that measures the widths of intervals.
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
        """Continue `held_out_model` on the days before the held-out ones, and `model` on all days.

        The widths of the new model's intervals are measured with the new held-out model on the held-out
        days. Parameters and result as in `Trainer.train`.
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
        # Inputs with zero weights, such as the time of year, stay unused: a few days are too few to fit them.
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
