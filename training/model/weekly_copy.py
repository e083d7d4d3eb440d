"""The weekly copy as a part of the forecast: if the last weeks were equal, so is the forecast.

The copy is linear in the days of the last week. Its weight is exp(-change / 0.02), with `change` the mean
absolute difference of the last 28 scaled days from the days one week before each.
"""

import numpy as np

from training.history.calendar_features import WEEK
from training.model.quantile_sum import MEDIAN
from training.model.windows import CONTEXT_DAYS, HORIZON_DAYS, Float32

CHANGE_SCALE = 0.02
# Factor of the interval widths where weeks repeat exactly; it is not 0 because the repetition may end.
LEFT_OF_WIDTHS = 0.25
# If no window has a larger weight than this, the copy is left out.
SMALLEST_SHARE = 1e-3
_DAYS = slice(CONTEXT_DAYS - HORIZON_DAYS, CONTEXT_DAYS)
_WEEK_BEFORE = slice(_DAYS.start - WEEK, _DAYS.stop - WEEK)
_GAPS = CONTEXT_DAYS + 2
# For each day ahead, the index of the day of the last week that is copied.
_DAYS_COPIED = CONTEXT_DAYS - WEEK + np.arange(HORIZON_DAYS) % WEEK


def copy_share(X: Float32) -> Float32:
    """Weight of the weekly copy for each window.

    Parameters
    ----------
    X : ndarray of float32, shape (n_windows, n_features)

    Returns
    -------
    ndarray of float32, shape (n_windows,)
        0 to 1; smaller where fewer than 14 days can be compared with the week before.
    """
    # numpy's mean would take ten times as long for one window.
    change = np.add.reduce(np.abs(X[:, _DAYS] - X[:, _WEEK_BEFORE]), axis=1)
    share: Float32 = np.exp(change * np.float32(-1.0 / (HORIZON_DAYS * CHANGE_SCALE)))
    n_compared = CONTEXT_DAYS * (1.0 + X[:, _GAPS]) - WEEK
    share *= np.minimum(np.maximum(n_compared / (2 * WEEK), 0.0), 1.0)
    return share


def draw_to_copy(quantiles: Float32, X: Float32) -> None:
    """Move medians towards the weekly copy by its weight, and narrow the intervals, in place.

    Parameters
    ----------
    quantiles : ndarray of float32, shape (n_windows, n_days, 5)
        On the windows' scale.
    X : ndarray of float32, shape (n_windows, n_features)
    """
    share = copy_share(X)
    if not np.count_nonzero(share > SMALLEST_SHARE):
        return
    share = share[:, None, None]
    copy = X[:, _DAYS_COPIED[: quantiles.shape[1]], None]
    median = quantiles[..., MEDIAN : MEDIAN + 1].copy()
    quantiles -= median
    quantiles *= 1.0 - (1.0 - LEFT_OF_WIDTHS) * share
    quantiles += median + share * (copy - median)
