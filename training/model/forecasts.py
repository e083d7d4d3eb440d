"""The forecasts of several series: medians and intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.model.windows import Float32, Float64


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of several series, in views a day.

    Attributes
    ----------
    views : ndarray of shape (n_series, horizon, 1 + 2 * n_levels)
        The median, then the lower and the upper end of each level's interval, in the order of the levels.
    own_share : ndarray of shape (n_series,)
        Weight of the sum that was fitted on the history, 0 to 1, before its weights by day ahead
        (`OwnSum.shares`); small for series unlike those of the history.
    """

    views: Float64
    own_share: Float32

    @property
    def rests_on_prior(self) -> NDArray[np.bool_]:
        """Whether each forecast comes mostly from the prior, which was fitted on generated histories."""
        return self.own_share < 0.5

    @property
    def median(self) -> Float64:
        """The median, of shape (n_series, horizon)."""
        return self.views[..., 0]

    @property
    def lower(self) -> Float64:
        """Lower ends of the intervals, of shape (n_levels, n_series, horizon)."""
        return self.views[..., 1::2].transpose(2, 0, 1)

    @property
    def upper(self) -> Float64:
        """Upper ends of the intervals, of shape (n_levels, n_series, horizon)."""
        return self.views[..., 2::2].transpose(2, 0, 1)
