"""The result of a training: a model fitted without the most recent days, and one fitted on all days."""

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
        Fitted without the held-out days; its errors on them are the estimate of the final model's errors.
    final : ForecastModel
        Fitted on all days.
    loss_curves : dict of str to ndarray of shape (n_epochs,)
        Training loss of each sum of the final model, for each epoch; empty when no sum was fitted to the
        history.
    sigmoids : SigmoidChoice or None
        Number of sigmoids of each sum fitted from the start; None without such a sum.
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
            Called with the name of the step and the fraction of the whole training that is done, 0 to 1.

        Returns
        -------
        Trained
        """
