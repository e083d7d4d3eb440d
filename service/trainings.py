"""Work on the queue of training jobs: each worker takes waiting jobs, and runs each in a process.

The jobs are in the database, so any worker of any service on it can take and follow each of them.
"""

import asyncio
import logging
import subprocess
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from anyio.to_thread import run_sync

from service.changing_models import changing_models
from service.database import ServiceDatabase
from service.http.logs import request_id
from service.http.problems import ProblemError
from service.http.tracing import traceparent
from service.settings import Settings
from training.jobs.job_state import JobEndedError, JobState, UnknownJobError, new_job_id
from training.jobs.process import delete_logs, make_log, note_in_log, start_training

if TYPE_CHECKING:
    from training.database.engine import Database
    from training.jobs.queue import JobQueue

LOOK_SECONDS = 1.0
# While the database does not answer, which is logged each time.
TROUBLE_SECONDS = 10.0
TRIGGER_SECONDS = 20.0
# What a training process may take to end when the service stops, before it is killed.
STOP_SECONDS = 5.0
# How often to check that the training process still reports; one that hangs is killed.
LOST_LOOK_SECONDS = 10.0

T = TypeVar("T")
log = logging.getLogger(__name__)


class Trainings:
    """The training jobs, and the process of this worker's job.

    Parameters
    ----------
    settings : Settings
    database : holds the jobs
    """

    def __init__(self, settings: Settings, database: ServiceDatabase) -> None:
        self.database = database
        self.folder = settings.folder
        self._settings = settings
        self._wake = asyncio.Event()
        self._is_stopping = False
        self._trouble = ""
        self._next_triggers = 0.0

    async def ask(self, use: "Callable[[JobQueue], T]") -> T:
        """Call a function with the queue of jobs, in a thread.

        Raises
        ------
        ProblemError
            When the database does not answer, there is no such job, or it has ended.
        """
        return await self.database.run(lambda opened: _asked(opened, use))

    async def enqueue(self) -> str:
        """Queue a job, and give its id, or that of a job that is waiting already."""
        job = new_job_id()
        with changing_models("; no training is queued, and a history that came with this is kept"):
            await run_sync(make_log, self.folder, job)
        queued = await self.ask(lambda queue: queue.enqueue(job))
        self._wake.set()
        await self._note_request(queued)
        return queued

    async def _note_request(self, job: str) -> None:
        """Write the id of the request to the job's log, and the job's id to the service's log."""
        log.info("training job %s is queued", job)
        trace = traceparent.get()
        line = f"asked for by request {request_id.get()}" + (f", traceparent {trace}" if trace else "")
        try:
            await run_sync(note_in_log, self.folder, job, line)
        except OSError as error:
            log.warning("the log of training job %s cannot be written: %s", job, error.strerror)

    async def work(self) -> None:
        """Run one waiting job after the other, until `stop` is called."""
        while not self._is_stopping:
            await self._look_at_triggers()
            started = await self._take()
            if started is not None:
                await self._follow(*started)
                continue
            try:
                await asyncio.wait_for(self._wake.wait(), TROUBLE_SECONDS if self._trouble else LOOK_SECONDS)
            except TimeoutError:
                continue
            self._wake.clear()

    def stop(self) -> None:
        """Make `work` end soon: the current job is queued again, and its process ended."""
        self._is_stopping = True
        self._wake.set()

    async def _look_at_triggers(self) -> None:
        """Queue the trainings of triggers that are due."""
        chosen = self._settings
        if not (chosen.schedule or chosen.error_growth) or time.monotonic() < self._next_triggers:
            return
        self._next_triggers = time.monotonic() + TRIGGER_SECONDS
        if not self.database.is_there():
            return

        def look(database: "Database") -> list[str]:
            from training.jobs.triggers import Triggers

            return Triggers(database, chosen.schedule, chosen.error_growth).look()

        try:
            for job in await self.database.run(look):
                log.info("training job %s was queued by itself", job)
        except ProblemError as problem:
            log.warning("what starts trainings by itself cannot be looked at: %s", problem.detail)

    async def _take(self) -> tuple[str, subprocess.Popen[bytes]] | None:
        """Take a waiting job and start its process; a failure is logged once."""
        if not self.database.is_there():
            return None
        try:
            started = await self.ask(self._start)
        except ProblemError as problem:
            if problem.detail != self._trouble:
                self._trouble = problem.detail
                log.warning("the jobs cannot be looked at: %s", problem.detail)
            return None
        self._trouble = ""
        return started

    def _start(self, queue: "JobQueue") -> tuple[str, subprocess.Popen[bytes]] | None:
        job = queue.take()
        if job is None:
            return None
        chosen = self._settings
        try:
            make_log(self.folder, job)
            delete_logs(self.folder, {state.id for state in queue.all()})
            process = start_training(
                job,
                chosen.models,
                chosen.folder,
                chosen.archive_url,
                chosen.events or "",
                chosen.holidays or "",
                chosen.training_seconds,
                chosen.key_to_sign_with or "",
                chosen.dask_scheduler or "",
            )
        except OSError as error:
            log.exception("training job %s could not be started", job)
            queue.fail(job, f"its process could not be started: {error.strerror}")
            return None
        try:
            queue.hand_over(job, process.pid)
        except BaseException:
            # It waits for a job that it will not get; when the lease has run out, the job is taken again.
            _end(process, 0.0)
            raise
        return job, process

    async def _follow(self, job: str, process: subprocess.Popen[bytes]) -> None:
        """Wait for a training process; end it when the service stops, or when it hangs."""
        next_look = time.monotonic() + LOST_LOOK_SECONDS
        while process.poll() is None:
            if self._is_stopping:
                await self._tell(lambda queue: queue.put_back(job, process.pid))
                await run_sync(_end, process, STOP_SECONDS)
                log.warning("training job %s was ended, because the service stops; it waits again", job)
                return
            if time.monotonic() > next_look:
                next_look = time.monotonic() + LOST_LOOK_SECONDS
                if await self._is_lost(job, process):
                    log.error("training job %s hangs: its process is killed", job)
                    await run_sync(_end, process, 0.0)
            await asyncio.sleep(0.2)
        log.info("training job %s ended with exit code %d", job, process.returncode)

    async def _is_lost(self, job: str, process: subprocess.Popen[bytes]) -> bool:
        try:
            return await self.ask(lambda queue: queue.is_lost(job, process.pid))
        except ProblemError:
            return False  # nothing can be known of it now

    async def _tell(self, use: "Callable[[JobQueue], None]") -> None:
        """Call a function with the queue; if that fails, the job is found dead after a minute."""
        try:
            await self.ask(use)
        except ProblemError as problem:
            log.warning("the state of a training job cannot be written down: %s", problem.detail)

    async def states(self) -> list[JobState]:
        """Give the states of all jobs, newest first."""
        return await run_sync(self.states_here)

    def states_here(self) -> list[JobState]:
        """Give the states of all jobs, in this thread."""
        if not self.database.is_there():
            return []
        return self.database.run_here(lambda opened: _asked(opened, lambda queue: queue.all()))


def _asked(database: "Database", use: "Callable[[JobQueue], T]") -> T:
    from training.jobs.queue import JobQueue

    try:
        return use(JobQueue(database))
    except UnknownJobError as error:
        raise ProblemError("unknown-job", str(error)) from error
    except JobEndedError as error:
        raise ProblemError("job-ended", str(error)) from error


def _end(process: subprocess.Popen[bytes], patience: float) -> None:
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
