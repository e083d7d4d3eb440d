"""Errors relative to those of a reference forecast, and their geometric mean over series."""

from __future__ import annotations

import numpy as np

from training.model.windows import Float64

# Errors below this share of a series' level, or of one view, count as negligible.
NEGLIGIBLE = 0.001


def relative_errors(error: Float64, reference: Float64, level: Float64) -> Float64:
    """Divide each series' error by that of a reference forecast.

    Both errors are at least 0.1 % of the level. The ratio is therefore defined also where the reference has
    no error (views that repeat exactly): it is 1 for a forecast without error, and large for others. On real
    series, errors are usually far above this bound, and the result is the plain ratio.

    Parameters
    ----------
    error, reference : ndarray of shape (n_series,)
        Mean absolute errors in views a day; NaN where no day is known.
    level : ndarray of shape (n_series,)
        Mean views a day; values below 1 count as 1.

    Returns
    -------
    ndarray of shape (n_series,)
        NaN where no day is known.
    """
    negligible = NEGLIGIBLE * np.maximum(level, 1.0)
    return np.asarray(np.maximum(error, negligible) / np.maximum(reference, negligible))


def geometric_mean(ratios: Float64) -> float:
    """Give the geometric mean of ratios, without NaN.

    >>> geometric_mean(np.array([0.5, 2.0, np.nan]))
    1.0
    """
    return float(np.exp(np.nanmean(np.log(ratios))))
