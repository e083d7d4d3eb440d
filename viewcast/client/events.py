"""Server-sent events of a training job."""

from __future__ import annotations

from dataclasses import dataclass

from training.jobs.job_state import JobState
from viewcast.client.call import adapter


@dataclass(frozen=True)
class JobProgress(JobState):
    """A training job's state, and how long the rest takes at the pace so far.

    Attributes
    ----------
    seconds_left : float or None
        None while nothing can be said.
    """

    seconds_left: float | None = None


def progress_of(line: str) -> JobProgress | None:
    """Read a line of the stream; None for one that bears no state."""
    name, _, value = line.partition(":")
    return adapter(JobProgress).validate_json(value) if name == "data" else None
