"""Delete kept days of a series permanently, also from what could be undone."""

import numpy as np
import sqlalchemy as sa

from training.database.engine import Database
from training.database.packed import Change
from training.database.stored_series import Key, load
from training.database.tables import CHANGES, SERIES
from training.database.undo import put_back
from training.history.days import day_number


def forget(
    database: Database, key: Key, since: np.datetime64 | None = None, until: np.datetime64 | None = None
) -> int:
    """Delete all or some days of a series, and the forecasts made from them.

    Parameters
    ----------
    database : Database
    key : name and metric of the series
    since, until : first and last day to delete; by default, the first and the last day of the series

    Returns
    -------
    int
        The number of deleted days; when none of them had a count, it is 0, and nothing is deleted. If no day
        is left, the series is deleted, and with the last metric of its name also the events.
    """
    with database.write() as connection:
        stored = load(connection, [key]).get(key)
        if stored is None:
            return 0
        kept = stored.days
        first = kept.first_day if since is None else max(kept.first_day, day_number(since))
        last = kept.last_day if until is None else min(kept.last_day, day_number(until))
        days = np.arange(first, last + 1)
        n_known = int(np.count_nonzero(~np.isnan(kept.at(days))))
        if n_known == 0:
            return 0
        put_back(database, connection, {key: Change(days, np.full(days.size, np.nan))})
        _forget_changes(connection, key, first, last)
        return n_known


def _forget_changes(connection: sa.Connection, key: Key, first: int, last: int) -> None:
    """Remove the days from the records of uploads, so that undoing an upload does not restore them.

    The days of events are removed from them once no metric of the name is kept.
    """
    name, metric = key
    if connection.execute(sa.select(SERIES.c.id).where(SERIES.c.name == name).limit(1)).first() is None:
        connection.execute(sa.delete(CHANGES).where(CHANGES.c.name == name, CHANGES.c.event != ""))
    of_series = CHANGES.c.name == name, CHANGES.c.metric == metric
    for row in connection.execute(sa.select(CHANGES).where(*of_series)).all():
        change = Change.of_bytes(row.days, row.before)
        stays = (change.days < first) | (change.days > last)
        here = sa.and_(*of_series, CHANGES.c.upload_id == row.upload_id)
        if stays.any():
            left = Change(change.days[stays], change.before[stays])
            connection.execute(sa.update(CHANGES).where(here).values(left.as_bytes()))
        else:
            connection.execute(sa.delete(CHANGES).where(here))
