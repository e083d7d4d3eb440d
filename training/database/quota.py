"""How much may be kept: a bound on series and days, of all or of those whose names begin alike."""

from dataclasses import dataclass

import sqlalchemy as sa

from training.database.stored_series import begins_with
from training.database.tables import SERIES
from training.errors import ViewcastError
from training.history.series import quoted


class QuotaError(ViewcastError):
    """An upload would keep more than may be kept."""


@dataclass(frozen=True)
class Quota:
    """A bound on what is kept.

    Attributes
    ----------
    most_series, most_days : None for any number; days count from the first to the last of each series
    prefix : what the names of the series begin with; empty for all series
    """

    most_series: int | None
    most_days: int | None
    prefix: str = ""

    def check(self, connection: sa.Connection) -> None:
        """Raise `QuotaError` when more is kept, as a transaction sees it."""
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
