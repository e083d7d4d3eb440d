"""Work on what strangers send, in a process of its own, with bounds on its time and memory.

Threads of the service would share its memory with a file that unfolds, and its time with one that takes long.
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
# CPU time: so much for any content, and more for each MiB of it.
LEAST_SECONDS = 20
SECONDS_A_MEBIBYTE = 1
# Memory: so much for any content, and a multiple of its size.
LEAST_BYTES = 1024 * MEBIBYTE
MOST_UNFOLDING = 20
# What comes of it, which the service then holds: a count of two characters becomes a number of eight bytes.
LEAST_RESULT_BYTES = 64 * MEBIBYTE
MOST_GROWTH = 4
# However slow the machine is.
MOST_SECONDS = 900

MOST_WAITING = 16
RETRY_SECONDS = 10
PIECE_BYTES = 256 * 1024
# How long a process that was started ahead waits for a content.
IDLE_SECONDS = 600.0

Result = TypeVar("Result")


class ApartReader:
    """Runs functions on contents, one after the other.

    Parameters
    ----------
    most_waiting : int
        How many may wait for their turn; more are refused.
    least_seconds : int
        CPU time that there is for any content.
    modules : sequence of str
        What a process imports before its content comes; it needs them, and they take most of its time.
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
        """Call a function of a module with a content, in a process of its own.

        Parameters
        ----------
        function : importable by its name
        content : its first argument
        arguments : the others

        Returns
        -------
        What the function returns.

        Raises
        ------
        ProblemError
            What the function raises; 422 when it takes more time or memory than there is for a content of
            that size; 503 when too many wait.
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
        """Start the process of the next content ahead of it, for some minutes."""
        if self._ahead is None:
            self._ahead = asyncio.create_task(_start(self._modules))
        if self._ending is not None:
            self._ending.cancel()
        self._ending = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end)

    async def close(self) -> None:
        """End the process that was started ahead, if there is one."""
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
        # Also when whoever waits for it has gone away.
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
    """Send piece by piece: a pipe that is full would keep a copy of the whole content."""
    with suppress(BrokenPipeError, ConnectionResetError):  # what it said before its end is said
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
    # Forecasts go first.
    os.nice(10)


def main() -> None:
    """Do what comes in on stdin, and write what came of it to stdout."""
    for module in sys.argv[1:]:
        import_module(module)
    limits = sys.stdin.buffer.readline()
    if not limits:  # whoever started it has ended, or needs it no more
        return
    n_bytes, least_seconds = map(int, limits.split())
    _limit(n_bytes, least_seconds)
    # What the function prints must not be taken for its result.
    output, sys.stdout = sys.stdout, sys.stderr
    try:
        result = _result(n_bytes)
    except ProblemError as problem:
        result = pickle.dumps((None, vars(problem)))
    except MemoryError:
        result = pickle.dumps((None, vars(_too_much("memory"))))
    output.buffer.write(result)
    output.buffer.flush()
    os._exit(0)  # what Python would tidy up takes longer than to read a small file


def _result(n_bytes: int) -> bytes:
    """Call the function; raises `MemoryError` for what the service would have no memory for."""
    function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 - made by the service
    result = pickle.dumps((function(sys.stdin.buffer.read(n_bytes), *arguments), None))
    if len(result) > LEAST_RESULT_BYTES + MOST_GROWTH * n_bytes:
        raise MemoryError
    return result


if __name__ == "__main__":
    main()
