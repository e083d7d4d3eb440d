"""Measure the widths of intervals on held-out days."""

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
# The width of each day ahead is measured together with this many days before and after it.
NEIGHBOURING_DAYS = 3


class Intervals(Protocol):
    """A method that measures the widths of intervals. To add a method, write a class with this method."""

    def fit_widths(
        self, model: ForecastModel, windows: SupervisedWindows, n_stretches: float, usual: Float64
    ) -> Float64:
        """Measure by which factors the intervals have to be wider than the distance between quantiles.

        Parameters
        ----------
        model : ForecastModel
            Its widths are not used.
        windows : SupervisedWindows
            Windows that the model was not fitted on; at least one.
        n_stretches : float
            Number of independent stretches of 28 days in the windows.
        usual : ndarray of shape (n_levels, 28)
            The widths to use without any held-out days.

        Returns
        -------
        ndarray of shape (n_levels, 28)
            Factors for the half-widths.
        """


class ConformalIntervals:
    """Scales intervals so that their coverage on held-out days equals their level.

    Split conformal prediction, with the score of conformalised quantile regression (Romano, Patterson and
    Candès 2019) as a ratio: the distance of a count from the median, in half-widths of its interval. The
    result is shrunk towards the usual widths, the more the fewer independent stretches there are.
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
    """Compute the quantile (1 + 1/n) · level of n scores, within 0.25 to 4; 1 without scores."""
    if len(scores) == 0:
        return 1.0
    share = min(level * (1.0 + 1.0 / len(scores)), 1.0)
    return float(np.clip(np.quantile(scores, share, method="higher"), 0.25, 4.0))
