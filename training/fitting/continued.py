"""Learns on from a fitted model: a history that has grown by some days does not have to be learned anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import numpy as np

from training.fitting.forecaster import MOST_WINDOWS
from training.fitting.intervals import calibrate_widths
from training.fitting.quantile_fits import ALL_DAYS, QuantileFit, fit_all
from training.fitting.training_windows import held_out_windows, windows_of
from training.history.series import History
from training.model.forecast_model import ForecastModel
from training.model.windows import Float64
from training.progress import Report, silent

STEPS = 50
# Pulls every coefficient towards where it was: some new days are no reason to forget the old ones.
ALPHA = 100.0


class LearningOn:
    """Takes a fitted model and its held-out twin a little further, as `ViewForecaster` fits them anew.

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

    Attributes
    ----------
    model_ : ForecastModel
    loss_curves_ : dict of str to ndarray of shape (n_epochs,)
        Training loss, pass by pass over the windows.
    """

    model_: ForecastModel
    loss_curves_: dict[str, Float64]

    def __init__(self, held_out_model: ForecastModel, model: ForecastModel, random_state: int = 0) -> None:
        self.held_out_model = held_out_model
        self.model = model
        self.random_state = random_state

    def fit(self, history: History, report: Report = silent) -> Self:
        """Take the held-out twin further, by days that end before the new held-out ones.

        Parameters
        ----------
        history : History
        report : callable
            Called with the step and the fraction of everything that is done.

        Returns
        -------
        self
        """
        self.model_ = self._learn(self.held_out_model, history, report)
        return self

    def refit(self, history: History, first_new_day: np.datetime64, report: Report = silent) -> Self:
        """Take the model further by all days; its intervals are calibrated by the twin's on the new days.

        Parameters
        ----------
        history : History
            That of `fit`, with the days since.
        first_new_day : datetime64[D]
            The first day that `fit` has not seen.
        report : callable
            Called with the step and the fraction of everything that is done.

        Returns
        -------
        self
        """
        held_out, stretches = held_out_windows(history, first_new_day, self.random_state)
        widths = self.model.widths
        if len(held_out):
            widths = calibrate_widths(self.model_, held_out, stretches, usual=widths)
        self.model_ = replace(self._learn(self.model, history, report), widths=widths)
        return self

    def _learn(self, start: ForecastModel, history: History, report: Report) -> ForecastModel:
        own = windows_of(history, MOST_WINDOWS, np.random.default_rng(self.random_state))
        self.loss_curves_ = {}
        if len(own) == 0 or not own.teach_every_day():
            return start
        # What it has learned to do without, such as the time of year, a few days more do not teach.
        known = start.coefficients
        inputs = np.flatnonzero(known.weights.any(axis=0) | known.linear_weights.any(axis=1))
        n_sigmoids = len(known.offsets)
        wanted = QuantileFit(own, n_sigmoids, STEPS, ALPHA, inputs, ALL_DAYS, self.random_state, known)
        (fitted,) = fit_all([wanted], "learning on", report)
        self.loss_curves_ = {"learning on": fitted.losses}
        return ForecastModel(fitted.coefficients, start.widths)
