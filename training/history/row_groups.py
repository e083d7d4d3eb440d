"""Number rows by what their columns hold: rows that are equal in all columns have one number."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def n_different(*codes: NDArray[np.int32]) -> int:
    """Count the distinct combinations."""
    return int(grouped(codes).max(initial=-1)) + 1


def grouped(columns: Sequence[NDArray[np.int32] | NDArray[np.int64]]) -> NDArray[np.int64]:
    """Number the rows from 0, with the same number for rows that are equal in all columns."""
    group = renumbered(columns[0].astype(np.int64))
    for more in columns[1:]:
        group = renumbered(group * (int(more.max(initial=0)) + 1) + more)
    return group


def renumbered(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Renumber as 0, 1, and so on, in the same order."""
    most = int(numbers.max(initial=-1)) + 1
    if most > 8 * numbers.size:
        return np.unique(numbers, return_inverse=True)[1]
    is_there = np.zeros(most, np.bool_)
    is_there[numbers] = True
    return (np.cumsum(is_there) - 1)[numbers]
