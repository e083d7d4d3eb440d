"""Adapt the width of intervals of kept series to the errors of their last forecasts."""

from collections.abc import Mapping

import numpy as np
import sqlalchemy as sa

from training.database.forecasts import BANDS, LAST_FORECASTS, WIDTHS
from training.database.packed import unpack
from training.database.stored_series import Key, StoredSeries, rows_of
from training.model.adaptive_intervals import next_width_factors


def adapted_widths(
    connection: sa.Connection, stored: Mapping[Key, StoredSeries]
) -> dict[Key, tuple[float, ...]]:
    """Adapt the intervals of some series to the errors of their last forecast.

    Parameters
    ----------
    connection : in a transaction
    stored : the series, up to `AT_ONCE`, with their days

    Returns
    -------
    dict
        Factors for the half-widths of the 80 and 95 % intervals. Series that were never forecast before their
        last day are left out.
    """
    factors = {}
    for row in rows_of(connection, LAST_FORECASTS, stored):
        key = row["name"], row["metric"]
        ends = np.array([unpack(row[band]) for band in BANDS[1:]])
        days = row["last_day"] + np.arange(1, ends.shape[1] + 1)
        factors[key] = next_width_factors(
            [row[width] for width in WIDTHS], ends.reshape(-1, 2, ends.shape[1]), stored[key].days.at(days)
        )
    return factors
