"""Limit how many large requests are processed at the same time, so that each is answered soon.

Of a hundred batches at once, each would take a hundred times as long, and all of their clients would have
given up before the first was answered.
"""

import asyncio
from types import TracebackType
from typing import Self

from service.http.problems import ProblemError

# The threads share one interpreter, so processing two batches at once saves no time.
MOST_AT_ONCE = 1
# How long a request may wait for its turn, and how many bytes of bodies may wait; a single one may be larger.
WAIT_SECONDS = 0.5
MOST_WAITING_BYTES = 2 * 1024 * 1024
# For a request whose body is small, and its answer large.
LEAST_BYTES = 32 * 1024
# A client that does not read for this long loses its turn, and gets the rest later.
SEND_SECONDS = 0.1


class Turns:
    """The turns of a process."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(MOST_AT_ONCE)
        self._n_waiting_bytes = 0

    def turn(self) -> "Turn":
        """Make a turn that has not begun."""
        return Turn(self)

    def enqueue(self, n_bytes: int) -> None:
        """Count a body that waits. Raises `ProblemError` when too many bytes wait already."""
        if self._n_waiting_bytes and self._n_waiting_bytes + n_bytes > MOST_WAITING_BYTES:
            raise _overloaded()
        self._n_waiting_bytes += n_bytes

    def dequeue(self, n_bytes: int) -> None:
        """Count a body no more."""
        self._n_waiting_bytes -= n_bytes

    async def wait(self) -> None:
        """Wait for the turn. Raises `ProblemError` when it takes too long."""
        try:
            await asyncio.wait_for(self._free.acquire(), WAIT_SECONDS)
        except TimeoutError:
            raise _overloaded() from None

    def end(self) -> None:
        """Let another turn begin."""
        self._free.release()


class Turn:
    """The turn of one request; as a context manager, it ends with the request."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._has_begun = False
        self._n_waiting_bytes = 0
        self._leaving: asyncio.TimerHandle | None = None

    def enqueue(self, n_bytes: int) -> None:
        """Take a place in the queue for a body of this size, which may be still to come.

        A body that takes long to come loses its place. Raises `ProblemError` when the queue is full: a client
        knows at once, and what is read of other bodies takes no time from those that are forecast.
        """
        self._turns.enqueue(n_bytes)
        self._n_waiting_bytes = n_bytes
        self._leaving = asyncio.get_running_loop().call_later(WAIT_SECONDS, self._dequeue)

    async def begin(self, n_bytes: int = LEAST_BYTES) -> None:
        """Wait for the turn unless it has begun, in a place for so many bytes.

        Raises `ProblemError` when the queue is full, or waiting takes too long.
        """
        if self._has_begun:
            return
        if self._leaving is None:
            self.enqueue(n_bytes)
        assert self._leaving is not None
        self._leaving.cancel()
        try:
            await self._turns.wait()
        finally:
            self._dequeue()
        self._has_begun = True

    def end(self) -> None:
        """End the turn, so that another can begin."""
        self._dequeue()
        if self._has_begun:
            self._has_begun = False
            self._turns.end()

    def _dequeue(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
            self._turns.dequeue(self._n_waiting_bytes)

    def sending(self) -> asyncio.TimerHandle:
        """End the turn when sending takes long; cancel the returned handle after sending."""
        return asyncio.get_running_loop().call_later(SEND_SECONDS, self.end)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def _overloaded() -> ProblemError:
    detail = "other batches are being forecast, as many as can be; try again in a second"
    return ProblemError("overloaded", detail, headers={"Retry-After": "1"})
