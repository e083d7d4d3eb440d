"""The state of a training run, as others see it: waiting, running or ended."""

import re
import secrets
from dataclasses import dataclass
from typing import Any, Literal

from training.errors import ViewcastError

# The default limit on the duration of a training.
TRAINING_SECONDS = 7200.0

# Why a run was queued: by a request or by a trigger.
Cause = Literal["request", "command", "schedule", "error-growth"]

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


class UnknownJobError(ViewcastError):
    """There is no training run with that id."""


class JobEndedError(ViewcastError):
    """A training run that has ended cannot be cancelled."""


class JobFailedError(ViewcastError):
    """A training run ended without a version; the message says why."""


class JobLostError(ViewcastError):
    """A training run does not belong to this process any more; this process must not change its state."""


@dataclass(frozen=True)
class JobState:
    """The progress of a training run, or how it ended.

    Attributes
    ----------
    id : 32 hexadecimal digits
    state : "queued" until it begins; "running"; "succeeded" when its version became the current one;
    "rejected" when its version was published but forecasts the held-out days worse than the current one;
    "failed"; "cancelled"
    step : the current or last step
    progress : 0 to 1; it never falls, unless the process died and the run began again
    queued, started, finished : UTC, ISO 8601; None before it happens
    version, took_over : the published version, and whether it became the current one
    scores, current_scores : held-out scores of the new version, and of the current version at that time
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
    """Make an id that cannot be guessed and is safe as a file name."""
    return secrets.token_hex(16)


def too_long(seconds: float) -> str:
    """Say that a run was ended because it took longer than `seconds`."""
    return f"it took longer than {seconds:,.0f} s, the longest that a training may take, and was ended"


def is_job_id(text: str) -> bool:
    """Whether a text is a valid job id; other texts must not become part of a path."""
    return _ID.fullmatch(text) is not None
