"""Ctrl-C and SIGTERM as an exception, so that whatever is under way is left in good order."""

import signal
from types import FrameType
from typing import NoReturn


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


def _stop(signal_number: int, _: FrameType | None) -> NoReturn:
    raise StoppedError(signal_number)
