"""Turn Ctrl-C and SIGTERM into an exception, so that context managers can clean up."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

WATCH_SECONDS = 0.5
# A process that does not end by itself after it was asked to is killed after this time.
GRACE_SECONDS = 20.0


class StoppedError(BaseException):
    """The process was asked to stop. `except Exception` does not catch it."""

    def __init__(self, signal_number: int) -> None:
        name = signal.Signals(signal_number).name
        super().__init__("interrupted" if name == "SIGINT" else f"it was asked to stop ({name})")
        # The exit code that a shell reports for a process ended by this signal.
        self.exit_code = 128 + signal_number


def stop_on_signals() -> None:
    """From now on, raise `StoppedError` in the main thread on Ctrl-C and SIGTERM."""
    for number in signal.SIGINT, signal.SIGTERM:
        # A signal that the parent process ignored, such as Ctrl-C for a background job, stays ignored.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def stop_when(must_stop: Callable[[], bool]) -> threading.Event:
    """Send this process SIGTERM when a condition becomes true, and kill it if it does not end.

    Parameters
    ----------
    must_stop : callable
        The condition, checked every half second in a thread.

    Returns
    -------
    threading.Event
        Set it to stop watching.
    """
    finished = threading.Event()

    def watch() -> None:
        while not finished.wait(WATCH_SECONDS):
            if must_stop():
                os.kill(os.getpid(), signal.SIGTERM)
                if not finished.wait(GRACE_SECONDS):
                    os._exit(128 + signal.SIGTERM)
                return

    threading.Thread(target=watch, daemon=True).start()
    return finished


def _stop(signal_number: int, _: FrameType | None) -> NoReturn:
    raise StoppedError(signal_number)
