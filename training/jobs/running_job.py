"""One training run: the state that anybody can read while it waits, while it runs, and after.

A state is a JSON file, replaced whole: whoever reads it sees the old state or the new one.
"""

import json
import re
import secrets
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self

from training.clock import Clock, iso_time
from training.disk import durable
from training.disk.plain_json import plain
from training.errors import reason_of

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
# Whoever wants a run to end leaves a file of this suffix beside its state.
CANCEL_SUFFIX = ".cancel"
# Progress is written down when this much was done since the last time, so that it costs nothing.
_PROGRESS_STEP = 0.005


@dataclass(frozen=True)
class JobState:
    """How far a training run is, or how it ended.

    Attributes
    ----------
    id : 32 hexadecimal digits
    state : "queued" until the run before it has ended; "running"; "succeeded" when its version took over;
        "rejected" when the version was published and forecasts the held-out days worse than the current one;
        "failed"; "cancelled"
    step : what it is doing, or did last
    progress : 0 to 1, never falling
    queued, started, finished : UTC, ISO 8601; None for what has not happened
    version, took_over : the version it published, and whether that became the current one
    scores, current_scores : held-out scores of the new version, and of the one it had to match
    error : why it failed
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

    @property
    def has_ended(self) -> bool:
        return self.state not in ("queued", "running")


def new_job_id() -> str:
    """Return an id that cannot be guessed and is safe as a file name."""
    return secrets.token_hex(16)


def is_job_id(text: str) -> bool:
    """Whether a text can be a job's id; nothing else is ever made part of a path."""
    return _ID.fullmatch(text) is not None


class Job:
    """A training run that holds a lock; what it reports is on disk when the call returns.

    A context manager: a run that leaves the block without a result has failed, or was cancelled.
    """

    def __init__(self, path: Path, lock: BinaryIO, state: JobState, clock: Clock) -> None:
        self._path = path
        self._lock = lock
        self._clock = clock
        # Parts of a model are learned in threads, which report as it comes, also while the run ends.
        self._reporting = threading.RLock()
        self._write(state)

    @property
    def id(self) -> str:
        return self.state.id

    @property
    def lock_descriptor(self) -> int:
        """What a child process must inherit to go on with the run."""
        return self._lock.fileno()

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody wants it to end."""
        return self._path.with_suffix(CANCEL_SUFFIX).exists()

    def fail(self, error: str) -> None:
        """Say why nothing came of it."""
        self._end("failed", error)

    def hand_over(self) -> None:
        """Leave the run to the process that has inherited the lock."""
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock.closed:
            return
        if not self.state.has_ended:
            if self.is_cancelled:
                self._end("cancelled", None)
            else:
                self.fail("it ended without a result" if error is None else _reason(error))
        self._lock.close()

    def _end(self, state: Literal["failed", "cancelled"], error: str | None) -> None:
        with self._reporting:
            self._write(replace(self.state, state=state, error=error, finished=iso_time(self._clock())))

    def _write(self, state: JobState) -> None:
        durable.replace(self._path, (json.dumps(asdict(state), indent=2, sort_keys=True) + "\n").encode())
        self.state = state


class QueuedJob(Job):
    """The training run that waits for the running one to end; it holds the queue's lock."""

    def begin(self, lock: BinaryIO) -> "RunningJob":
        """Become the run that `lock` lets run; the place in the queue is free then."""
        now = iso_time(self._clock())
        state = replace(self.state, state="running", step="starting", started=now)
        running = RunningJob(self._path, lock, state, self._clock)
        self._lock.close()
        return running


class RunningJob(Job):
    """The training run that holds the lock of its models folder."""

    def report(self, step: str, fraction: float) -> None:
        """Say what is being done and how much of everything is done, 0 to 1; progress never falls."""
        with self._reporting:
            if self.state.has_ended:
                return
            progress = min(max(fraction, self.state.progress), 1.0)
            if step != self.state.step or progress >= self.state.progress + _PROGRESS_STEP:
                self._write(replace(self.state, step=step, progress=progress))

    def succeed(
        self,
        *,
        version: str,
        took_over: bool,
        scores: dict[str, Any] | None,
        current_scores: dict[str, Any] | None,
    ) -> None:
        """Say what came of it."""
        with self._reporting:
            state = replace(self.state, version=version, took_over=took_over, progress=1.0)
            state = replace(state, scores=plain(scores), current_scores=plain(current_scores))
            outcome: Literal["succeeded", "rejected"] = "succeeded" if took_over else "rejected"
            self._write(replace(state, state=outcome, finished=iso_time(self._clock())))


def _reason(error: BaseException) -> str:
    """What an error says; one of Python's own says little without its name."""
    if type(error).__module__ == "builtins":
        return f"{type(error).__name__}: {reason_of(error)}"
    return reason_of(error)
