"""Start training in a separate process, so that the service can go on serving."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

from training.jobs.job_state import TRAINING_SECONDS
from training.python_process import python_command, python_environment
from training.store.storage import Place

# Training gives way to serving on the same cores, but not with the highest niceness: at 19 it made no
# progress on a busy machine. At 10 the slowest hundredth of requests waited for twice as long; 5 was not
# measured.
NICENESS = 5
_LOGS = "jobs"


def log_path(folder: Path, job_id: str) -> Path:
    """Give the path of a run's log, which holds what its process prints."""
    return folder / _LOGS / f"{job_id}.log"


def make_log(folder: Path, job_id: str) -> None:
    """Create the log of a run, if it does not exist. Raises `OSError` when the folder is not writable."""
    path = log_path(folder, job_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def note_in_log(folder: Path, job_id: str, line: str) -> None:
    """Append a line to the log of a run. Raises `OSError` when the folder is not writable."""
    with log_path(folder, job_id).open("a", encoding="utf-8") as log:
        log.write(f"{line}\n")


def delete_logs(folder: Path, but: set[str]) -> None:
    """Delete the logs of all runs except those in `but`."""
    for path in (folder / _LOGS).glob("*.log"):
        if path.stem not in but:
            path.unlink(missing_ok=True)


def start_training(
    job_id: str,
    models: Place,
    folder: Path,
    archive: str,
    events: str = "",
    holidays: str = "",
    most_seconds: float = TRAINING_SECONDS,
    signing_key: str = "",
    scheduler: str = "",
) -> subprocess.Popen[bytes]:
    """Start `python -m training fit` for a run that belongs to this process, and hand the run over.

    Parameters
    ----------
    job_id : id of the run
    models : where to publish
    folder : the run's log is there
    archive : URL of the database
    events, holidays : columns of events and places of holidays, as for `fit`
    most_seconds : the longest that the training may take
    signing_key : key to sign versions and to verify them with; empty for none
    scheduler : address of a Dask scheduler whose workers do the work; empty for this machine

    Raises
    ------
    OSError
        When the process cannot be started.
    """
    with log_path(folder, job_id).open("ab") as log:
        process = subprocess.Popen(
            python_command("training", "fit", "--models", str(models), "--job", job_id, "--handed-over"),
            # In the environment, because every user of the machine can read the arguments of a process.
            env=python_environment(
                VIEWCAST_ARCHIVE=archive,
                VIEWCAST_EVENTS=events,
                VIEWCAST_HOLIDAYS=holidays,
                VIEWCAST_TRAINING_SECONDS=str(most_seconds),
                VIEWCAST_SIGNING_KEY=signing_key,
                VIEWCAST_DASK_SCHEDULER=scheduler,
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
    # On desktops and some virtual machines, Linux shares the processor among sessions first, and applies
    # niceness only within a session; a session has its own niceness.
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(NICENESS), encoding="ascii")
