"""Whose turn it is: of requests with much work, few are worked on at once, and those few are soon done.

Of a hundred batches at once, each would take a hundred times as long, and all of their clients would have
given up before the first was answered.
"""

import asyncio
from types import TracebackType
from typing import Self

from service.http.problems import ProblemError

# Two threads share one interpreter: two batches at once take each other's time, and none is saved.
MOST_AT_ONCE = 1
# How long a request may wait for its turn, and how many may.
WAIT_SECONDS = 0.5
MOST_WAITING = 4
# A client that does not read for so long gives its turn to others, and is sent the rest when it does.
SEND_SECONDS = 0.1


class Turns:
    """The turns of a process."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(MOST_AT_ONCE)
        self._n_waiting = 0

    def turn(self) -> "Turn":
        """Make a turn, which is still to begin."""
        return Turn(self)

    def refuse_if_full(self) -> None:
        """Raise the `ProblemError` that too many wait, if they do."""
        if self._n_waiting >= MOST_WAITING:
            raise _overloaded()

    async def wait(self) -> None:
        """Wait for a turn. Raises `ProblemError` when it does not come soon."""
        self.refuse_if_full()
        self._n_waiting += 1
        try:
            await asyncio.wait_for(self._free.acquire(), WAIT_SECONDS)
        except TimeoutError:
            raise _overloaded() from None
        finally:
            self._n_waiting -= 1

    def end(self) -> None:
        """Let another one begin."""
        self._free.release()


class Turn:
    """The turn of one request; entered for the time of the request, it ends by itself."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._has_begun = False

    async def begin(self) -> None:
        """Wait for it, if it has not begun. Raises `ProblemError` when it does not come soon."""
        if not self._has_begun:
            await self._turns.wait()
            self._has_begun = True

    def end(self) -> None:
        """Let another one begin, if it has not ended."""
        if self._has_begun:
            self._has_begun = False
            self._turns.end()

    def sending(self) -> asyncio.TimerHandle:
        """Let it end when sending takes long; the handle is to be cancelled when it is sent."""
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
