"""What was forecast for the last day that is known of a series, by the last forecast before it."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.database.engine import Database
from training.database.forecasts import BANDS, LAST_FORECASTS
from training.database.packed import unpack
from training.database.stored_series import Key, chunks, rows_of


@dataclass(frozen=True)
class Expectation:
    """A forecast of one day.

    Attributes
    ----------
    last_day : the last day that it knew, in days since 1970
    model : the version that made it
    bands : ndarray of shape (5,): median, lower and upper of 80 %, lower and upper of 95 %
    """

    last_day: int
    model: str
    bands: NDArray[np.float64]


def expectations(database: Database, keys: Collection[Key]) -> dict[Key, Expectation]:
    """Read what was forecast for the last day of some series; those without such a forecast are not there."""
    expected: dict[Key, Expectation] = {}
    with database.read() as connection:
        for chunk in chunks(keys):
            for row in rows_of(connection, LAST_FORECASTS, chunk):
                bands = np.array([unpack(row[band]) for band in BANDS])
                ahead = row["day"] - row["last_day"]
                if ahead <= bands.shape[1]:
                    key = row["name"], row["metric"]
                    expected[key] = Expectation(row["last_day"], row["model"], bands[:, ahead - 1])
    return expected
