"""One training run at a time, whose state anybody can read, also when it dies."""

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from training.history.series import HistoryError
from training.jobs import job_states as jobs
from training.jobs.job_states import (
    JobEndedError,
    JobQueuedError,
    JobRunningError,
    JobStates,
    UnknownJobError,
)
from training.jobs.running_job import is_job_id, new_job_id

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def states(tmp_path: Path) -> JobStates:
    return JobStates(tmp_path / "models", clock=lambda: NOON)


def test_a_run_can_be_followed_from_start_to_end(states: JobStates) -> None:
    with states.claim() as job:
        begun = states.state(job.id)
        assert (begun.state, begun.progress, begun.started) == ("running", 0.0, "2026-11-24T12:00:00+00:00")
        assert states.running_id() == job.id
        job.report("fitting", 0.5)
        assert (states.state(job.id).step, states.state(job.id).progress) == ("fitting", 0.5)
        job.succeed(version="v", took_over=True, scores={"1": float("nan")}, current_scores=None)
    ended = states.state(job.id)
    assert (ended.state, ended.progress, ended.version, ended.took_over) == ("succeeded", 1.0, "v", True)
    assert ended.scores == {"1": None}
    assert ended.finished == "2026-11-24T12:00:00+00:00"
    assert states.running_id() is None


def test_progress_never_falls_and_never_passes_one(states: JobStates) -> None:
    with states.claim() as job:
        for fraction, expected in (0.5, 0.5), (0.3, 0.5), (0.7, 0.7), (1.5, 1.0):
            job.report(f"step {fraction}", fraction)
            assert states.state(job.id).progress == expected
        job.fail("enough")


def test_progress_never_falls_when_threads_report_at_once(states: JobStates) -> None:
    seen = []
    with states.claim() as job, ThreadPoolExecutor(4) as pool:
        fractions = [step / 200 + odd / 50 for step in range(190) for odd in (2, 0, 1)]
        reporting = [pool.submit(job.report, "learning", fraction) for fraction in fractions]
        while not all(one.done() for one in reporting):
            seen.append(states.state(job.id).progress)
    assert seen == sorted(seen)


def test_a_thread_that_reports_late_does_not_bring_an_ended_run_back(states: JobStates) -> None:
    with states.claim() as job:
        job.fail("enough")
        job.report("learning", 0.9)
    assert states.state(job.id).state == "failed"


def test_a_second_run_is_told_which_one_is_under_way(states: JobStates) -> None:
    with states.claim() as job, pytest.raises(JobRunningError, match=job.id) as caught:
        states.claim()
    assert caught.value.job_id == job.id
    with states.claim() as following:
        assert states.running_id() == following.id != job.id


def test_a_run_that_raises_has_failed_and_says_why(states: JobStates) -> None:
    with pytest.raises(HistoryError), states.claim() as job:
        raise HistoryError("the history is too short")
    assert (states.state(job.id).state, states.state(job.id).error) == ("failed", "the history is too short")


def test_a_run_that_fails_by_a_mistake_of_ours_names_the_kind(states: JobStates) -> None:
    with pytest.raises(KeyError), states.claim() as job:
        raise KeyError("views")
    assert states.state(job.id).error == "KeyError: 'views'"


def test_a_run_that_ends_without_a_result_has_failed(states: JobStates) -> None:
    with states.claim() as job:
        pass
    assert states.state(job.id).state == "failed"


def test_a_run_whose_process_was_killed_has_failed_and_the_next_may_begin(states: JobStates) -> None:
    job_id = new_job_id()
    program = (
        "import os, signal, sys; from pathlib import Path; from training.jobs.job_states import JobStates\n"
        "job = JobStates(Path(sys.argv[1])).claim(sys.argv[2]); job.report('fitting', 0.4)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = [sys.executable, "-c", program, str(states.folder.parent), job_id]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    died = states.state(job_id)
    assert (died.state, died.step, died.progress) == ("failed", "fitting", 0.4)
    assert died.error == "the training process ended without a result"
    assert died.finished is not None
    assert states.running_id() is None
    with states.claim() as job:
        job.fail("enough")


def test_looking_never_keeps_a_run_from_beginning(states: JobStates) -> None:
    with states.claim() as job:
        job.fail("enough")
    enough = threading.Event()

    def look() -> None:
        while not enough.is_set():
            states.running_id()

    onlooker = threading.Thread(target=look)
    onlooker.start()
    try:
        for _ in range(200):
            with states.claim() as job:
                job.fail("enough")
    finally:
        enough.set()
        onlooker.join()


@pytest.mark.parametrize(
    "job_id", ["", "..", "../current", "/etc/passwd", "A" * 32, "a" * 31, "a" * 32 + "\n"]
)
def test_what_is_no_id_is_unknown_and_cannot_be_claimed(states: JobStates, job_id: str) -> None:
    assert not is_job_id(job_id)
    with pytest.raises(UnknownJobError):
        states.state(job_id)
    if job_id:
        with pytest.raises(ValueError, match="no job id"):
            states.claim(job_id)
    assert states.running_id() is None


def test_an_id_that_nobody_gave_is_unknown(states: JobStates) -> None:
    with pytest.raises(UnknownJobError, match="there is no training run"):
        states.state(new_job_id())


def test_an_id_is_used_once(states: JobStates) -> None:
    with states.claim() as job:
        job.fail("enough")
    with pytest.raises(ValueError, match="already"):
        states.claim(job.id)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"id": 1}', "[" * 100_000])
