"""Keep uploaded histories, and record what each upload changed, so that it can be undone.

An upload that would change most of the kept days of a series is refused: it is probably another series with
the same name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa

from training.clock import Clock, iso_time, utc_now
from training.database.engine import Database
from training.database.event_rows import put_event_days
from training.database.packed import Change, Days
from training.database.quota import Quota
from training.database.stored_series import Key, StoredSeries, chunks, load, save
from training.database.tables import CHANGES, SERIES, UPLOADS
from training.errors import ViewcastError
from training.history.days import date_of, day_number
from training.history.series import History, HistoryError, Series, quoted
from training.history.spans import LONGEST_SPAN_DAYS, is_dense, spread_problem

# For this long, an upload can be undone and its idempotency key is remembered.
KEPT_DAYS = 90
# Fewer changed days than this are always treated as corrections.
LEAST_REPLACED_DAYS = 7


class ReplacesMostError(HistoryError):
    """An upload would change most of the kept days of a series, which the message names."""

    def advice(self, option: str) -> str:
        """Say what to do; `option` is what allows the change, written for the reader of the message."""
        return (
            f"{self}. If it is another series, give it another name; if these counts are right, send them "
            f"again with {option}"
        )


class KeyReusedError(ViewcastError):
    """An idempotency key was used before, for another request."""


@dataclass(frozen=True)
class Upload:
    """An upload, and what it changed.

    Attributes
    ----------
    id : increases from upload to upload
    received : UTC, ISO 8601
    source : the file's name, or the way in which the upload arrived
    n_series : number of series
    n_new, n_changed, n_unchanged : days without a count before, with another count, with the same count
    notes : what was cleaned, and where
    undone : when it was undone; None when it was not
    is_repeated : whether the same request, with the same idempotency key, was processed before
    """

    id: int
    received: str
    source: str
    n_series: int
    n_new: int
    n_changed: int
    n_unchanged: int
    notes: tuple[str, ...] = ()
    undone: str | None = None
    is_repeated: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class IdempotencyKey:
    """A text that a client repeats with a repeated request, and the fingerprint of the request."""

    key: str
    fingerprint: str


class Uploads:
    """The uploads of a database.

    Parameters
    ----------
    database : Database
    clock : gives the time at which an upload is received
    """

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def add(
        self,
        history: History,
        source: str,
        *,
        may_replace: bool = False,
        key: IdempotencyKey | None = None,
        quotas: Sequence[Quota] = (),
    ) -> Upload:
        """Keep the known days of a history in one transaction; new counts replace existing ones.

        Missing days delete nothing. Days of events are kept in the same way.

        Parameters
        ----------
        history : the uploaded history
        source : the file's name, or the way in which the upload arrived
        may_replace : whether the upload may change most of the kept days of a series
        key : when an upload had the same key, its answer is returned again and nothing is changed
        quotas : limits; an upload that adds no days is kept even when they are exceeded already

        Returns
        -------
        Upload
            The upload; all of it is on disk.

        Raises
        ------
        ReplacesMostError
            When it would change more than half of the kept days of a series, and at least 7, without
            `may_replace`.
        HistoryError
            When a series would span more than 100 years, or nearly all days would be missing.
        KeyReusedError
            When the key was used for another request.
        QuotaError
            When a quota would be exceeded.
        """
        with self._database.write() as connection:
            if key and (earlier := _with_key(connection, key)):
                return earlier
            now = self._clock()
            _delete_older(connection, iso_time(now - timedelta(days=KEPT_DAYS)))
            values = {
                "received": iso_time(now),
                "source": source,
                "n_series": len(history.series),
                **dict.fromkeys(("n_new", "n_changed", "n_unchanged"), 0),
                "notes": list(history.notes),
                "idempotency_key": key and key.key,
                "fingerprint": key and key.fingerprint,
            }
            upload_id = connection.execute(
                sa.insert(UPLOADS).values(values).returning(UPLOADS.c.id)
            ).scalar_one()
            total = _Totals()
            for series in chunks(history.series):
                _add_series(self._database, connection, upload_id, series, may_replace, total)
            n_event_days = put_event_days(self._database, connection, upload_id, history.events)
            if total.n_days or n_event_days:
                for quota in quotas:
                    quota.check(connection)
            if not is_dense(total.n_days, total.new):
                _check_spread(connection)
            counted = {"n_new": total.new, "n_changed": total.changed, "n_unchanged": total.unchanged}
            connection.execute(sa.update(UPLOADS).where(UPLOADS.c.id == upload_id).values(counted))
            return upload_of(connection.execute(sa.select(UPLOADS).where(UPLOADS.c.id == upload_id)).one())

    def newest(self, n: int) -> list[Upload]:
        """Give the last `n` uploads, newest first, including those that were undone."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(UPLOADS).order_by(UPLOADS.c.id.desc()).limit(n))
            return [upload_of(row) for row in rows]


