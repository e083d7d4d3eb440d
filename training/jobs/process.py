"""Starting a training run as a process of its own, for whoever has something else to do meanwhile."""

import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from training.jobs.job_states import JobStates
from training.python_process import python_command, python_environment

# Training yields to whoever serves forecasts on the same cores, but not as far as it can: at 19 it starved on
# a busy machine. At 10 the slowest hundredth of requests waited for twice as long; 5 has not been measured.
NICENESS = 5


@dataclass(frozen=True)
class TrainingProcess:
    """A training run and the process that does it, which whoever started it should wait for in the end."""

    job_id: str
    process: subprocess.Popen[bytes]


def start_training(models: Path, archive: str, events: str = "", holidays: str = "") -> TrainingProcess:
    """Queue a training run for a models folder, start `python -m training fit` for it, and return at once.

    The run is queued here and its lock inherited by the new process: when this returns, its state can be
    read, and there was no moment in which a second run could slip in or this one seem dead. The process waits
    until the run before it has ended. What it prints is in the run's log.

    Parameters
    ----------
    models : the models folder
    archive : URL of the archive
    events, holidays : what to learn from beside the views, as `fit` takes it

    Raises
    ------
    JobQueuedError
        When another training run waits, which will train on all that is kept.
    OSError
        When the process cannot be started; the run has then failed.
    """
    states = JobStates(models)
    with states.enqueue() as job, states.log_path(job.id).open("wb") as log:
        lock = job.lock_descriptor
        own = ["--models", str(models), "--job", job.id, "--lock-descriptor", str(lock)]
        process = subprocess.Popen(
            python_command("training", "fit", *own),
            # In the environment: the arguments of a process, and so a password, can be read by everybody.
            env=python_environment(
                VIEWCAST_ARCHIVE=archive, VIEWCAST_EVENTS=events, VIEWCAST_HOLIDAYS=holidays
            ),
            pass_fds=(lock,),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
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
