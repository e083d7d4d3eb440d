"""All training runs of a models folder: their states, and the locks that let one run and one more wait.

A lock belongs to the training process and is freed by the kernel when that ends, however it ends: a run
that says "running" while nobody holds the lock has died. A run that waits will train on all that is kept when
its turn comes, so there is no use in a second one.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from training.clock import Clock, iso_time, utc_now
from training.disk import durable
from training.errors import ViewcastError, reason_of
from training.jobs.running_job import (
    CANCEL_SUFFIX,
    JobState,
    QueuedJob,
    RunningJob,
    is_job_id,
    new_job_id,
)

LOCK_FILE = "lock"
QUEUE_FILE = "queue"
LOG_SUFFIX = ".log"
KEPT_STATES = 100
WAIT_SECONDS = 0.2  # between two looks at whether the run before has ended


class UnknownJobError(ViewcastError):
    """There is no training run of that id."""


class JobRunningError(ViewcastError):
    """Another training run is under way; `job_id` names it."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"training run {job_id} is under way; a models folder has one at a time")
        self.job_id = job_id


class JobQueuedError(ViewcastError):
    """Another training run waits already; `job_id` names it."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"training run {job_id} waits already, and will train on all that is kept")
        self.job_id = job_id


class JobEndedError(ViewcastError):
    """A training run that has ended cannot be cancelled."""


class JobStates:
    """The training runs of a models folder.

    Parameters
    ----------
    models : Path
        The models folder.
    clock : callable, default=the system's
        Gives the times that states carry.
    """

    def __init__(self, models: Path, clock: Clock = utc_now) -> None:
        self.folder = models / "jobs"
        self._clock = clock

    def all(self) -> list[JobState]:
        """Return the states of all training runs, latest first; those that cannot be read are left out."""
        states = []
        for path in sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True):
            with contextlib.suppress(UnknownJobError):
                states.append(self.state(path.stem))
        return states

    def state(self, job_id: str) -> JobState:
        """Return the state of a training run; one that died without a result has failed.

        Raises
        ------
        UnknownJobError
            When there is none of that id.
        """
        state = self._read(job_id)
        if state.has_ended or job_id in (self.running_id(), self.queued_id()):
            return state
        state = self._read(job_id)  # it may have ended between the two looks
        if state.has_ended:
            return state
        finished = iso_time(datetime.fromtimestamp(self._path(job_id).stat().st_mtime, UTC))
        if self._path(job_id).with_suffix(CANCEL_SUFFIX).exists():
            return replace(state, state="cancelled", finished=finished)
        error = "the training process ended without a result"
        return replace(state, state="failed", finished=finished, error=error)

    def running_id(self) -> str | None:
        """Return the id of the training run that is under way, or None."""
        return self._holder_of(LOCK_FILE)

    def queued_id(self) -> str | None:
        """Return the id of the training run that waits, or None."""
        return self._holder_of(QUEUE_FILE)

    def cancel(self, job_id: str) -> None:
        """Ask a training run to end; it does within a second or so, wherever it runs.

        Raises
        ------
        UnknownJobError
            When there is none of that id.
        JobEndedError
            When it has ended already.
        """
        state = self.state(job_id)
        if state.has_ended:
            raise JobEndedError(f"training run {job_id} has ended already: {state.state}")
        durable.replace(self._path(job_id).with_suffix(CANCEL_SUFFIX), b"")

    def enqueue(self) -> QueuedJob:
        """Become the training run that waits for its turn; to be used as a context manager.

        Raises
        ------
        JobQueuedError
            When another one waits.
        """
        job_id = new_job_id()
        lock = self._locked(QUEUE_FILE, job_id, JobQueuedError)
        now = iso_time(self._clock())
        return QueuedJob(
            self._path(job_id), lock, JobState(job_id, "queued", "waiting", 0.0, now), self._clock
        )

    def claim(self, job_id: str | None = None) -> RunningJob:
        """Become the training run of this models folder; to be used as a context manager.

        Parameters
        ----------
        job_id : str, default=a new one

        Raises
        ------
        JobRunningError
            When another one is under way.
        ValueError
            When `job_id` is not an id, or has been used.
        """
        job_id = job_id or new_job_id()
        if self._path(job_id).exists():
            raise ValueError(f"there has been a training run {job_id} already")
        lock = self._locked(LOCK_FILE, job_id, JobRunningError)
        now = iso_time(self._clock())
        return RunningJob(
            self._path(job_id), lock, JobState(job_id, "running", "starting", 0.0, now, now), self._clock
        )

    def adopt(self, job_id: str, lock_descriptor: int) -> QueuedJob:
        """Go on with the run that the parent process queued, whose lock this process has inherited.

        Raises
        ------
        ValueError
            When the descriptor is not that of the queue's lock, or the lock is held for another run.
        """
        path = self._path(job_id)
        try:
            os.set_inheritable(lock_descriptor, False)
            is_the_lock = os.path.samestat(os.fstat(lock_descriptor), os.stat(self.folder / QUEUE_FILE))
        except OSError:
            is_the_lock = False
        if not is_the_lock:
            raise ValueError(f"descriptor {lock_descriptor} is not that of {self.folder / QUEUE_FILE}")
        lock = open(lock_descriptor, "a+b")  # noqa: SIM115  (the job closes it)
        if not _try_lock(lock) or _holder(lock) != job_id:
            lock.close()
            raise ValueError(f"the lock is not held for training run {job_id}")
        return QueuedJob(path, lock, self._read(job_id), self._clock)

    def wait_for_turn(self, job: QueuedJob) -> RunningJob:
        """Wait until no other run is under way, and let a queued one begin."""
        while True:
            with contextlib.suppress(JobRunningError):
                return job.begin(self._locked(LOCK_FILE, job.id, JobRunningError))
            time.sleep(WAIT_SECONDS)

    def _locked(self, file: str, job_id: str, busy: type[JobRunningError] | type[JobQueuedError]) -> BinaryIO:
        """Take a lock, and say in it for which run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = (self.folder / file).open("a+b")
        try:
            with self._turnstile():
                if not _try_lock(lock):
                    raise busy(_holder(lock))
                lock.truncate(0)
                lock.write(job_id.encode())
                lock.flush()
            self._tidy()
        except BaseException:
            lock.close()
            raise
        return lock

    def _holder_of(self, file: str) -> str | None:
        if not (self.folder / file).exists():
            return None
        with self._turnstile(), (self.folder / file).open("rb") as lock:
            return None if _try_lock(lock) else _holder(lock)

    def log_path(self, job_id: str) -> Path:
        """Where a run's process writes what it prints; it need not exist."""
        return self._path(job_id).with_suffix(LOG_SUFFIX)

    def _path(self, job_id: str) -> Path:
        if not is_job_id(job_id):
            raise ValueError(f"{job_id[:80]!r} is no job id; it must be 32 hexadecimal digits")
        return self.folder / f"{job_id}.json"

    def _read(self, job_id: str) -> JobState:
        if not is_job_id(job_id):
            raise UnknownJobError(f"{job_id[:80]!r} is no job id; it must be 32 hexadecimal digits")
        try:
            document = json.loads(durable.read(self._path(job_id), 2**20))
            return JobState(**{field.name: document[field.name] for field in fields(JobState)})
        except FileNotFoundError:
            raise UnknownJobError(f"there is no training run {job_id}") from None
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            raise UnknownJobError(
                f"the state of training run {job_id} cannot be read: {reason_of(error)}"
            ) from error

    @contextlib.contextmanager
    def _turnstile(self) -> Iterator[None]:
        """Let one process at a time look at the lock: to look is to take it for a moment."""
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _tidy(self) -> None:
        for leftover in self.folder.glob(durable.PARTIAL + "*"):
            leftover.unlink()
        states = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in states[:-KEPT_STATES]:
            for file in path, path.with_suffix(CANCEL_SUFFIX), path.with_suffix(LOG_SUFFIX):
                file.unlink(missing_ok=True)


def _try_lock(lock: BinaryIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(lock: BinaryIO) -> str:
    lock.seek(0)
    return lock.read().decode(errors="replace")