@dataclass
class _Totals:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    n_days: int = 0  # days added, counted from the first to the last of each series


def _add_series(
    database: Database,
    connection: sa.Connection,
    upload_id: int,
    series: list[Series],
    may_replace: bool,
    total: _Totals,
) -> None:
    """Merge the days of some series into the kept ones."""
    kept = load(connection, [added.key for added in series])
    saved: dict[Key, Days] = {}
    changes = []
    for added in series:
        stored = kept.get(added.key)
        laid, change, n_unchanged = _lay(added, stored)
        n_new = int(np.count_nonzero(np.isnan(change.before)))
        n_changed = change.days.size - n_new
        total.new, total.changed = total.new + n_new, total.changed + n_changed
        total.unchanged += n_unchanged
        if not change.days.size:
            continue
        if stored:
            if not may_replace:
                _check_replaced(added, stored, n_changed)
            _check_span(added, stored)
        total.n_days += laid.counts.size - (stored.days.counts.size if stored else 0)
        saved[added.key] = laid
        row = {"upload_id": upload_id, "name": added.name, "metric": added.metric, "event": ""}
        changes.append(row | change.as_bytes())
    save(database, connection, saved)
    if changes:
        connection.execute(sa.insert(CHANGES), changes)


def _lay(series: Series, stored: StoredSeries | None) -> tuple[Days, Change, int]:
    """Merge a series into the kept one: the new days, the change, and the number of unchanged days."""
    first = day_number(series.first_date)
    known = np.flatnonzero(~np.isnan(series.views))
    days = known + first
    if stored is None:
        return Days(first, series.views), Change(days, np.full(days.size, np.nan)), 0
    counts = series.views[known]
    before = stored.days.at(days)
    differs = before != counts  # NaN is unequal to everything
    change = Change(days[differs], before[differs])
    return stored.days.put(days, counts) or stored.days, change, days.size - change.days.size


def _check_replaced(series: Series, stored: StoredSeries, n_changed: int) -> None:
    n_kept = stored.days.n_known
    if n_changed >= LEAST_REPLACED_DAYS and n_changed > n_kept / 2:
        raise ReplacesMostError(
            f"series {quoted(series.label)}: {n_changed} of the {n_kept} days that are kept of it would get "
            "another count"
        )


def _check_span(series: Series, stored: StoredSeries) -> None:
    """Refuse a series that would span too many days to be read again: gigabytes of gaps."""
    first = min(stored.days.first_day, day_number(series.first_date))
    last = max(stored.days.last_day, day_number(series.last_date))
    if last - first >= LONGEST_SPAN_DAYS:
        raise HistoryError(
            f"series {quoted(series.label)}, with what is kept already, would go from {date_of(first)} "
            f"to {date_of(last)}, more than 100 years; is a year mistyped?"
        )


def _check_spread(connection: sa.Connection) -> None:
    n_days, n_counts = connection.execute(
        sa.select(sa.func.sum(SERIES.c.last_day - SERIES.c.first_day + 1), sa.func.sum(SERIES.c.n_days))
    ).one()
    if problem := spread_problem(int(n_days or 0), int(n_counts or 0)):
        raise HistoryError(f"with what is kept already, {problem}")


def upload_of(row: Any) -> Upload:
    """Make an upload from its row."""
    return Upload(
        **{name: getattr(row, name) for name in ("id", "received", "source", "n_series", "undone")},
        **{name: getattr(row, name) for name in ("n_new", "n_changed", "n_unchanged")},
        notes=tuple(row.notes),
    )


def _with_key(connection: sa.Connection, key: IdempotencyKey) -> Upload | None:
    """Give the upload with this idempotency key; None when there is none."""
    row = connection.execute(sa.select(UPLOADS).where(UPLOADS.c.idempotency_key == key.key)).first()
    if row is None:
        return None
    if row.fingerprint != key.fingerprint:
        raise KeyReusedError(
            f"the idempotency key {quoted(key.key)} came at {row.received} with another request; "
            "a new request needs a new key"
        )
    return replace(upload_of(row), is_repeated=True)


def _delete_older(connection: sa.Connection, than: str) -> None:
    older = sa.select(UPLOADS.c.id).where(UPLOADS.c.received < than)
    connection.execute(sa.delete(CHANGES).where(CHANGES.c.upload_id.in_(older)))
    connection.execute(sa.delete(UPLOADS).where(UPLOADS.c.received < than))
