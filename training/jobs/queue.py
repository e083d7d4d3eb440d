"""The queue of training runs in a database: waiting, running, and the last hundred that ended.

One run is active at a time. It belongs to a process (of a service, or of the command line) under a lease.
When the process has died or the lease has expired, a run of a service is queued again once, and fails the
second time. A run of the command line fails at once, because only its user knows what it was for.
"""

import time
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from training.clock import Clock, iso_time, utc_now
from training.database.engine import Database
from training.database.tables import JOBS
from training.jobs.job_state import (
    TRAINING_SECONDS,
    Cause,
    JobEndedError,
    JobState,
    UnknownJobError,
    is_job_id,
    new_job_id,
)
from training.jobs.process_identity import is_gone, process_identity
from training.jobs.running_job import RunningJob, lease_of

KEPT_JOBS = 100
# A process reports nothing while it starts, and on a busy machine that takes minutes.
START_LEASE = timedelta(minutes=10)
# The clocks of several machines may differ by this much minus a lease.
MOST_LEASE = timedelta(minutes=15)
DIED = "the training process ended without a result"

Row = dict[str, Any]
_STATE = tuple(field.name for field in fields(JobState))
_ACTIVE = ("queued", "running")
_ACTIVE_JOBS = sa.select(JOBS).where(JOBS.c.state.in_(_ACTIVE)).order_by(JOBS.c.position)
_WAITING: Row = {"state": "queued", "step": "waiting", "progress": 0.0, "started": None, "owner": None}


