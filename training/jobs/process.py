"""Training as a process of its own, for a service that has something else to do meanwhile."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

from training.jobs.job_state import TRAINING_SECONDS
from training.python_process import python_command, python_environment

# Training yields to whoever serves forecasts on the same cores, but not as far as it can: at 19 it starved on
# a busy machine. At 10 the slowest hundredth of requests waited for twice as long; 5 has not been measured.
NICENESS = 5
_LOGS = "jobs"


def log_path(models: Path, job_id: str) -> Path:
    """Where the process of a run writes what it prints."""
    return models / _LOGS / f"{job_id}.log"


def make_log(models: Path, job_id: str) -> None:
    """Make the log of a run, if there is none. `OSError` when the models folder cannot be written."""
    path = log_path(models, job_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def note_in_log(models: Path, job_id: str, line: str) -> None:
    """Add a line to the log of a run. `OSError` when the models folder cannot be written."""
    with log_path(models, job_id).open("a", encoding="utf-8") as log:
        log.write(f"{line}\n")


def delete_logs(models: Path, but: set[str]) -> None:
    """Delete the logs of runs that nobody remembers."""
    for path in (models / _LOGS).glob("*.log"):
        if path.stem not in but:
            path.unlink(missing_ok=True)


def start_training(
    job_id: str,
    models: Path,
    archive: str,
    events: str = "",
    holidays: str = "",
    most_seconds: float = TRAINING_SECONDS,
    signing_key: str = "",
) -> subprocess.Popen[bytes]:
    """Start `python -m training fit` for a run that this process has taken, and hands over to the new one.

    Parameters
    ----------
    job_id : the run
    models : the models folder; what the process prints is in the run's log there
    archive : URL of the database
    events, holidays : what to learn from beside the views, as `fit` takes it
    most_seconds : the longest that it may take
    signing_key : what versions are signed with, and have to be; empty for none

    Raises
    ------
    OSError
        When the process cannot be started.
    """
    with log_path(models, job_id).open("ab") as log:
        process = subprocess.Popen(
            python_command("training", "fit", "--models", str(models), "--job", job_id, "--handed-over"),
            # In the environment: the arguments of a process, and so a password, can be read by everybody.
            env=python_environment(
                VIEWCAST_ARCHIVE=archive,
                VIEWCAST_EVENTS=events,
                VIEWCAST_HOLIDAYS=holidays,
                VIEWCAST_TRAINING_SECONDS=str(most_seconds),
                VIEWCAST_SIGNING_KEY=signing_key,
            ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _yield_to_others(process.pid)
    return process


def _yield_to_others(pid: int) -> None:
    os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
    # On a desktop or a virtual machine, Linux shares the processor evenly among sessions, and looks at
    # niceness only inside of one; a session has a niceness of its own.
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(NICENESS), encoding="ascii")
