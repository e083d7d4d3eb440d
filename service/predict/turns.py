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
# How long a request may wait for its turn, and how many requests may wait.
WAIT_SECONDS = 0.5
MOST_WAITING = 4
# A client that does not read for this long loses its turn, and gets the rest later.
SEND_SECONDS = 0.1


class Turns:
    """The turns of a process."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(MOST_AT_ONCE)
        self._n_waiting = 0

    def turn(self) -> "Turn":
        """Make a turn that has not begun."""
        return Turn(self)

    def refuse_if_full(self) -> None:
        """Raise a `ProblemError` when too many requests are waiting."""
        if self._n_waiting >= MOST_WAITING:
            raise _overloaded()

    async def wait(self) -> None:
        """Wait for a turn. Raises `ProblemError` when it takes too long."""
        self.refuse_if_full()
        self._n_waiting += 1
        try:
            await asyncio.wait_for(self._free.acquire(), WAIT_SECONDS)
        except TimeoutError:
            raise _overloaded() from None
        finally:
            self._n_waiting -= 1

    def end(self) -> None:
        """Let another turn begin."""
        self._free.release()


class Turn:
    """The turn of one request; as a context manager, it ends with the request."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._has_begun = False

    async def begin(self) -> None:
        """Wait for the turn unless it has begun. Raises `ProblemError` when it takes too long."""
        if not self._has_begun:
            await self._turns.wait()
            self._has_begun = True

    def end(self) -> None:
        """End the turn, so that another can begin."""
        if self._has_begun:
            self._has_begun = False
            self._turns.end()

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
