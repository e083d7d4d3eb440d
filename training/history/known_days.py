"""Statistics of days some of which are not known (NaN); numpy's own warn of rows without any, or are slow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# A page was not there yet if at least so many zeros come before its first view, and so many days since,
# of which no larger share is zero.
FEWEST_DAYS_OF_A_NEW_PAGE = 7
MOST_ZEROS_OF_A_NEW_PAGE = 0.1

Float64 = NDArray[np.float64]


def median_of_known(values: Float64) -> Float64:
    """Median along the last axis without NaN; NaN where there is nothing else."""
    ordered = np.sort(values).reshape(-1, values.shape[-1])  # NaN last
    n_known = ordered.shape[1] - np.add.reduce(np.isnan(ordered), axis=1)
    rows = np.arange(len(ordered))
    low, high = np.maximum(n_known - 1, 0) // 2, n_known // 2 % ordered.shape[1]
    return np.asarray(((ordered[rows, low] + ordered[rows, high]) / 2).reshape(values.shape[:-1]))


def mean_of_known(values: Float64, axis: int | tuple[int, ...]) -> Float64:
    """Mean without NaN along axes; NaN where there is nothing else."""
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis=axis), known.sum(axis=axis).astype(float))


def ratio(above: Float64, below: Float64) -> Float64:
    """Divide; NaN where the divisor is no positive number."""
    shape = np.broadcast_shapes(above.shape, below.shape)
    return np.asarray(np.divide(above, below, out=np.full(shape, np.nan), where=below > 0))


def from_first_view(days: Float64) -> Float64:
    """The days of a series from its first view on, if the page was not there before; else all of them.

    Zeros of days on which there was no page say nothing of its level.
    """
    if len(days) == 0 or days[0] > 0:
        return days
    first = int(np.argmax(days > 0))
    since = days[first:]
    is_new = min(first, len(since)) >= FEWEST_DAYS_OF_A_NEW_PAGE
    return since if is_new and np.mean(since == 0) <= MOST_ZEROS_OF_A_NEW_PAGE else days
