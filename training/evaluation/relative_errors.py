"""Errors relative to those of a reference forecast, defined for any series, and their mean over series."""

from __future__ import annotations

import numpy as np

from training.model.windows import Float64

# An error of a thousandth of a series' level, or of a thousandth of a view, is as good as none.
NEGLIGIBLE = 0.001


def relative_errors(error: Float64, reference: Float64, level: Float64) -> Float64:
    """Divide each series' error by that of a reference forecast.

    Errors below a thousandth of the level count as that thousandth, in both. So the ratio is defined where
    the reference is exactly right (a perfect week): 1 for a forecast that is right too, and large for one
    that is not. On real series neither error comes near the bound, and the ratio is the plain one.

    Parameters
    ----------
    error, reference : ndarray of shape (n_series,)
        Mean absolute errors in views a day; NaN where no day is known.
    level : ndarray of shape (n_series,)
        Mean views a day; below 1 it counts as 1.

    Returns
    -------
    ndarray of shape (n_series,)
        NaN where no day is known.
    """
    negligible = NEGLIGIBLE * np.maximum(level, 1.0)
    return np.asarray(np.maximum(error, negligible) / np.maximum(reference, negligible))


def geometric_mean(ratios: Float64) -> float:
    """Average ratios so that half and double cancel; NaN ones do not count.

    >>> geometric_mean(np.array([0.5, 2.0, np.nan]))
    1.0
    """
    return float(np.exp(np.nanmean(np.log(ratios))))
