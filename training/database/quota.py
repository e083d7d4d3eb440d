"""Limits on the number of kept series and days, in total or for names with a common prefix."""

from dataclasses import dataclass

import sqlalchemy as sa

from training.database.stored_series import begins_with
from training.database.tables import SERIES
from training.errors import ViewcastError
from training.history.series import quoted


class QuotaError(ViewcastError):
    """An upload exceeds the limit on kept series or days."""


@dataclass(frozen=True)
class Quota:
    """A limit on what is kept.

    Attributes
    ----------
    most_series, most_days : None for no limit; days are counted from the first to the last of each series
    prefix : limits only series whose names begin with it; empty for all series
    """

    most_series: int | None
    most_days: int | None
    prefix: str = ""

    def check(self, connection: sa.Connection) -> None:
        """Raise `QuotaError` when the data, as seen by this transaction, exceeds the limit."""
        if self.most_series is None and self.most_days is None:
            return
        days = sa.func.coalesce(sa.func.sum(SERIES.c.last_day - SERIES.c.first_day + 1), 0)
        query = sa.select(sa.func.count(), days).select_from(SERIES)
        if self.prefix:
            query = query.where(begins_with(self.prefix))
        kept = connection.execute(query).one()
        for n, most, what in zip(kept, (self.most_series, self.most_days), ("series", "days"), strict=True):
            if most is not None and n > most:
                of = f" of the series that begin with {quoted(self.prefix)}" if self.prefix else ""
                raise QuotaError(f"{int(n)} {what}{of} would be kept, and {most} may be; nothing was kept")
