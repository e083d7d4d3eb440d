"""The queue of a models folder's training jobs, and a job in it that this process seems to do."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from training.database.engine import Database
from training.jobs.job_state import JobState
from training.jobs.queue import JobQueue
from training.jobs.running_job import RunningJob


@contextmanager
def open_queue(models: Path, archive: str | None = None) -> Iterator[JobQueue]:
    with closing(Database(archive or f"sqlite:///{models}/archive.sqlite")) as database:
        yield JobQueue(database)


@contextmanager
def running_job(models: Path, archive: str | None = None) -> Iterator[RunningJob]:
    """A job that is under way, and has failed when the block is left."""
    with open_queue(models, archive) as queue, queue.claim() as job:
        assert queue.begin(job) is None
        finished = threading.Event()

        def renew() -> None:
            while not finished.wait(5.0):
                job.must_stop()

        threading.Thread(target=renew, daemon=True).start()
        try:
            yield job
        finally:
            finished.set()


def state_of(models: Path, job_id: str) -> JobState:
    with open_queue(models) as queue:
        return queue.state(job_id)


def running_id(queue: JobQueue) -> str | None:
    """The job that is under way."""
    return next((job.id for job in queue.all() if job.state == "running"), None)
