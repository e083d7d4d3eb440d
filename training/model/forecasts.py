"""What a model forecasts: the medians and intervals of several series."""

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
        The median, and for each level in the order asked for, the lower and the upper end of its interval.
    own_share : ndarray of shape (n_series,)
        How much of what was learned from a history counted for each series, 0 to 1: little for a series
        unlike those of that history.
    """

    views: Float64
    own_share: Float32

    @property
    def rests_on_prior(self) -> NDArray[np.bool_]:
        """Whether each forecast rests, for the most part, on what was learned from generated histories."""
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
