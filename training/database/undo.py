"""Undo an upload: restore the days that it changed."""

import sqlalchemy as sa

from training.clock import Clock, iso_time, utc_now
from training.database.engine import Database
from training.database.event_rows import restore_event_days
from training.database.packed import Change
from training.database.stored_series import Key, chunks, load, remove, save
from training.database.tables import CHALLENGER_FORECASTS, CHANGES, FORECASTS, UPLOADS
from training.database.uploads import Upload, upload_of
from training.errors import ViewcastError
from training.history.series import quoted


class UndoError(ViewcastError):
    """An upload cannot be undone; the message says why."""


class UnknownUploadError(UndoError):
    """There is no upload with this number, or it is too old to be undone."""


def undo(database: Database, upload_id: int | None = None, clock: Clock = utc_now) -> Upload:
    """Restore everything that an upload changed to its previous state.

    Parameters
    ----------
    database : Database
    upload_id : number of the upload; by default, the last that was not undone
    clock : gives the time of undoing

    Raises
    ------
    UnknownUploadError
        When there is no such upload.
    UndoError
        When a later upload has changed the same series; that one must be undone first.
    """
    with database.write() as connection:
        which = UPLOADS.c.id == upload_id if upload_id is not None else UPLOADS.c.undone.is_(None)
        row = connection.execute(
            sa.select(UPLOADS).where(which).order_by(UPLOADS.c.id.desc()).limit(1)
        ).first()
        if row is None:
            missing = "is none that can" if upload_id is None else f"is no upload {upload_id} to"
            raise UnknownUploadError(f"there {missing} be taken back")
        if row.undone is not None:
            raise UndoError(f"upload {row.id} was taken back already, at {row.undone}")
        _check_last(connection, row.id)
        _restore(database, connection, row.id)
        connection.execute(sa.delete(CHANGES).where(CHANGES.c.upload_id == row.id))
        undone = {"undone": iso_time(clock())}
        connection.execute(sa.update(UPLOADS).where(UPLOADS.c.id == row.id).values(undone))
        return upload_of(connection.execute(sa.select(UPLOADS).where(UPLOADS.c.id == row.id)).one())


def _check_last(connection: sa.Connection, upload_id: int) -> None:
    """Refuse when a later upload has changed the same series: its record depends on this upload's days."""
    mine, later = CHANGES.alias("mine"), CHANGES.alias("later")
    same = sa.and_(*(mine.c[column] == later.c[column] for column in ("name", "metric", "event")))
    query = (
        sa.select(later.c.upload_id, later.c.name)
        .join(mine, same)
        .where(mine.c.upload_id == upload_id, later.c.upload_id > upload_id)
        .order_by(later.c.upload_id.desc())
        .limit(1)
    )
    if (changed := connection.execute(query).first()) is not None:
        raise UndoError(
            f"upload {changed.upload_id} has changed the series {quoted(changed.name)} after "
            f"upload {upload_id} did; take the later one back first"
        )


def _restore(database: Database, connection: sa.Connection, upload_id: int) -> None:
    changes = connection.execute(sa.select(CHANGES).where(CHANGES.c.upload_id == upload_id)).all()
    for rows in chunks(row for row in changes if not row.event):
        before = {(row.name, row.metric): Change.of_bytes(row.days, row.before) for row in rows}
        put_back(database, connection, before)
    for row in changes:
        if row.event:
            change = Change.of_bytes(row.days, row.before)
            restore_event_days(database, connection, row.name, row.event, change)


def put_back(database: Database, connection: sa.Connection, before: dict[Key, Change]) -> None:
    """Restore the previous counts of some series; NaN deletes a day, and series without days are deleted."""
    kept = load(connection, list(before))
    left = {
        key: kept[key].days.put(change.days, change.before) for key, change in before.items() if key in kept
    }
    save(database, connection, {key: days for key, days in left.items() if days is not None})
    for key, change in before.items():
        if key in kept and change.days.size:
            _forget_forecasts(connection, kept[key].id, int(change.days.min()))
    for key in (key for key, days in left.items() if days is None):
        remove(connection, key)


def _forget_forecasts(connection: sa.Connection, series_id: int, first_day: int) -> None:
    """Delete the forecasts that were made from days that have another count now."""
    for table in FORECASTS, CHALLENGER_FORECASTS:
        made_from = table.c.series_id == series_id, table.c.last_day >= first_day
        connection.execute(sa.delete(table).where(*made_from))
