"""Forecasts of kept series, remembered until the days that they are about have come."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from training.database.engine import Database
from training.database.packed import Days, pack, unpack
from training.database.stored_series import AT_ONCE, Key, begins_with, chunks, has_key
from training.database.tables import COUNTS, FORECASTS, SERIES
from training.model.adaptive_intervals import UNCHANGED

# The columns of a remembered forecast, in the order of its array.
BANDS = ("median", "lower_80", "upper_80", "lower_95", "upper_95")
# What its half-widths were multiplied with.
WIDTHS = ("width_80", "width_95")


@dataclass(frozen=True)
class RememberedForecast:
    """A forecast, and what is known by now of its series.

    Attributes
    ----------
    key : the name and the metric of the series
    last_day : the last day that it was made from, in days since 1970
    model : the version that made it
    bands : ndarray of shape (5, n_days): median, lower and upper of 80 %, lower and upper of 95 %
    counts : all days of the series that are kept
    """

    key: Key
    last_day: int
    model: str
    bands: NDArray[np.float64]
    counts: Days


class Forecasts:
    """The forecasts that a database remembers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(
        self,
        model: str,
        made: Mapping[tuple[Key, int], NDArray[np.float64]],
        width_factors: Mapping[tuple[Key, int], Sequence[float]] = MappingProxyType({}),
    ) -> None:
        """Keep forecasts, one a series and last day: of two, the first stays.

        Parameters
        ----------
        model : the version that made them
        made : for each series and last day, the bands, as `RememberedForecast` has them
        width_factors : what the half-widths of these were multiplied with, where it is not 1
        """
        insert = self._database.insert_new(FORECASTS)
        with self._database.write() as connection:
            for part in chunks(made.items()):
                ids = _ids(connection, {key for (key, _), _ in part})
                rows = [
                    {"series_id": ids[key], "last_day": last_day, "model": model}
                    | {name: pack(band) for name, band in zip(BANDS, bands, strict=True)}
                    | dict(zip(WIDTHS, width_factors.get((key, last_day), UNCHANGED), strict=True))
                    for (key, last_day), bands in part
                    if key in ids  # it may have been forgotten meanwhile
                ]
                if rows:
                    connection.execute(insert, rows)

    def forget_before(self, day: int) -> int:
        """Forget the forecasts whose last day is before a day, in days since 1970; give their number."""
        with self._database.write() as connection:
            return connection.execute(sa.delete(FORECASTS).where(FORECASTS.c.last_day < day)).rowcount

    def since(self, first_day: int, prefix: str = "") -> Iterator[list[RememberedForecast]]:
        """Read the forecasts from a last day on, by series and last day, some hundred at a time.

        Parameters
        ----------
        first_day : in days since 1970
        prefix : only series whose names begin so
        """
        query = (
            sa.select(SERIES.c.name, SERIES.c.metric, SERIES.c.first_day, COUNTS.c.counts, FORECASTS)
            .join(SERIES, SERIES.c.id == FORECASTS.c.series_id)
            .join(COUNTS, COUNTS.c.series_id == SERIES.c.id)
            .where(FORECASTS.c.last_day >= first_day, begins_with(prefix))
            .order_by(FORECASTS.c.series_id, FORECASTS.c.last_day)
            .execution_options(yield_per=AT_ONCE)
        )
        with self._database.read() as connection:
            for rows in connection.execute(query).mappings().partitions():
                yield [
                    RememberedForecast(
                        (row["name"], row["metric"]),
                        row["last_day"],
                        row["model"],
                        np.array([unpack(row[band]) for band in BANDS]),
                        Days(row["first_day"], unpack(row["counts"])),
                    )
                    for row in rows
                ]


def last_forecasts(keys: Collection[Key]) -> sa.Select[Any]:
    """Select, of some series, the last forecast before the last day that is kept.

    Parameters
    ----------
    keys : the series, up to `AT_ONCE`

    Returns
    -------
    Select
        Of `name`, `metric`, the last day as `day`, and the columns of `FORECASTS`.
    """
    earlier = FORECASTS.alias()
    made_from = (
        sa.select(sa.func.max(earlier.c.last_day))
        .where(earlier.c.series_id == SERIES.c.id, earlier.c.last_day < SERIES.c.last_day)
        .correlate(SERIES)
        .scalar_subquery()
    )
    return (
        sa.select(SERIES.c.name, SERIES.c.metric, SERIES.c.last_day.label("day"), FORECASTS)
        .select_from(SERIES)
        .join(FORECASTS, sa.and_(FORECASTS.c.series_id == SERIES.c.id, FORECASTS.c.last_day == made_from))
        .where(has_key(keys))
    )


def _ids(connection: sa.Connection, keys: Collection[Key]) -> dict[Key, int]:
    query = sa.select(SERIES.c.name, SERIES.c.metric, SERIES.c.id).where(has_key(keys))
    return {(name, metric): series_id for name, metric, series_id in connection.execute(query)}
