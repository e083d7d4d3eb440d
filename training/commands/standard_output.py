"""Standard output that cannot be written ends a command with one line instead of a traceback."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_NAME = "standard output"


class _NamedOutput(io.TextIOWrapper):
    """A text stream whose errors name it, as those of a file do."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            error.filename = _NAME
            raise

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            error.filename = _NAME
            raise


@contextmanager
def checked_output() -> Iterator[None]:
    """Exit with one line when standard output cannot be written; spell out letters that it cannot have."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout = _NamedOutput(
            sys.stdout.buffer,
            encoding=sys.stdout.encoding,
            errors="backslashreplace",
            line_buffering=sys.stdout.line_buffering,
            write_through=sys.stdout.write_through,
        )
    try:
        yield
    except OSError as error:
        if error.filename != _NAME:
            raise
        print(f"error: {_NAME}: {error.strerror}", file=sys.stderr)
        _discard_rest()
        sys.exit(1)
    except SystemExit as ended:
        if ended.code:
            _discard_rest()
        raise


def _discard_rest() -> None:
    """Drop what cannot be written: Python would try once more at its end, and print a second error."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())  # type: ignore[union-attr]
