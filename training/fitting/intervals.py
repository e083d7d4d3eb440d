"""How wide intervals are: by days that were held out."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from training.fitting.training_windows import SupervisedWindows
from training.model.forecast_model import LEVELS, ForecastModel
from training.model.quantile_sum import MEDIAN
from training.model.windows import HORIZON_DAYS, Float64

NO_WIDENING = np.ones((len(LEVELS), HORIZON_DAYS))
WIDTHS_DOUBT = 20.0
# A horizon's width is measured together with its neighbours', so many days to either side.
NEIGHBOURING_DAYS = 3


class Intervals(Protocol):
    """A way to measure how wide intervals have to be; another one is a class of this form in its own file."""

    def fit_widths(
        self, model: ForecastModel, windows: SupervisedWindows, n_stretches: float, usual: Float64
    ) -> Float64:
        """Measure how much wider than the model's quantiles its intervals have to be.

        Parameters
        ----------
        model : ForecastModel
            With any widths; they are not used.
        windows : SupervisedWindows
            Held out from what the model was fitted on; one at the least.
        n_stretches : float
            How many independent stretches of 28 days the windows come from.
        usual : ndarray of shape (n_levels, 28)
            The widths that are right when nothing was held out.

        Returns
        -------
        ndarray of shape (n_levels, 28)
            Factors for the half-widths.
        """


class ConformalIntervals:
    """Widens intervals until they cover as many held-out days as they promise.

    Split conformal prediction with the score of conformalised quantile regression (Romano, Patterson, Candès
    2019), as a ratio: how far a day lies from the median, in half-widths of its own interval. Few stretches
    move the usual widths little.
    """

    def fit_widths(
        self, model: ForecastModel, windows: SupervisedWindows, n_stretches: float, usual: Float64
    ) -> Float64:
        """See `Intervals.fit_widths`."""
        quantiles = model.scaled_quantiles(windows.X)
        above = windows.Y - quantiles[:, MEDIAN]
        widths = NO_WIDENING.copy()
        for number, level in enumerate(LEVELS):
            upper = quantiles[:, MEDIAN + 1 + number] - quantiles[:, MEDIAN]
            lower = quantiles[:, MEDIAN] - quantiles[:, MEDIAN - 1 - number]
            half_width = np.where(above > 0, upper, lower)
            ratios = np.abs(above) / np.maximum(half_width, 1e-6)
            for day in range(HORIZON_DAYS):
                near = ratios[:, max(day - NEIGHBOURING_DAYS, 0) : day + NEIGHBOURING_DAYS + 1]
                widths[number, day] = _conformal_quantile(near[~np.isnan(near)], level / 100)
        trust = n_stretches / (n_stretches + WIDTHS_DOUBT)
        return np.asarray(widths**trust * usual ** (1.0 - trust))


CONFORMAL = ConformalIntervals()


def _conformal_quantile(scores: NDArray[np.floating], level: float) -> float:
    """The smallest score that a share (1 + 1/n) · level of the scores does not exceed; 1 without any."""
    if len(scores) == 0:
        return 1.0
    share = min(level * (1.0 + 1.0 / len(scores)), 1.0)
    return float(np.clip(np.quantile(scores, share, method="higher"), 0.25, 4.0))
