"""One training run at a time, whoever does it, whose state anybody can read, also when its process dies."""

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.training.clocks import StillClock
from tests.training.job_queues import running_id
from training.database.engine import PATIENT_SECONDS, Database
from training.history.series import HistoryError
from training.jobs import queue as queues
from training.jobs.job_state import (
    JobEndedError,
    JobLostError,
    JobState,
    UnknownJobError,
    is_job_id,
    new_job_id,
)
from training.jobs.process_identity import is_gone, process_identity
from training.jobs.queue import JobQueue
from training.jobs.running_job import LEASE, RunningJob, lease_of

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> StillClock:
    return StillClock(NOON)


@pytest.fixture
def queue(database: Database, clock: StillClock) -> JobQueue:
    return JobQueue(database, clock)


def begun(queue: JobQueue) -> RunningJob:
    """A run of this process that is under way."""
    job = queue.claim()
    assert queue.begin(job) is None
    return job


def run_elsewhere(
    url: str, program: str, container: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Do something with the queue in another process, which kills itself then, so that it must not buffer."""
    prelude = (
        "import os, signal, sys; from training.database.engine import Database\n"
        "from training.jobs.queue import JobQueue\nqueue = JobQueue(Database(sys.argv[1]))\n"
    )
    return subprocess.run(
        [
            *(*container, sys.executable, "-u", "-c"),
            f"{prelude}{program}\nos.kill(os.getpid(), signal.SIGKILL)",
            url,
        ],
        cwd=ROOT,
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_run_can_be_followed_from_start_to_end(queue: JobQueue) -> None:
    with begun(queue) as job:
        state = queue.state(job.id)
        assert (state.state, state.progress, state.started) == ("running", 0.0, "2026-11-24T12:00:00+00:00")
        assert running_id(queue) == job.id
        job.report("fitting", 0.5)
        assert (queue.state(job.id).step, queue.state(job.id).progress) == ("fitting", 0.5)
        job.succeed(version="v", took_over=True, scores={"1": float("nan")}, current_scores=None)
    ended = queue.state(job.id)
    assert (ended.state, ended.progress, ended.version, ended.took_over) == ("succeeded", 1.0, "v", True)
    assert (ended.scores, ended.current_scores) == ({"1": None}, None)
    assert ended.finished == "2026-11-24T12:00:00+00:00"
    assert running_id(queue) is None


def test_progress_never_falls_and_never_passes_one(queue: JobQueue) -> None:
    with begun(queue) as job:
        for fraction, expected in (0.5, 0.5), (0.3, 0.5), (0.7, 0.7), (1.5, 1.0):
            job.report(f"step {fraction}", fraction)
            assert queue.state(job.id).progress == expected
        job.fail("enough")


def test_progress_never_falls_when_threads_report_at_once(in_file: Database) -> None:
    queue, seen = JobQueue(in_file), []
    with begun(queue) as job, ThreadPoolExecutor(4) as pool:
        fractions = [step / 50 + odd / 20 for step in range(45) for odd in (2, 0, 1)]
        reporting = [pool.submit(job.report, "learning", fraction) for fraction in fractions]
        while not all(future.done() for future in reporting):
            seen.append(queue.state(job.id).progress)
        for future in reporting:
            future.result()
    assert seen == sorted(seen)


def test_a_thread_that_reports_late_does_not_bring_an_ended_run_back(queue: JobQueue) -> None:
    with begun(queue) as job:
        job.fail("enough")
        job.report("learning", 0.9)
    assert queue.state(job.id).state == "failed"


def test_a_second_run_waits_for_its_turn_and_learns_for_whom(queue: JobQueue) -> None:
    with begun(queue) as first, queue.claim() as second:
        assert queue.begin(second) == first.id
        assert queue.state(second.id).state == "queued"
        first.fail("enough")
        assert queue.begin(second) is None
        assert running_id(queue) == second.id


def test_a_run_that_raises_has_failed_and_says_why(queue: JobQueue) -> None:
    with pytest.raises(HistoryError), begun(queue) as job:
        raise HistoryError("the history is too short")
    assert (queue.state(job.id).state, queue.state(job.id).error) == ("failed", "the history is too short")


def test_a_run_that_fails_by_a_mistake_of_ours_names_the_kind(queue: JobQueue) -> None:
    with pytest.raises(KeyError), begun(queue) as job:
        raise KeyError("views")
    assert queue.state(job.id).error == "KeyError: 'views'"


def test_a_run_that_ends_without_a_result_has_failed(queue: JobQueue) -> None:
    with begun(queue) as job:
        pass
    assert queue.state(job.id).state == "failed"


def test_a_run_of_the_command_line_whose_process_was_killed_has_failed(url: str, queue: JobQueue) -> None:
    job_id = new_job_id()
    program = f"job = queue.claim('{job_id}'); queue.begin(job); job.report('fitting', 0.4)"
    assert run_elsewhere(url, program).returncode == -signal.SIGKILL
    died = queue.state(job_id)
    assert (died.state, died.step, died.progress) == ("failed", "fitting", 0.4)
    assert died.error == "the training process ended without a result"
    assert died.finished is not None
    assert running_id(queue) is None
    with begun(queue) as job:
        job.fail("enough")
    assert queue.state(job_id).finished == died.finished


def test_a_run_of_a_service_whose_process_was_killed_is_tried_once_more(url: str, queue: JobQueue) -> None:
    job_id = queue.enqueue()
    for state in "queued", "failed":
        assert run_elsewhere(url, "print(queue.take())").stdout.strip() == job_id
        assert queue.state(job_id).state == state
    assert queue.state(job_id).error == "the training process ended without a result"
    assert queue.take() is None


def test_a_process_elsewhere_that_is_not_heard_of_any_more_loses_its_run(
    database: Database, queue: JobQueue, clock: StillClock
) -> None:
    job_id = queue.enqueue()
    assert queue.take() == job_id
    queue.hand_over(job_id, os.getpid())
    job = queue.adopt(job_id)
    clock.now += lease_of(database) - timedelta(seconds=1)
    assert queue.take() is None
    job.report("learning", 0.2)
    clock.now += lease_of(database) - timedelta(seconds=1)
    assert queue.take() is None
    clock.now += timedelta(seconds=2)
    other = JobQueue(database, clock)
    assert other.take() == job_id
    clock.now += lease_of(database) + timedelta(seconds=1)
    assert other.state(job_id).state == "running"  # it may be heard of again, until somebody looks
    assert other.take() is None
    assert other.state(job_id).state == "failed"


def test_a_run_that_waits_for_another_writer_is_not_lost(tmp_path: Path, clock: StillClock) -> None:
    """Such as for a large upload, which locks all of SQLite: renewing its lease has to wait, too."""
    with closing(Database(f"sqlite:///{tmp_path}/archive.sqlite")) as database:
        queue = JobQueue(database, clock)
        job = begun(queue)
        clock.now += timedelta(seconds=PATIENT_SECONDS)
        assert not queue.is_lost(job.id, os.getpid())


def test_a_process_may_take_minutes_to_start_on_a_busy_machine(
    database: Database, queue: JobQueue, clock: StillClock
) -> None:
    job_id = queue.enqueue()
    assert queue.take() == job_id
    queue.hand_over(job_id, os.getpid())
    clock.now += 5 * LEASE
    assert JobQueue(database, clock).take() is None
    assert not queue.is_lost(job_id, os.getpid())
    queue.adopt(job_id)
    clock.now += lease_of(database) + timedelta(seconds=1)  # from now on, it has to say that it lives
    assert queue.is_lost(job_id, os.getpid())


def test_a_lease_from_before_the_clock_was_set_back_has_run_out(queue: JobQueue, clock: StillClock) -> None:
    job_id = queue.enqueue()
    clock.now += timedelta(days=365)
    assert queue.take() == job_id
    clock.now = NOON
    assert queue.take() == job_id


@pytest.mark.skipif(shutil.which("unshare") is None or os.geteuid() != 0, reason="a namespace needs root")
def test_the_run_of_a_container_that_died_is_taken_when_its_lease_is_over(
    database: Database, url: str, clock: StillClock
) -> None:
    """Its processes have numbers of their own, among which nobody outside can look for one."""
    clock.now = datetime.now(UTC)
    queue = JobQueue(database, clock)
    job_id = queue.enqueue()
    container = "unshare", "--pid", "--fork", "--mount-proc", "--kill-child"
    assert run_elsewhere(url, "print(queue.take())", container).stdout.strip() == job_id
    assert queue.state(job_id).state == "running"
    assert queue.take() is None
    clock.now = datetime.now(UTC) + lease_of(database) + timedelta(seconds=1)
    assert queue.take() == job_id


def test_what_a_process_says_of_a_run_that_it_has_lost_does_not_count(url: str, queue: JobQueue) -> None:
    job_id = queue.enqueue()
    queue.take()
    job = queue.adopt(job_id)
    queue.put_back(job_id)
    assert job.must_stop()
    with pytest.raises(JobLostError), job:
        job.report("learning", 0.5)
    assert queue.state(job_id).state == "queued"
    assert run_elsewhere(url, "print(queue.take())").stdout.strip() == job_id
    with pytest.raises(JobLostError):
        job.succeed(version="v", took_over=True, scores=None, current_scores=None)
    assert queue.state(job_id).version is None


def test_of_many_who_look_at_once_one_takes_the_run(url: str, queue: JobQueue) -> None:
    job_id = queue.enqueue()
    with ThreadPoolExecutor(8) as pool, closing(Database(url)) as another:
        taking = [pool.submit(JobQueue(another).take) for _ in range(8)]
        taken = [future.result() for future in taking]
    assert (taken.count(job_id), taken.count(None)) == (1, 7)


def test_what_is_asked_for_while_a_run_waits_is_that_run(queue: JobQueue) -> None:
    waiting = queue.enqueue()
    assert queue.enqueue() == waiting
    assert queue.take() == waiting
    following = queue.enqueue()
    assert following != waiting
    assert [state.state for state in queue.all()] == ["queued", "running"]
    assert queue.take() is None
    queue.fail(waiting, "enough")
    assert queue.take() == following


@pytest.mark.parametrize("job_id", ["", "..", "../current", "A" * 32, "a" * 31, "a" * 32 + "\n"])
def test_what_is_no_id_is_unknown_and_cannot_be_claimed(in_file: Database, job_id: str) -> None:
    queue = JobQueue(in_file)
    assert not is_job_id(job_id)
    for use in queue.state, queue.cancel:
        with pytest.raises(UnknownJobError, match="no job id"):
            use(job_id)
    if job_id:
        with pytest.raises(ValueError, match="no job id"):
            queue.claim(job_id)
    assert queue.all() == []


def test_an_id_that_nobody_gave_is_unknown(queue: JobQueue) -> None:
    for use in queue.state, queue.cancel:
        with pytest.raises(UnknownJobError, match="there is no training run"):
            use(new_job_id())
    with pytest.raises(UnknownJobError, match="was not handed to this process"):
        queue.adopt(new_job_id(), patience=0.0)


def test_an_id_is_used_once(queue: JobQueue) -> None:
    with begun(queue) as job:
        job.fail("enough")
    with pytest.raises(ValueError, match="already"):
        queue.claim(job.id)


def test_a_run_that_is_to_end_is_cancelled_however_it_leaves(url: str, queue: JobQueue) -> None:
    with begun(queue) as job:
        assert not job.must_stop()
        queue.cancel(job.id)
        assert job.must_stop()
    waiting, dying = queue.enqueue(), new_job_id()
    queue.cancel(waiting)
    run_elsewhere(url, f"queue.begin(queue.claim('{dying}')); queue.cancel('{dying}')")
    for ended in job.id, waiting, dying:
        assert queue.state(ended).state == "cancelled"
        assert queue.state(ended).finished
        with pytest.raises(JobEndedError, match="cancelled"):
            queue.cancel(ended)


def test_a_run_that_has_an_outcome_is_not_stopped(queue: JobQueue) -> None:
    with begun(queue) as job:
        job.succeed(version="v", took_over=True, scores=None, current_scores=None)
        assert not job.must_stop()


def test_a_run_that_takes_too_long_has_failed_and_says_so(queue: JobQueue) -> None:
    job = queue.claim(most_seconds=0.0)
    assert not job.must_stop()  # to wait takes no time
    queue.begin(job)
    assert job.must_stop()
    state: JobState = queue.state(job.id)
    assert (state.state, state.error) == ("failed", job.error)
    assert "it took longer than 0 s" in str(job.error)


def test_the_runs_of_long_ago_are_forgotten(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "KEPT_JOBS", 3)
    ids = []
    for _ in range(5):
        with begun(queue) as job:
            job.fail("enough")
        ids.append(job.id)
    waiting = queue.enqueue()
    assert [state.id for state in queue.all()] == [waiting, *ids[:1:-1]]


def test_a_process_is_told_from_a_later_one_with_its_number() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    identity = process_identity(process.pid)
    assert not is_gone(identity)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(identity)  # it still waits to be reaped
    assert is_gone(process_identity(process.pid))  # who asks for its name comes too late
    process.communicate()
    assert is_gone(identity)
    place, pid, start = process_identity().rsplit(" ", 2)
    assert is_gone(f"{place} {pid} {int(start) + 1}")
    assert not is_gone(f"another-boot {pid} {int(start) + 1}")
