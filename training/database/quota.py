"""Limits on the number of kept series and days, in total or for names with a common prefix."""

from dataclasses import dataclass

import sqlalchemy as sa

from training.database.stored_series import begins_with
from training.database.tables import EVENTS, SERIES
from training.errors import ViewcastError
from training.history.series import quoted


class QuotaError(ViewcastError):
    """An upload exceeds the limit on kept series or days."""


@dataclass(frozen=True)
class Quota:
    """A limit on what is kept.

    Attributes
    ----------
    most_series, most_days : None for no limit; days are counted from the first to the last of each series,
        and each day of an event counts as well
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
        query = sa.select(sa.func.count(), days).where(begins_with(self.prefix))
        n_series, n_days = connection.execute(query).one()
        self._check(n_series, self.most_series, "series")
        if self.most_days is not None:
            of_events = sa.select(sa.func.count()).where(begins_with(self.prefix, EVENTS.c.name))
            n_event_days = connection.execute(of_events).scalar_one()
            what = "days, with those of events," if n_event_days else "days"
            self._check(n_days + n_event_days, self.most_days, what)

    def _check(self, n: int, most: int | None, what: str) -> None:
        if most is not None and n > most:
            of = f" of the series that begin with {quoted(self.prefix)}" if self.prefix else ""
            raise QuotaError(f"{int(n)} {what}{of} would be kept, and {most} may be; nothing was kept")
