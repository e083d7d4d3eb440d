"""The states of a training job as server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime

from pydantic_core import to_json

from training.jobs.job_state import JobState

EVENT_STREAM = "text/event-stream"
# The description of each event; OpenAPI 3.2 has `itemSchema` for that.
EVENTS = {
    "itemSchema": {
        "type": "object",
        "properties": {
            "event": {"const": "state"},
            "data": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": {"$ref": "#/components/schemas/JobState"},
            },
        },
        "required": ["event", "data"],
    }
}
POLL_SECONDS = 0.25
# A comment line now and then keeps proxies from closing a quiet stream.
QUIET_POLLS = 60


async def job_events(look: Callable[[], Awaitable[JobState]]) -> AsyncIterator[bytes]:
    """Yield the state of a job at each change, until the job has ended.

    Parameters
    ----------
    look : gives the state of the job

    Yields
    ------
    bytes
        One event: `state`, with the job's state and `seconds_left` as JSON.
    """
    last: JobState | None = None
    n_quiet = 0
    while last is None or not last.has_ended:
        state = await look()
        if state != last:
            last, n_quiet = state, 0
            content = to_json({**asdict(state), "seconds_left": seconds_left(state, datetime.now(UTC))})
            yield b"event: state\ndata: " + content + b"\n\n"
            continue
        n_quiet += 1
        if n_quiet % QUIET_POLLS == 0:
            yield b": waiting\n\n"
        await asyncio.sleep(POLL_SECONDS)


def seconds_left(state: JobState, now: datetime) -> float | None:
    """Estimate the remaining time of a job from its pace so far; None while that is impossible."""
    if state.has_ended:
        return 0.0
    if state.started is None or state.progress < 0.02:
        return None
    elapsed = (now - datetime.fromisoformat(state.started)).total_seconds()
    return round(elapsed * (1.0 / state.progress - 1.0), 1)
