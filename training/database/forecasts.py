"""Store forecasts of kept series, to compare them with the counts that follow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from training.database.engine import Database
from training.database.packed import Days, pack, unpack
from training.database.stored_series import AT_ONCE, HAS_KEY, Key, begins_with, chunks, load_ids
from training.database.tables import CHALLENGER_FORECASTS, COUNTS, FORECASTS, SERIES
from training.model.adaptive_intervals import DAYS_AHEAD, UNCHANGED, WidthFactors

# The columns of a stored forecast, in the order of its array.
BANDS = ("median", "lower_80", "upper_80", "lower_95", "upper_95")
# The factors of its half-widths, in the order of `WidthFactors`.
WIDTHS = ("width_80", "width_95", "later_width_80", "later_width_95")

_EARLIER = FORECASTS.alias()
_MADE_FROM = (
    sa.select(sa.func.max(_EARLIER.c.last_day))
    .where(_EARLIER.c.series_id == SERIES.c.id, _EARLIER.c.last_day < SERIES.c.last_day)
    .correlate(SERIES)
    .scalar_subquery()
)
# For some series, the last forecast made before the last kept day: `name`, `metric`, the last day as `day`,
# and the columns of `FORECASTS`; for `rows_of`.
LAST_FORECASTS = (
    sa.select(SERIES.c.name, SERIES.c.metric, SERIES.c.last_day.label("day"), FORECASTS)
    .select_from(SERIES)
    .join(FORECASTS, sa.and_(FORECASTS.c.series_id == SERIES.c.id, FORECASTS.c.last_day == _MADE_FROM))
    .where(HAS_KEY)
)

# Of some series, for each day that has come since `LAST_FORECASTS`, the forecast that was made the last of
# `DAYS_AHEAD` before it, oldest first: `name`, `metric`, and the columns of `FORECASTS`; for `rows_of`.
EARLIER_FORECASTS = (
    sa.select(SERIES.c.name, SERIES.c.metric, FORECASTS)
    .select_from(SERIES)
    .join(
        FORECASTS,
        sa.and_(
            FORECASTS.c.series_id == SERIES.c.id,
            FORECASTS.c.last_day > _MADE_FROM - DAYS_AHEAD[-1],
            FORECASTS.c.last_day <= SERIES.c.last_day - DAYS_AHEAD[-1],
        ),
    )
    .where(HAS_KEY)
    .order_by(FORECASTS.c.last_day)
)


@dataclass(frozen=True)
class RememberedForecast:
    """A stored forecast, and the counts of its series known by now.

    Attributes
    ----------
    key : name and metric of the series
    last_day : last day of the history it was made from, in days since 1970
    model : the version that made it
    bands : ndarray of shape (5, n_days): median, lower and upper of 80 %, lower and upper of 95 %
    counts : all kept days of the series
    """

    key: Key
    last_day: int
    model: str
    bands: NDArray[np.float64]
    counts: Days


class ChallengedForecast(NamedTuple):
    """The medians of a challenger and of the then current version, and the known counts of the series."""

    last_day: int
    challenger: NDArray[np.float64]
    current: NDArray[np.float64]
    counts: Days


class Forecasts:
    """The forecasts stored in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(
        self,
        model: str,
        made: Mapping[tuple[Key, int], NDArray[np.float64]],
        width_factors: Mapping[tuple[Key, int], WidthFactors] = MappingProxyType({}),
    ) -> None:
        """Store forecasts. For each series and last day, only the first forecast is stored.

        Parameters
        ----------
        model : the version that made them
        made : bands for each series and last day, in the form of `RememberedForecast`
        width_factors : factors of the half-widths, where they are not 1
        """
        rows = {
            at: {"model": model}
            | {name: pack(band) for name, band in zip(BANDS, bands, strict=True)}
            | dict(zip(WIDTHS, chain(*width_factors.get(at, UNCHANGED)), strict=True))
            for at, bands in made.items()
        }
        self._keep(FORECASTS, rows)

    def forget_before(self, day: int) -> int:
        """Delete the forecasts whose last day is before `day`, in days since 1970; return their number."""
        with self._database.write() as connection:
            old = CHALLENGER_FORECASTS.c.last_day < day
            connection.execute(sa.delete(CHALLENGER_FORECASTS).where(old))
            return connection.execute(sa.delete(FORECASTS).where(FORECASTS.c.last_day < day)).rowcount

    def remember_challenger(self, model: str, medians: Mapping[tuple[Key, int], NDArray[np.float64]]) -> None:
        """Store a challenger's forecasts. For each series, last day and version, only the first is stored."""
        rows = {at: {"model": model, "median": pack(median)} for at, median in medians.items()}
        self._keep(CHALLENGER_FORECASTS, rows)

    def _keep(self, table: sa.Table, rows: Mapping[tuple[Key, int], dict[str, Any]]) -> None:
        """Insert rows by series and last day, except those that exist."""
        insert = self._database.insert_new(table)
        with self._database.write() as connection:
            for part in chunks(rows.items()):
                ids = load_ids(connection, {key for (key, _), _ in part})
                values = [
                    {"series_id": ids[key], "last_day": last_day, **row}
                    for (key, last_day), row in part
                    if key in ids  # the series may have been deleted meanwhile
                ]
                if values:
                    connection.execute(insert, values)

    def challenged(self, model: str, first_day: int) -> Iterator[list[ChallengedForecast]]:
        """Read a challenger's and the current version's forecasts whose last day is `first_day` or later."""
        ours, theirs = FORECASTS, CHALLENGER_FORECASTS
        beside = sa.and_(ours.c.series_id == theirs.c.series_id, ours.c.last_day == theirs.c.last_day)
        query = (
            sa.select(theirs.c.last_day, theirs.c.median, ours.c.median, SERIES.c.first_day, COUNTS.c.counts)
            .join_from(theirs, ours, beside)
            .join(SERIES, SERIES.c.id == theirs.c.series_id)
            .join(COUNTS, COUNTS.c.series_id == theirs.c.series_id)
            .where(theirs.c.model == model, theirs.c.last_day >= first_day, ours.c.model != model)
            .execution_options(yield_per=AT_ONCE)
        )
        with self._database.read() as connection:
            for rows in connection.execute(query).partitions():
                yield [
                    ChallengedForecast(
                        last_day, unpack(challenger), unpack(current), Days(first, unpack(counts))
                    )
                    for last_day, challenger, current, first, counts in rows
                ]

    def since(self, first_day: int, prefix: str = "") -> Iterator[list[RememberedForecast]]:
        """Read the forecasts from a last day on, in order of series and last day, some hundred at a time.

        Parameters
        ----------
        first_day : in days since 1970
        prefix : only series whose names begin with it
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