class JobQueue:
    """The training runs in a database.

    Parameters
    ----------
    database : Database
    clock : callable, default=the system's
        Gives the times in states, and decides when leases expire.
    """

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def all(self) -> list[JobState]:
        """Return the states of all training runs, newest first."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(JOBS).order_by(JOBS.c.position.desc())).mappings()
            return [self._state(dict(row)) for row in rows]

    def state(self, job_id: str) -> JobState:
        """Return the state of a training run.

        Raises
        ------
        UnknownJobError
            When there is no run with that id.
        """
        with self._database.read() as connection:
            return self._state(_row(connection, job_id))

    def enqueue(self, job_id: str | None = None, cause: Cause = "request") -> str:
        """Queue a training run, to be taken by any free service.

        Parameters
        ----------
        job_id : str, default=a new id
        cause : why it is queued

        Returns
        -------
        str
            The run's id. When a run is waiting already, the id of that run: it will train on all kept data.
        """
        with self._database.write(of_jobs=True) as connection:
            return self.enqueue_within(connection, job_id, cause)

    def enqueue_within(
        self, connection: sa.Connection, job_id: str | None = None, cause: Cause = "request"
    ) -> str:
        """Do the same within a transaction of the caller."""
        for row in self._active(connection):
            if row["state"] == "queued" and row["owner"] is None:
                return str(row["id"])
        return self._insert(connection, job_id or new_job_id(), retries_left=1, cause=cause)

    def cancel(self, job_id: str) -> None:
        """Ask a training run to end; it ends within about a second, in whichever process it runs.

        Raises
        ------
        UnknownJobError
            When there is no run with that id.
        JobEndedError
            When the run has ended already.
        """
        with self._database.write(of_jobs=True) as connection:
            self._active(connection)  # updates the state of runs whose process has died
            row = _row(connection, job_id)
            if row["state"] not in _ACTIVE:
                raise JobEndedError(f"training run {job_id} has ended already: {row['state']}")
            ended = {"state": "cancelled", "finished": iso_time(self._clock())}
            _update(connection, job_id, ended if row["owner"] is None else {"is_cancelled": True})

    def take(self) -> str | None:
        """Take the first waiting run for this process, unless another run is active.

        Returns
        -------
        str or None
            The run's id; None when there is nothing to take.
        """
        with self._database.read() as connection:  # mostly there is nothing, so do not block writers
            rows = [dict(row) for row in connection.execute(_ACTIVE_JOBS).mappings()]
            if _next_free(rows) is None and not any(map(self._after_death, rows)):
                return None
        with self._database.write(of_jobs=True) as connection:
            job_id = _next_free(self._active(connection))
            if job_id is not None:
                self._start(connection, job_id, process_identity())
            return job_id

    def hand_over(self, job_id: str, pid: int) -> None:
        """Hand a run of this process over to its child process `pid`."""
        lease = (self._clock() + START_LEASE).timestamp()
        values = {"owner": process_identity(pid), "lease_until": lease}
        with self._database.write(of_jobs=True) as connection:
            is_own = (JOBS.c.id == job_id) & (JOBS.c.owner == process_identity())
            connection.execute(sa.update(JOBS).where(is_own).values(values))

    def put_back(self, job_id: str, pid: int | None = None) -> None:
        """Queue a run again that belongs to a process (default: this one), because the process is to end."""
        self._leave(job_id, pid, _WAITING)

    def is_lost(self, job_id: str, pid: int) -> bool:
        """Whether the process has lost a run that has not ended, because its lease expired."""
        with self._database.read() as connection:
            row = _row(connection, job_id)
        if row["state"] not in _ACTIVE:
            return False
        return row["owner"] != process_identity(pid) or not self._lease_is_valid(row["lease_until"])

    def fail(self, job_id: str, error: str, pid: int | None = None) -> None:
        """Take a run from a process (default: this one), and mark it as failed, with the reason."""
        self._leave(job_id, pid, {"state": "failed", "error": error, "finished": iso_time(self._clock())})

    def claim(self, job_id: str | None = None, most_seconds: float = TRAINING_SECONDS) -> RunningJob:
        """Add a run that belongs to this process; call `begin` until it may begin.

        Parameters
        ----------
        job_id : str, default=a new id
        most_seconds : the longest that it may take from its beginning

        Raises
        ------
        ValueError
            When `job_id` is not valid, or is in use.
        """
        job_id = job_id or new_job_id()
        if not is_job_id(job_id):
            raise ValueError(f"{job_id[:80]!r} is no job id; it must be 32 hexadecimal digits")
        owner = process_identity()
        with self._database.write(of_jobs=True) as connection:
            if connection.execute(sa.select(JOBS.c.id).where(JOBS.c.id == job_id)).first():
                raise ValueError(f"there has been a training run {job_id} already")
            self._active(connection)
            self._insert(
                connection, job_id, retries_left=0, owner=owner, lease_until=self._lease(), cause="command"
            )
        return RunningJob(self._database, job_id, owner, self._clock, most_seconds)

    def begin(self, job: RunningJob) -> str | None:
        """Begin a run of this process, unless another run is active: then return the id of that run."""
        with self._database.write(of_jobs=True) as connection:
            active = self._active(connection)
            for row in active:
                if row["state"] == "running":
                    return str(row["id"])
            self._start(connection, job.id, process_identity())
        job.begin()
        return None

    def adopt(
        self, job_id: str, most_seconds: float = TRAINING_SECONDS, patience: float = 30.0
    ) -> RunningJob:
        """Take over a run that the parent process hands over, and continue it.

        Raises
        ------
        UnknownJobError
            When the run is not handed over within the time allowed.
        """
        owner = process_identity()
        deadline = time.monotonic() + patience
        is_own = (JOBS.c.id == job_id) & (JOBS.c.owner == owner)
        while True:
            with self._database.read() as connection:
                is_handed_over = connection.execute(sa.select(JOBS.c.id).where(is_own)).first() is not None
            if is_handed_over:
                job = RunningJob(self._database, job_id, owner, self._clock, most_seconds)
                job.begin()
                job.renew()
                return job
            if time.monotonic() > deadline:
                raise UnknownJobError(f"training run {job_id[:80]!r} was not handed to this process")
            time.sleep(0.02)

    def _state(self, row: Row) -> JobState:
        # A process that has died stays dead. But one with an expired lease may still report, until another
        # process has recorded that it lost the run.
        if row["owner"] is not None and is_gone(row["owner"]):
            row = row | self._after_death(row)
        return JobState(**{name: row[name] for name in _STATE})

    def _active(self, connection: sa.Connection) -> list[Row]:
        """Give the waiting and active runs, oldest first, after updating those whose process has died."""
        active = []
        for row in map(dict, connection.execute(_ACTIVE_JOBS).mappings()):
            if changes := self._after_death(row):
                _update(connection, row["id"], changes)
            if (row | changes)["state"] in _ACTIVE:
                active.append(row | changes)
        return active

    def _after_death(self, row: Row) -> Row:
        """Give the changes to a run whose process has died or whose lease has expired; otherwise none."""
        owner, lease_until = row["owner"], row["lease_until"]
        if owner is None or (self._lease_is_valid(lease_until) and not is_gone(owner)):
            return {}
        if row["retries_left"] and not row["is_cancelled"]:
            return _WAITING | {"retries_left": row["retries_left"] - 1}
        begun = datetime.fromtimestamp(lease_until, UTC) - lease_of(self._database)
        last_sign = iso_time(min(begun, self._clock()))
        ended = {"owner": None, "finished": last_sign}
        return ended | ({"state": "cancelled"} if row["is_cancelled"] else {"state": "failed", "error": DIED})

    def _insert(self, connection: sa.Connection, job_id: str, **values: Any) -> str:
        last = connection.execute(sa.select(sa.func.max(JOBS.c.position))).scalar() or 0
        row = _WAITING | {"id": job_id, "position": last + 1, "queued": iso_time(self._clock())}
        connection.execute(sa.insert(JOBS).values(row | {"is_cancelled": False} | values))
        ended = sa.select(JOBS.c.id).where(JOBS.c.state.not_in(_ACTIVE)).order_by(JOBS.c.position.desc())
        old = connection.execute(ended.offset(KEPT_JOBS)).scalars().all()
        connection.execute(sa.delete(JOBS).where(JOBS.c.id.in_(old)))
        return job_id

    def _start(self, connection: sa.Connection, job_id: str, owner: str) -> None:
        started = {"state": "running", "step": "starting", "started": iso_time(self._clock())}
        _update(connection, job_id, started | {"owner": owner, "lease_until": self._lease()})

    def _leave(self, job_id: str, pid: int | None, changes: Row) -> None:
        is_own = (JOBS.c.id == job_id) & (JOBS.c.owner == process_identity(pid))
        with self._database.write(of_jobs=True) as connection:
            self._active(connection)  # ends runs with an expired lease
            row = connection.execute(sa.select(JOBS.c.is_cancelled).where(is_own)).first()
            if row is None:
                return  # it has ended, or belongs to another process
            if row.is_cancelled:
                changes = {"state": "cancelled", "finished": iso_time(self._clock())}
            _update(connection, job_id, changes | {"owner": None})

    def _lease_is_valid(self, until: float) -> bool:
        """Whether a lease has not expired; one that ends too late was given before the clock was set back."""
        return 0.0 <= until - self._clock().timestamp() <= MOST_LEASE.total_seconds()

    def _lease(self) -> float:
        return (self._clock() + lease_of(self._database)).timestamp()


def _row(connection: sa.Connection, job_id: str) -> Row:
    if not is_job_id(job_id):
        raise UnknownJobError(f"{job_id[:80]!r} is no job id; it must be 32 hexadecimal digits")
    row = connection.execute(sa.select(JOBS).where(JOBS.c.id == job_id)).mappings().first()
    if row is None:
        raise UnknownJobError(f"there is no training run {job_id}")
    return dict(row)


def _next_free(active: list[Row]) -> str | None:
    """Give the first waiting run that belongs to no process, unless a run is active."""
    if any(row["state"] == "running" for row in active):
        return None
    return next((str(row["id"]) for row in active if row["owner"] is None), None)


def _update(connection: sa.Connection, job_id: str, values: Row) -> None:
    connection.execute(sa.update(JOBS).where(JOBS.c.id == job_id).values(values))
