"""Ctrl-C and SIGTERM as an exception, so that whatever is under way is left in good order."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

WATCH_SECONDS = 0.5
# A process that is asked to end, and cannot, is ended after so long.
GRACE_SECONDS = 20.0


class StoppedError(BaseException):
    """The process was asked to stop; no `except Exception` on the way keeps it from doing so."""

    def __init__(self, signal_number: int) -> None:
        name = signal.Signals(signal_number).name
        super().__init__("interrupted" if name == "SIGINT" else f"it was asked to stop ({name})")
        # What a shell reports for a process that a signal has ended.
        self.exit_code = 128 + signal_number


def stop_on_signals() -> None:
    """From now on raise `StoppedError` in the main thread on Ctrl-C and SIGTERM."""
    for number in signal.SIGINT, signal.SIGTERM:
        # A signal that the parent had ignored, such as Ctrl-C for a job in the background, stays ignored.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def stop_when(must_stop: Callable[[], bool]) -> threading.Event:
    """Send this process SIGTERM once a condition holds, and end it when that is of no avail.

    Parameters
    ----------
    must_stop : callable
        Called every half second, in a thread of its own.

    Returns
    -------
    threading.Event
        Set it when there is nothing left to stop.
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
