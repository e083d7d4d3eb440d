"""The result of a training: a model fitted without the most recent days, and one fitted on all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from training.fitting.own_sums import SigmoidChoice
from training.history.series import History
from training.model.forecast_model import ForecastModel
from training.model.windows import Float64
from training.progress import Progress


@dataclass(frozen=True)
class Trained:
    """Both models of a training.

    Attributes
    ----------
    held_out : ForecastModel
        Fitted without the held-out days; its errors on them are what is known of the other one's.
    final : ForecastModel
        Fitted on all days.
    loss_curves : dict of str to ndarray of shape (n_epochs,)
        Training loss of each sum of the final model, pass by pass over its windows; empty when nothing was
        learned from the history.
    sigmoids : SigmoidChoice or None
        How many each sum has that learned from the history anew; None when none did.
    """

    held_out: ForecastModel
    final: ForecastModel
    loss_curves: dict[str, Float64]
    sigmoids: SigmoidChoice | None = None


class Trainer(Protocol):
    """Fits both models of a training to a history."""

    def train(
        self, past: History, history: History, first_held_out: np.datetime64, progress: Progress
    ) -> Trained:
        """Fit both models.

        Parameters
        ----------
        past : History
            The days before the held-out ones.
        history : History
            All days.
        first_held_out : datetime64[D]
            The first day that is not in `past`.
        progress : callable
            Called with the step and the fraction of everything that is done.

        Returns
        -------
        Trained
        """
