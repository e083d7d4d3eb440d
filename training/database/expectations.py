"""The last forecast for the last known day of each series."""

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
    last_day : last day of the history it was made from, in days since 1970
    model : the version that made it
    bands : ndarray of shape (5,): median, lower and upper of 80 %, lower and upper of 95 %
    """

    last_day: int
    model: str
    bands: NDArray[np.float64]


def expectations(database: Database, keys: Collection[Key]) -> dict[Key, Expectation]:
    """Read the forecasts for the last day of some series; series without one are left out."""
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
