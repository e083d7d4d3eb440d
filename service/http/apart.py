"""Read uploaded files in separate processes, with limits of time and memory.

A malicious file may expand to much memory, or take long to read; in a thread, it would slow down or end the
service. `apart_process` is the other side.
"""

import asyncio
import logging
import os
import pickle
import signal
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from service.http.apart_process import ENDED_BY_MEMORY, LENGTH, ORDER
from service.http.problems import ProblemError
from training.python_process import python_command, python_environment

# Limit of CPU time for empty content.
LEAST_SECONDS = 20
# Limit of elapsed time, for any content.
MOST_SECONDS = 900

MOST_WAITING = 16
RETRY_SECONDS = 10
PIECE_BYTES = 256 * 1024
# How long a process that has imported its modules waits for content.
IDLE_SECONDS = 600.0

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


class ApartReader:
    """Calls functions with contents in separate processes, one at a time.

    Imports take most of the time of a new process. So a first process imports what is needed, and for each
    content a process is forked from it, which ends when the content has been read.

    Parameters
    ----------
    most_waiting : int, default=16
        Largest number of calls that are running or waiting; more are refused.
    least_seconds : int, default=20
        Limit of CPU time for empty content; the limit grows by a second for each MiB.
    modules : sequence of str, default=()
        Modules that the first process imports.
    """

    def __init__(
        self,
        most_waiting: int = MOST_WAITING,
        least_seconds: int = LEAST_SECONDS,
        modules: Sequence[str] = (),
    ) -> None:
        self._least_seconds = least_seconds
        self._modules = tuple(modules)
        self._started: asyncio.Task[Process] | None = None
        self._ending: asyncio.TimerHandle | None = None
        self._turn = asyncio.Semaphore(1)
        self._most_waiting = most_waiting
        self._n_waiting = 0

    async def run(self, function: Callable[..., Result], content: bytes, *arguments: Any) -> Result:
        """Call a function in a separate process.

        Parameters
        ----------
        function : callable
            A function of a module, so that it can be pickled.
        content : bytes
            Its first argument.
        *arguments
            Its other arguments; they are pickled.

        Returns
        -------
        result of the function

        Raises
        ------
        ProblemError
            When the function raises it; 422 when the call exceeds the limits of time or memory for content of
            this size; 503 when too many calls are waiting.
        RuntimeError
            When the process ends in any other way.
        """
        if self._n_waiting >= self._most_waiting:
            detail = f"{self._n_waiting} uploads wait to be read, as many as can; try again in some seconds"
            raise ProblemError("overloaded", detail, headers={"Retry-After": str(RETRY_SECONDS)})
        self._n_waiting += 1
        try:
            async with self._turn:
                return await self._call(pickle.dumps((function, arguments)), content)  # type: ignore[no-any-return]
        finally:
            self._n_waiting -= 1

    def prepare(self) -> None:
        """Start the first process in advance; it is ended after 10 minutes without use."""
        if self._started is None:
            self._started = asyncio.create_task(_start(self._modules))
        if self._ending is not None:
            self._ending.cancel()
        self._ending = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end_if_idle)

    async def close(self) -> None:
        """End the first process and the one that is forked from it, if there are any."""
        if started := self._end():
            await (await started).wait()

    async def _call(self, order: bytes, content: bytes) -> Any:
        is_answered = False
        try:
            async with asyncio.timeout(MOST_SECONDS):
                process = await self._process()
                assert process.stdin is not None
                assert process.stdout is not None
                start = ORDER.pack(len(order), len(content), self._least_seconds) + order
                sending = _send(process.stdin, start, content)
                output, _ = await asyncio.gather(_receive(process.stdout), sending)
            is_answered = output is not None
        except TimeoutError:
            raise _too_much("time") from None
        finally:
            # Also when the request was cancelled, because the client has disconnected.
            if not is_answered:
                await self.close()
        if output is None:
            raise _ended(process.returncode)
        result, problem = pickle.loads(output)  # noqa: S301 - made by the process that was started above
        if problem is not None:
            raise ProblemError(**problem)
        return result

    async def _process(self) -> Process:
        """Give the first process, and start it if there is none any more."""
        started = self._started
        if started is not None and (await asyncio.shield(started)).returncode is not None:
            self._end()
        self.prepare()
        assert self._started is not None
        return await asyncio.shield(self._started)

    def _end_if_idle(self) -> None:
        if self._turn.locked():
            self.prepare()
        else:
            self._end()

    def _end(self) -> asyncio.Task[Process] | None:
        if self._ending is not None:
            self._ending.cancel()
        started, self._started = self._started, None
        if started is not None:
            started.add_done_callback(_kill)
        return started


async def _start(modules: Sequence[str]) -> Process:
    return await asyncio.create_subprocess_exec(
        *python_command("service.http.apart_process", *modules),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=python_environment(OPENBLAS_NUM_THREADS="1"),
        start_new_session=True,
    )


def _kill(started: asyncio.Task[Process]) -> None:
    """Kill the process and those that are forked from it."""
    if started.exception() is None and (process := started.result()).returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


async def _receive(stdout: StreamReader) -> bytes | None:
    """Receive a result; None when the process ends without one."""
    try:
        (n_bytes,) = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
        return await stdout.readexactly(n_bytes)
    except asyncio.IncompleteReadError:
        return None


async def _send(stdin: StreamWriter, start: bytes, content: bytes) -> None:
    """Send in pieces: a single write to a full pipe would copy the whole content."""
    with suppress(BrokenPipeError, ConnectionResetError):  # it has ended; its output is read
        stdin.write(start)
        for at in range(0, len(content), PIECE_BYTES):
            stdin.write(content[at : at + PIECE_BYTES])
            await stdin.drain()


def _ended(exit_code: int | None) -> Exception:
    """Give the error for a process that has ended without a result."""
    if exit_code == ENDED_BY_MEMORY:
        return _too_much("memory")
    if exit_code in (-signal.SIGXCPU, -signal.SIGKILL):
        return _too_much("time")
    if exit_code is not None and exit_code < 0:
        _log.warning("Reading an upload ended its process by %s.", signal.Signals(-exit_code).name)
        detail = "the body ends the process that reads it, as damaged files do; save it anew, best as CSV"
        return ProblemError("invalid-input", detail)
    return RuntimeError(f"reading an upload ended with exit code {exit_code}")


def _too_much(what: str) -> ProblemError:
    return ProblemError(
        "invalid-input", f"the body takes more {what} to read than a history of its size ever needs"
    )
