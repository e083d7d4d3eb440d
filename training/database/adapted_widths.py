"""Adapt the width of intervals of kept series to the errors of their last forecasts."""

from collections.abc import Mapping

import numpy as np
import sqlalchemy as sa

from training.database.forecasts import BANDS, EARLIER_FORECASTS, LAST_FORECASTS, WIDTHS
from training.database.packed import Days, unpack
from training.database.stored_series import Key, StoredSeries, rows_of
from training.model.adaptive_intervals import DAYS_AHEAD, MetIntervals, WidthFactors, next_width_factors


def adapted_widths(connection: sa.Connection, stored: Mapping[Key, StoredSeries]) -> dict[Key, WidthFactors]:
    """Adapt the intervals of some series to the errors of their last forecasts.

    Parameters
    ----------
    connection : in a transaction
    stored : the series, up to `AT_ONCE`, with their days

    Returns
    -------
    dict
        Factors for the half-widths. Series that were never forecast before their last day are left out.
    """
    earlier: dict[Key, list[sa.RowMapping]] = {}
    for row in rows_of(connection, EARLIER_FORECASTS, stored):
        earlier.setdefault((row["name"], row["metric"]), []).append(row)
    factors = {}
    for row in rows_of(connection, LAST_FORECASTS, stored):
        key = row["name"], row["metric"]
        days = stored[key].days
        met = _first_days(row, days), _days_ahead(earlier.get(key, []), days)
        widths = [row[width] for width in WIDTHS]
        factors[key] = next_width_factors((tuple(widths[:2]), tuple(widths[2:])), met)
    return factors


def _ends(forecast: sa.RowMapping) -> np.ndarray:
    """The ends of a forecast's intervals, of shape (2, 2, n_days)."""
    ends = np.array([unpack(forecast[band]) for band in BANDS[1:]])
    return ends.reshape(-1, 2, ends.shape[1])


def _first_days(forecast: sa.RowMapping, days: Days) -> MetIntervals:
    """The last forecast's intervals of all the days that have come."""
    ends = _ends(forecast)
    return MetIntervals(ends, days.at(forecast["last_day"] + np.arange(1, ends.shape[2] + 1)))


def _days_ahead(forecasts: list[sa.RowMapping], days: Days) -> MetIntervals:
    """The interval of each forecast for the last of `DAYS_AHEAD`."""
    ahead = DAYS_AHEAD[-1]
    ends = [_ends(forecast)[..., ahead - 1] for forecast in forecasts]
    last_days = np.array([forecast["last_day"] for forecast in forecasts], np.int64)
    return MetIntervals(np.reshape(ends, (-1, 2, 2)).transpose(1, 2, 0), days.at(last_days + ahead))
