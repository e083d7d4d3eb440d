"""`python -m training fit`: what it shows, how it ends, and what others see of it meanwhile."""

import os
import pty
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.command_lines import fitted, training
from tests.conftest import ROOT, environment, wait_until
from tests.training.job_queues import open_queue, running_id, running_job, state_of
from training.history.files import write_csv
from training.history.synthetic import generate_history
from training.jobs.job_state import JobState, UnknownJobError, new_job_id
from training.jobs.process import NICENESS, log_path, make_log, start_training
from training.store.model_store import ModelStore


@pytest.fixture
def models(tmp_path: Path, trained_models: Path) -> Path:
    return shutil.copytree(trained_models, tmp_path / "models")


def a_sample(folder: Path, n_days: int) -> Path:
    path = folder / "views.csv"
    write_csv(generate_history(2, n_days, np.datetime64("2026-11-23")), path)
    return path


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Too short to learn anything from that the prior does not know: quick."""
    return a_sample(tmp_path, 75)


@pytest.fixture
def long_history(tmp_path: Path) -> Path:
    """Long enough for a run to be met while it learns."""
    return a_sample(tmp_path, 1000)


def begin_fit(models: Path, *arguments: object, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "training", "fit", *map(str, arguments)],
        cwd=ROOT,
        env=environment(models),
        text=True,
        **options,
    )


def under_way(models: Path, job: str) -> JobState | None:
    """The state of a job once it has begun to train."""
    try:
        state = state_of(models, job)
    except UnknownJobError:
        return None
    assert state.state in ("queued", "running")
    return state if state.progress > 0.0 else None


def test_it_prints_the_steps_the_scores_and_the_verdict(models: Path, history: Path) -> None:
    ended, version = fitted(models, history)
    steps = ended.stderr.splitlines()
    assert steps[0] == "  0%  reading the history"
    assert steps[-1].endswith("publishing")
    for line in "days ahead", "sum of sigmoids", "copy seven days ago":
        assert line in ended.stdout
    assert version in ended.stdout.splitlines()[-2]
    assert ended.stdout.splitlines()[-1] == f"Report: {models / version / 'report.html'}"


def test_it_learns_on_from_the_version_that_it_is_told(models: Path, history: Path) -> None:
    ended, version = fitted(models, history, "--from", "current")
    assert "learning from" not in ended.stderr
    assert ModelStore(models).manifest(version).settings["from"] == "current"
    refused = training("fit", history, "--from", "nothing", "--models", models, code=1)
    assert "'nothing' is no version's name" in refused.stderr


def test_what_cleaning_did_is_said(models: Path, history: Path) -> None:
    with history.open("a") as file:
        file.write(history.read_text().splitlines()[-1] + "\n")
    assert "Note: " in fitted(models, history)[0].stdout


def test_a_terminal_gets_a_bar(models: Path, history: Path) -> None:
    leader, follower = pty.openpty()
    process = begin_fit(models, history, stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    shown = b""
    while True:
        try:
            shown += os.read(leader, 65536)
        except OSError:  # the other end has closed
            break
    os.close(leader)
    assert process.wait() == 0
    assert "━".encode() in shown


def test_a_sound_model_is_enough_for_a_start(models: Path) -> None:
    version = ModelStore(models).current_version()
    ended = training("fit", "--if-none", "--models", models)
    assert version is not None
    assert version in ended.stdout
    assert ModelStore(models).version_names() == [version]


def test_a_damaged_model_is_not_enough_for_a_start(models: Path) -> None:
    damaged = ModelStore(models).current_version()
    assert damaged is not None
    (models / damaged / "model.joblib").write_bytes(b"")
    ended = training("fit", "--if-none", "--models", models)
    assert f"{damaged}: model.joblib is refused" in ended.stdout
    assert ModelStore(models).load_last_good().refused == ()


def test_a_start_that_finds_a_model_imports_nothing_heavy(models: Path) -> None:
    program = (
        "import sys; from training.commands.app import app\n"
        "app(['fit', '--if-none'], standalone_mode=False)\n"
        "print(*{'pandas', 'sqlalchemy', 'sklearn', 'scipy'} & sys.modules.keys(), file=sys.stderr)"
    )
    command = [sys.executable, "-c", program]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment(models), capture_output=True, text=True, check=True
    )
    assert ended.stderr.split() == []


@pytest.mark.parametrize(
    ("number", "code", "error"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "it was asked to stop (SIGTERM)")],
)
def test_when_it_is_stopped_it_leaves_everything_in_order(
    models: Path, long_history: Path, number: int, code: int, error: str
) -> None:
    before, job = sorted(models.iterdir()), new_job_id()
    process = begin_fit(models, long_history, "--job", job, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_until(lambda: under_way(models, job))
    process.send_signal(number)
    _, stderr = process.communicate()
    assert process.returncode == code
    assert stderr.splitlines()[-1] == f"error: {error}"
    assert "Traceback" not in stderr
    state = state_of(models, job)
    assert (state.state, state.error) == ("failed", error)
    assert sorted(models.iterdir()) == before


def test_killed_it_is_reported_as_failed(models: Path, long_history: Path) -> None:
    job = new_job_id()
    process = begin_fit(models, long_history, "--job", job, stderr=subprocess.DEVNULL)
    wait_until(lambda: under_way(models, job))
    process.kill()
    process.wait()
    assert state_of(models, job).state == "failed"
    with open_queue(models) as queue:
        assert running_id(queue) is None


def test_a_second_run_waits_until_the_first_has_ended(models: Path, history: Path) -> None:
    second = new_job_id()
    with running_job(models) as first:
        process = begin_fit(models, history, "--job", second, stderr=subprocess.PIPE)
        assert process.stderr is not None
        assert f"waiting for training run {first.id}" in process.stderr.readline()
        assert state_of(models, second).state == "queued"
    process.communicate()
    assert process.returncode == 0
    assert state_of(models, second).version == ModelStore(models).version_names()[-1]


def test_a_run_that_takes_too_long_ends_and_says_so(models: Path, long_history: Path) -> None:
    versions, job = ModelStore(models).version_names(), new_job_id()
    process = begin_fit(models, long_history, "--job", job, "--time-limit", 1, stderr=subprocess.PIPE)
    _, stderr = process.communicate()
    error = "it took longer than 1 s, the longest that a training may take, and was ended"
    assert (process.returncode, stderr.splitlines()[-1]) == (1, f"error: {error}")
    assert (state_of(models, job).state, state_of(models, job).error) == ("failed", error)
    assert ModelStore(models).version_names() == versions


def test_a_process_of_its_own_goes_on_with_the_run_that_it_is_handed(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    with open_queue(models) as queue:
        job = queue.enqueue()
        make_log(models, job)
        assert queue.take() == job
        process = start_training(job, models, models, f"sqlite:///{models}/archive.sqlite")
        queue.hand_over(job, process.pid)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == NICENESS
        assert process.wait() == 0
        ended = queue.state(job)
    assert (ended.state, ended.progress) == ("succeeded", 1.0)
    assert ended.version == ModelStore(models).version_names()[-1]
    assert ended.version in log_path(models, job).read_text()
    assert ended.scores is not None
    assert ended.current_scores is not None
    with open_queue(models) as queue:
        assert running_id(queue) is None


def test_a_run_is_known_before_what_takes_long_to_import_is_imported(models: Path, history: Path) -> None:
    """Or a service on a busy machine takes it for one that hangs, and kills it."""
    job = new_job_id()
    code = (
        "import sys, runpy\n"
        "class Refusing:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'sklearn':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Refusing())\n"
        f"sys.argv = ['training', 'fit', '--job', '{job}', {str(history)!r}]\n"
        "runpy.run_module('training', run_name='__main__')\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment(models), check=False)
    assert state_of(models, job).state == "failed"
