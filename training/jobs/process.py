"""Starting a training run as a process of its own, for whoever has something else to do meanwhile."""

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from training.jobs.job_states import JobStates

# Training yields to whoever serves forecasts on the same cores, as far as it can: at 10 it still made the
# slowest hundredth of requests wait for twice as long.
NICENESS = 19


@dataclass(frozen=True)
class TrainingProcess:
    """A training run and the process that does it, which whoever started it should wait for in the end."""

    job_id: str
    process: subprocess.Popen[bytes]


def start_training(models: Path, archive: str, events: str = "", holidays: str = "") -> TrainingProcess:
    """Start `python -m training fit` for a models folder, and return at once.

    The run is claimed here and its lock inherited by the new process: when this returns, its state can be
    read, and there was no moment in which a second run could slip in or this one seem dead.

    Parameters
    ----------
    models : the models folder
    archive : URL of the archive
    events, holidays : what to learn from beside the views, as `fit` takes it

    Raises
    ------
    JobRunningError
        When another training run is under way.
    OSError
        When the process cannot be started; the run has then failed.
    """
    with JobStates(models).claim() as job:
        lock = job.lock_descriptor
        own = ["--models", str(models), "--job", job.id, "--lock-descriptor", str(lock)]
        process = subprocess.Popen(
            [sys.executable, "-m", "training", "fit", *own],
            # In the environment: the arguments of a process, and so a password, can be read by everybody.
            env={
                **os.environ,
                "VIEWCAST_ARCHIVE": archive,
                "VIEWCAST_EVENTS": events,
                "VIEWCAST_HOLIDAYS": holidays,
            },
            pass_fds=(lock,),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        job.hand_over()
    _yield_to_others(process.pid)
    return TrainingProcess(job.id, process)


def _yield_to_others(pid: int) -> None:
    os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
    # On a desktop or a virtual machine, Linux shares the processor evenly among sessions, and looks at
    # niceness only inside of one; a session has a niceness of its own.
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(NICENESS), encoding="ascii")
