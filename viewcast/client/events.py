"""Server-sent events of a training job."""

from __future__ import annotations

from dataclasses import dataclass

from training.jobs.job_state import JobState
from viewcast.client.call import adapter


@dataclass(frozen=True)
class JobProgress(JobState):
    """A training job's state, with an estimate of the remaining time.

    Attributes
    ----------
    seconds_left : float or None
        None while it cannot be estimated.
    """

    seconds_left: float | None = None


def progress_of(line: str) -> JobProgress | None:
    """Read a line of the stream; None for a line without a state."""
    name, _, value = line.partition(":")
    return adapter(JobProgress).validate_json(value) if name == "data" else None
