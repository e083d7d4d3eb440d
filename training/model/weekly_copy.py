"""The weekly copy as a part of the forecast: where the last weeks were alike, the next one is taken to be.

It is a sum without sigmoids, linear in the last week's days; its share is divided by e with each fiftieth of
the spread that days differ from those a week before.
"""

import numpy as np

from training.history.calendar_features import WEEK
from training.model.quantile_sum import MEDIAN
from training.model.windows import CONTEXT_DAYS, HORIZON_DAYS, Float32

CHANGE_SCALE = 0.02
# What is left of the intervals' widths where days repeat exactly: a cycle may end.
LEFT_OF_WIDTHS = 0.25
# Below this share the copy is left out.
SMALLEST_SHARE = 1e-3
_DAYS = slice(CONTEXT_DAYS - HORIZON_DAYS, CONTEXT_DAYS)
_WEEK_BEFORE = slice(_DAYS.start - WEEK, _DAYS.stop - WEEK)
_GAPS = CONTEXT_DAYS + 2
# The day of the last week that each day ahead is a copy of.
_DAYS_COPIED = CONTEXT_DAYS - WEEK + np.arange(HORIZON_DAYS) % WEEK


def copy_share(X: Float32) -> Float32:
    """How much the weekly copy counts.

    Parameters
    ----------
    X : ndarray of float32, shape (n_windows, n_features)

    Returns
    -------
    ndarray of float32, shape (n_windows,)
        0 to 1; less where fewer than two weeks can be compared with the week before.
    """
    # numpy's mean would take ten times as long for one window.
    change = np.add.reduce(np.abs(X[:, _DAYS] - X[:, _WEEK_BEFORE]), axis=1)
    share: Float32 = np.exp(change * np.float32(-1.0 / (HORIZON_DAYS * CHANGE_SCALE)))
    n_compared = CONTEXT_DAYS * (1.0 + X[:, _GAPS]) - WEEK
    share *= np.minimum(np.maximum(n_compared / (2 * WEEK), 0.0), 1.0)
    return share


def draw_to_copy(quantiles: Float32, X: Float32) -> None:
    """Draw quantiles towards the weekly copy where weeks were alike, in place.

    Parameters
    ----------
    quantiles : ndarray of float32, shape (n_windows, n_days, 5)
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
