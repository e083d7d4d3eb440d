"""A training run as anybody may see it, while it waits, while it runs, and after."""

import re
import secrets
from dataclasses import dataclass
from typing import Any, Literal

from training.errors import ViewcastError

# The longest that a training may take, unless something else is said.
TRAINING_SECONDS = 7200.0

# Why a run was queued: somebody asked for it, or a trigger did.
Cause = Literal["request", "command", "schedule", "error-growth"]

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


class UnknownJobError(ViewcastError):
    """There is no training run of that id."""


class JobEndedError(ViewcastError):
    """A training run that has ended cannot be cancelled."""


class JobFailedError(ViewcastError):
    """A training run had to end before it was done; the message says why."""


class JobLostError(ViewcastError):
    """A training run goes on elsewhere, or has ended: this process has nothing more to say about it."""


@dataclass(frozen=True)
class JobState:
    """How far a training run is, or how it ended.

    Attributes
    ----------
    id : 32 hexadecimal digits
    state : "queued" until its turn comes; "running"; "succeeded" when its version took over;
        "rejected" when the version was published and forecasts the held-out days worse than the current one;
        "failed"; "cancelled"
    step : what it is doing, or did last
    progress : 0 to 1, never falling, unless its process died and it began again
    queued, started, finished : UTC, ISO 8601; None for what has not happened
    version, took_over : the version it published, and whether that became the current one
    scores, current_scores : held-out scores of the new version, and of the one it had to match
    error : why it failed
    cause : why it was queued
    """

    id: str
    state: Literal["queued", "running", "succeeded", "rejected", "failed", "cancelled"]
    step: str
    progress: float
    queued: str | None = None
    started: str | None = None
    finished: str | None = None
    version: str | None = None
    took_over: bool | None = None
    scores: dict[str, Any] | None = None
    current_scores: dict[str, Any] | None = None
    error: str | None = None
    cause: Cause = "request"

    @property
    def has_ended(self) -> bool:
        return self.state not in ("queued", "running")


def new_job_id() -> str:
    """Return an id that cannot be guessed and is safe as a file name."""
    return secrets.token_hex(16)


def too_long(seconds: float) -> str:
    """Say that a run was ended because of the time that it took."""
    return f"it took longer than {seconds:,.0f} s, the longest that a training may take, and was ended"


def is_job_id(text: str) -> bool:
    """Whether a text can be a job's id; nothing else is ever made part of a path."""
    return _ID.fullmatch(text) is not None