def test_a_damaged_state_is_as_good_as_none(states: JobStates, content: str) -> None:
    with states.claim() as job:
        job.fail("enough")
    (states.folder / f"{job.id}.json").write_text(content)
    with pytest.raises(UnknownJobError, match="cannot be read"):
        states.state(job.id)


def test_a_child_goes_on_with_the_run_that_its_parent_queued(states: JobStates) -> None:
    parent = states.enqueue()
    inherited = os.dup(parent.lock_descriptor)
    parent.hand_over()
    assert states.state(parent.id).state == "queued"
    with states.adopt(parent.id, inherited) as queued, states.wait_for_turn(queued) as job:
        assert states.state(parent.id).state == "running"
        with pytest.raises(JobRunningError):
            states.claim()
        with states.enqueue() as following:
            following.fail("enough")
        job.succeed(version="v", took_over=False, scores=None, current_scores=None)
    assert states.state(parent.id).state == "rejected"
    assert states.running_id() is None


def test_one_run_waits_and_whoever_comes_then_is_told_which(states: JobStates) -> None:
    with states.enqueue() as waiting, pytest.raises(JobQueuedError) as caught:
        states.enqueue()
    assert caught.value.job_id == waiting.id
    assert states.queued_id() is None


def test_a_run_that_waits_begins_when_the_one_before_has_ended(states: JobStates) -> None:
    with states.claim() as first, states.enqueue() as waiting, ThreadPoolExecutor(1) as pool:
        begun = pool.submit(states.wait_for_turn, waiting)
        assert states.state(waiting.id).state == "queued"
        first.succeed(version="v", took_over=True, scores=None, current_scores=None)
        first.hand_over()
        with begun.result(timeout=60) as second:
            assert states.running_id() == second.id == waiting.id
            second.fail("enough")


def test_a_run_that_waits_and_dies_has_failed(states: JobStates) -> None:
    with states.enqueue() as job:
        job.hand_over()
    assert states.state(job.id).state == "failed"


def test_a_run_that_is_to_end_is_cancelled_however_it_leaves(states: JobStates) -> None:
    with states.claim() as job:
        states.cancel(job.id)
        assert job.is_cancelled
    assert states.state(job.id).state == "cancelled"
    died = states.claim()
    states.cancel(died.id)
    died.hand_over()
    assert states.state(died.id).state == "cancelled"
    for ended in job, died:
        with pytest.raises(JobEndedError, match="cancelled"):
            states.cancel(ended.id)


def test_all_runs_are_listed_latest_first(states: JobStates) -> None:
    ids = []
    for age in range(3, 0, -1):
        with states.claim() as job:
            job.fail("enough")
        os.utime(states.folder / f"{job.id}.json", (-age, -age))
        ids.append(job.id)
    assert [state.id for state in states.all()] == ids[::-1]


def test_only_the_lock_of_that_run_can_be_inherited(states: JobStates) -> None:
    with states.enqueue() as job:
        with pytest.raises(ValueError, match="not held for"):
            states.adopt(new_job_id(), os.dup(job.lock_descriptor))
        with pytest.raises(ValueError, match="descriptor 9999"):
            states.adopt(job.id, 9999)
        with (
            open(states.folder / f"{job.id}.json") as other,
            pytest.raises(ValueError, match="is not that of"),
        ):
            states.adopt(job.id, other.fileno())


def test_the_states_of_long_ago_are_forgotten(states: JobStates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "KEPT_STATES", 3)
    (states.folder).mkdir(parents=True)
    (states.folder / ".partial-left-by-a-killed-process").touch()
    ids = []
    for age in range(5, 0, -1):
        with states.claim() as job:
            job.fail("enough")
        os.utime(states.folder / f"{job.id}.json", (-age, -age))
        ids.append(job.id)
    kept = {path.name for path in states.folder.iterdir()}
    assert kept == {"lock", *(f"{job_id}.json" for job_id in ids[-4:])}


def test_a_state_is_readable_json(states: JobStates) -> None:
    with states.claim() as job:
        job.fail("enough")
    text = (states.folder / f"{job.id}.json").read_text()
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"
