"""The training run of this process: it reports progress, and notices when it must end."""

import logging
import threading
import time
from datetime import timedelta
from types import TracebackType
from typing import Any, Literal, Self

import sqlalchemy as sa

from training.clock import Clock, iso_time
from training.database.engine import PATIENT_SECONDS, Database, DatabaseError
from training.database.tables import JOBS
from training.disk.plain_json import plain
from training.errors import reason_of
from training.jobs.job_state import TRAINING_SECONDS, JobLostError, too_long

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 10.0
# Progress is saved after this much since the last time, so that saving costs little.
_PROGRESS_STEP = 0.005
# Saving an outcome is retried for this long, because it is the result of hours of work.
OUTCOME_SECONDS = 50.0
OUTCOME_PAUSE = 1.0

log = logging.getLogger(__name__)


def lease_of(database: Database) -> timedelta:
    """How long a process may report nothing, on any machine, before its run counts as lost.

    In SQLite, a report may have to wait for another writer, such as a large upload.
    """
    return LEASE + timedelta(seconds=PATIENT_SECONDS) if database.is_sqlite else LEASE


class RunningJob:
    """A training run that belongs to this process.

    A context manager: a run that leaves the block without an outcome has failed or was cancelled.

    Parameters
    ----------
    database : holds the state
    job_id : id of a run that belongs to `owner`
    owner : the name of this process, from `process_identity`
    clock : gives the times in the state
    most_seconds : the longest that it may take from its beginning

    Attributes
    ----------
    error : why the run failed; None unless it did
    """

    def __init__(
        self,
        database: Database,
        job_id: str,
        owner: str,
        clock: Clock,
        most_seconds: float = TRAINING_SECONDS,
    ) -> None:
        self.id = job_id
        self.progress = 0.0
        self._database = database
        self._owner = owner
        self._clock = clock
        self._most_seconds = most_seconds
        self._step = ""
        self._has_ended = False
        # Parts of a model are trained in threads, which may report at any time, even while the run ends.
        self._reporting = threading.RLock()
        self._began: float | None = None
        self._renewed = time.monotonic()
        self.error: str | None = None

    def begin(self) -> None:
        """Start the time limit of the run."""
        self._began = self._renewed = time.monotonic()

    def report(self, step: str, fraction: float) -> None:
        """Report the current step and the progress, 0 to 1; progress never falls.

        Raises `JobLostError` when the run does not belong to this process any more. When the database cannot
        be written, that is logged, and training continues.
        """
        with self._reporting:
            if self._has_ended:
                return
            progress = min(max(fraction, self.progress), 1.0)
            if step == self._step and progress < self.progress + _PROGRESS_STEP:
                return
            self._step, self.progress = step, progress
            try:
                self._save({"step": step, "progress": progress})
            except DatabaseError as error:
                log.warning("the progress of training run %s cannot be written down: %s", self.id, error)

    def succeed(
        self,
        *,
        version: str,
        took_over: bool,
        scores: dict[str, Any] | None,
        current_scores: dict[str, Any] | None,
    ) -> None:
        """Record that a version was published, and whether it took over."""
        self._end(
            "succeeded" if took_over else "rejected",
            progress=1.0,
            version=version,
            took_over=took_over,
            scores=plain(scores),
            current_scores=plain(current_scores),
        )

    def fail(self, error: str) -> None:
        """Record why the run failed."""
        self.error = error
        self._end("failed", error=error)

    def must_stop(self) -> bool:
        """Renew the lease; say whether the run was cancelled, took too long, or belongs to another process.

        To be called about every second while the run is active.
        """
        with self._reporting:
            if self._has_ended:
                return False
            now = time.monotonic()
            try:
                if self._began is not None and now - self._began > self._most_seconds:
                    self.fail(too_long(self._most_seconds))
                    return True
                if now - self._renewed > RENEW_SECONDS:
                    self.renew()
                    self._renewed = now
                return self.is_cancelled
            except JobLostError:
                return True
            except DatabaseError as error:
                log.warning("the lease of training run %s cannot be renewed: %s", self.id, error)
                return now - self._renewed > lease_of(self._database).total_seconds()

    def renew(self) -> None:
        """Renew the lease. Raises `JobLostError` when the run does not belong to this process any more."""
        self._save({})

    @property
    def is_cancelled(self) -> bool:
        """Whether the run was cancelled. Raises `JobLostError` when it belongs to this process no more."""
        with self._database.read() as connection:
            query = sa.select(JOBS.c.is_cancelled).where(JOBS.c.id == self.id, JOBS.c.owner == self._owner)
            row = connection.execute(query).first()
        if row is None:
            raise JobLostError(f"training run {self.id} goes on elsewhere, or was ended")
        return bool(row.is_cancelled)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._has_ended or isinstance(error, JobLostError):
            return
        try:
            if self.is_cancelled:
                self._end("cancelled")
            else:
                self.fail("it ended without a result" if error is None else _reason(error))
        except JobLostError:
            # The process that has the run now records its end; the error here is raised on.
            self._has_ended = True

    def _end(self, state: Literal["succeeded", "rejected", "failed", "cancelled"], **outcome: Any) -> None:
        values = {"state": state, "finished": iso_time(self._clock()), "owner": None, **outcome}
        with self._reporting:
            self._has_ended = True
            deadline = time.monotonic() + OUTCOME_SECONDS
            while True:
                try:
                    return self._save(values)
                except DatabaseError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(OUTCOME_PAUSE)

    def _save(self, values: dict[str, Any]) -> None:
        """Save values in the state and renew the lease, if the run still belongs to this process."""
        lease = (self._clock() + lease_of(self._database)).timestamp()
        is_own = (JOBS.c.id == self.id) & (JOBS.c.owner == self._owner)
        with self._database.write(of_jobs=True) as connection:
            saved = connection.execute(sa.update(JOBS).where(is_own).values(lease_until=lease, **values))
        if saved.rowcount == 0:
            raise JobLostError(f"training run {self.id} goes on elsewhere, or was ended")


def _reason(error: BaseException) -> str:
    """Give an error's message; for Python's own errors, with the name of the class."""
    if type(error).__module__ == "builtins":
        return f"{type(error).__name__}: {reason_of(error)}"
    return reason_of(error)
