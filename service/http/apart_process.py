"""The process of `apart` that reads uploads: it imports modules once, and forks a process for each upload."""

import gc
import io
import os
import pickle
import resource
import signal
import struct
import sys
from importlib import import_module
from typing import BinaryIO, NoReturn

from service.http.problems import ProblemError

MEBIBYTE = 1024 * 1024
# Limit of CPU time: a constant that is sent, and an additional time for each MiB of content.
SECONDS_A_MEBIBYTE = 1
# Limit of memory: a constant, and a multiple of the size of the content.
LEAST_BYTES = 1024 * MEBIBYTE
MOST_UNFOLDING = 20
# Limit of the result's size, as the service holds the result in memory: a constant, and a multiple of the
# size of the content. A count takes at least two bytes in a file and eight bytes as a number.
LEAST_RESULT_BYTES = 64 * MEBIBYTE
MOST_GROWTH = 4

# What stands before an order: its size, that of the content behind it, and the constant limit of CPU time.
ORDER = struct.Struct("<3Q")
# What stands before a result: its size.
LENGTH = struct.Struct("<Q")
ENDED_BY_MEMORY = 3


def main() -> None:
    """Import modules, and fork a process for each order that comes in, until there are no more."""
    for module in sys.argv[1:]:
        import_module(module)
    gc.freeze()
    with io.FileIO(0) as stdin:
        while start := stdin.read(ORDER.size):
            process = os.fork()
            if process == 0:
                _answer(io.BufferedReader(stdin), *ORDER.unpack(start))
            exit_code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
            # The order may have been read in part only. The service learns how it ended from how this ends.
            if exit_code < 0:
                signal.raise_signal(-exit_code)
            if exit_code > 0:
                sys.exit(exit_code)


def _answer(stdin: BinaryIO, n_order: int, n_content: int, least_seconds: int) -> NoReturn:
    """Read an order and its content from stdin, and write the pickled result to stdout; ends the process."""
    _limit(n_content, least_seconds)
    # Output that the function prints must not be mixed with its result.
    output, sys.stdout = sys.stdout, sys.stderr
    try:
        result = _result(stdin, n_order, n_content)
    except MemoryError:
        os._exit(ENDED_BY_MEMORY)
    output.buffer.write(LENGTH.pack(len(result)))
    output.buffer.write(result)
    output.buffer.flush()
    os._exit(0)  # the usual exit of Python takes longer than reading a small file


def _limit(n_bytes: int, least_seconds: int) -> None:
    n_seconds = least_seconds + SECONDS_A_MEBIBYTE * n_bytes // MEBIBYTE
    most_bytes = LEAST_BYTES + MOST_UNFOLDING * n_bytes
    resource.setrlimit(resource.RLIMIT_CPU, (n_seconds, n_seconds + 5))
    resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
    # A lower priority than that of forecasts.
    os.nice(10)


def _result(stdin: BinaryIO, n_order: int, n_content: int) -> bytes:
    """Call the function, and pickle its result. Raises `MemoryError` when the result is too large."""
    function, arguments = pickle.loads(stdin.read(n_order))  # noqa: S301 - made by the service
    try:
        result = pickle.dumps((function(stdin.read(n_content), *arguments), None))
    except ProblemError as problem:
        return pickle.dumps((None, vars(problem)))
    if len(result) > LEAST_RESULT_BYTES + MOST_GROWTH * n_content:
        raise MemoryError
    return result


if __name__ == "__main__":
    main()
