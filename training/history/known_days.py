"""Statistics that ignore unknown days (NaN), without numpy's warnings on empty slices, and faster."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# A page did not exist yet when a series begins with at least this many zeros, has at least this many days
# after its first view, and the share of zeros among those days is at most this.
FEWEST_DAYS_OF_A_NEW_PAGE = 7
MOST_ZEROS_OF_A_NEW_PAGE = 0.1

Float64 = NDArray[np.float64]


def median_of_known(values: Float64) -> Float64:
    """Median along the last axis, ignoring NaN; NaN where all values are."""
    ordered = np.sort(values).reshape(-1, values.shape[-1])  # sort puts NaN last
    n_known = ordered.shape[1] - np.add.reduce(np.isnan(ordered), axis=1)
    rows = np.arange(len(ordered))
    low, high = np.maximum(n_known - 1, 0) // 2, n_known // 2 % ordered.shape[1]
    return np.asarray(((ordered[rows, low] + ordered[rows, high]) / 2).reshape(values.shape[:-1]))


def mean_of_known(values: Float64, axis: int | tuple[int, ...]) -> Float64:
    """Mean along the given axes, ignoring NaN; NaN where all values are."""
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis=axis), known.sum(axis=axis).astype(float))


def ratio(above: Float64, below: Float64) -> Float64:
    """Divide; NaN where the divisor is not positive."""
    shape = np.broadcast_shapes(above.shape, below.shape)
    return np.asarray(np.divide(above, below, out=np.full(shape, np.nan), where=below > 0))


def from_first_view(days: Float64) -> Float64:
    """Drop the zeros before the first view when the page did not exist yet; otherwise keep all days.

    Zeros from before a page existed do not describe its level.
    """
    if len(days) == 0 or days[0] > 0:
        return days
    first = int(np.argmax(days > 0))
    since = days[first:]
    is_new = min(first, len(since)) >= FEWEST_DAYS_OF_A_NEW_PAGE
    return since if is_new and np.mean(since == 0) <= MOST_ZEROS_OF_A_NEW_PAGE else days
