"""Read uploaded files in a separate process, with limits of time and memory.

A malicious file may expand to much memory, or take long to read; in a thread, it would slow down or end the
service.
"""

import asyncio
import os
import pickle
import resource
import signal
import sys
from asyncio import StreamWriter
from asyncio.subprocess import Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, TypeVar

from service.http.problems import ProblemError
from training.python_process import python_command, python_environment

MEBIBYTE = 1024 * 1024
# Limit of CPU time: a constant, and an additional time for each MiB of content.
LEAST_SECONDS = 20
SECONDS_A_MEBIBYTE = 1
# Limit of memory: a constant, and a multiple of the size of the content.
LEAST_BYTES = 1024 * MEBIBYTE
MOST_UNFOLDING = 20
# Limit of the result's size, as the service holds the result in memory: a constant, and a multiple of the
# size of the content. A count takes at least two bytes in a file and eight bytes as a number.
LEAST_RESULT_BYTES = 64 * MEBIBYTE
MOST_GROWTH = 4
# Limit of elapsed time, for any content.
MOST_SECONDS = 900

MOST_WAITING = 16
RETRY_SECONDS = 10
PIECE_BYTES = 256 * 1024
# How long a process that was started in advance waits for content.
IDLE_SECONDS = 600.0

Result = TypeVar("Result")


class ApartReader:
    """Calls functions with contents in separate processes, one at a time.

    Parameters
    ----------
    most_waiting : int, default=16
        Largest number of calls that are running or waiting; more are refused.
    least_seconds : int, default=20
        Limit of CPU time for empty content; the limit grows by a second for each MiB.
    modules : sequence of str, default=()
        Modules that a process imports before its content arrives, because imports take most of its time.
    """

    def __init__(
        self,
        most_waiting: int = MOST_WAITING,
        least_seconds: int = LEAST_SECONDS,
        modules: Sequence[str] = (),
    ) -> None:
        self._least_seconds = least_seconds
        self._modules = tuple(modules)
        self._ahead: asyncio.Task[Process] | None = None
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
                limits = f"{len(content)} {self._least_seconds}\n".encode()
                order = limits + pickle.dumps((function, arguments))
                return await _run(await self._process(), order, content)  # type: ignore[no-any-return]
        finally:
            self._n_waiting -= 1

    def prepare(self) -> None:
        """Start the process for the next content in advance; it is ended after 10 minutes without use."""
        if self._ahead is None:
            self._ahead = asyncio.create_task(_start(self._modules))
        if self._ending is not None:
            self._ending.cancel()
        self._ending = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end)

    async def close(self) -> None:
        """End the process that was started in advance, if there is one."""
        if ahead := self._end():
            await (await ahead).wait()

    def _end(self) -> asyncio.Task[Process] | None:
        if self._ending is not None:
            self._ending.cancel()
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.add_done_callback(_kill)
        return ahead

    async def _process(self) -> Process:
        ahead, self._ahead = self._ahead, None
        if ahead is not None and (process := await ahead).returncode is None:
            return process
        return await _start(self._modules)


async def _start(modules: Sequence[str]) -> Process:
    return await asyncio.create_subprocess_exec(
        *python_command("service.http.apart", *modules),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=python_environment(OPENBLAS_NUM_THREADS="1"),
    )


def _kill(started: asyncio.Task[Process]) -> None:
    if started.exception() is None and (process := started.result()).returncode is None:
        process.kill()


async def _run(process: Process, order: bytes, content: bytes) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(MOST_SECONDS):
            sending = _send(process.stdin, order, content)
            output, _ = await asyncio.gather(process.stdout.read(), sending)
            await process.wait()
    except TimeoutError:
        raise _too_much("time") from None
    finally:
        # Also when the request was cancelled, because the client has disconnected.
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _too_much("time")
    if process.returncode != 0:
        raise RuntimeError(f"reading an upload ended with exit code {process.returncode}")
    result, problem = pickle.loads(output)  # noqa: S301 - made by the process that was started above
    if problem is not None:
        raise ProblemError(**problem)
    return result


async def _send(stdin: StreamWriter, order: bytes, content: bytes) -> None:
    """Send in pieces: a single write to a full pipe would copy the whole content."""
    with suppress(BrokenPipeError, ConnectionResetError):  # it has ended; its output is read
        stdin.write(order)
        for start in range(0, len(content), PIECE_BYTES):
            stdin.write(content[start : start + PIECE_BYTES])
            await stdin.drain()
    stdin.close()


def _too_much(what: str) -> ProblemError:
    return ProblemError(
        "invalid-input", f"the body takes more {what} to read than a history of its size ever needs"
    )


def _limit(n_bytes: int, least_seconds: int) -> None:
    n_seconds = least_seconds + SECONDS_A_MEBIBYTE * n_bytes // MEBIBYTE
    most_bytes = LEAST_BYTES + MOST_UNFOLDING * n_bytes
    resource.setrlimit(resource.RLIMIT_CPU, (n_seconds, n_seconds + 5))
    resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
    # A lower priority than that of forecasts.
    os.nice(10)


def main() -> None:
    """Read limits, function, arguments and content from stdin, and write the pickled result to stdout."""
    for module in sys.argv[1:]:
        import_module(module)
    limits = sys.stdin.buffer.readline()
    if not limits:  # the service has ended, or has closed the pipe
        return
    n_bytes, least_seconds = map(int, limits.split())
    _limit(n_bytes, least_seconds)
    # Output that the function prints must not be mixed with its result.
    output, sys.stdout = sys.stdout, sys.stderr
    try:
        result = _result(n_bytes)
    except ProblemError as problem:
        result = pickle.dumps((None, vars(problem)))
    except MemoryError:
        result = pickle.dumps((None, vars(_too_much("memory"))))
    output.buffer.write(result)
    output.buffer.flush()
    os._exit(0)  # the usual exit of Python takes longer than reading a small file


def _result(n_bytes: int) -> bytes:
    """Call the function, and pickle its result. Raises `MemoryError` when the result is too large."""
    function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 - made by the service
    result = pickle.dumps((function(sys.stdin.buffer.read(n_bytes), *arguments), None))
    if len(result) > LEAST_RESULT_BYTES + MOST_GROWTH * n_bytes:
        raise MemoryError
    return result


if __name__ == "__main__":
    main()
