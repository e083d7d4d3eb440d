"""Files that are on disk when the call returns, and files of unknown origin read with a limit.

The order is always the same: bytes to the file, the file to the disk, the name to the folder, the folder to
the disk. After a crash a reader finds the old content or the new one, never a mixture.
"""

import fcntl
import glob
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

# Whatever starts with this is being written or removed; a reader looks past it.
PARTIAL = ".partial-"
_ABANDONED_SECONDS = 60.0


def write(path: Path, content: bytes) -> None:
    """Write a file that did not exist before, and wait until the disk has it.

    Raises
    ------
    FileExistsError
        When there is a file of that name.
    """
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, content: bytes) -> None:
    """Give a file a new content, at once and whole: readers see the old bytes or the new ones."""
    with replaced(path) as file:
        file.write(content)


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """The same for a content that is written piece by piece; when the block raises, nothing has changed."""
    partial = path.with_name(f"{PARTIAL}{path.name}-{secrets.token_hex(4)}")
    try:
        with partial.open("xb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def remove_abandoned(path: Path) -> None:
    """Remove what processes that were killed have left of a file that they were to replace.

    Whoever writes holds the lock of what it writes; nobody has taken a minute to get from making it to that.
    """
    for partial in path.parent.glob(f"{PARTIAL}{glob.escape(path.name)}-*"):
        with suppress(OSError), partial.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - partial.stat().st_mtime > _ABANDONED_SECONDS:
                partial.unlink()


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path, most_bytes: int) -> bytes:
    """Read a whole file, provided that it is a regular file of at most `most_bytes` bytes.

    Raises
    ------
    OSError
        When it cannot be read.
    ValueError
        When it is not a regular file, or larger than that.
    """
    # Without O_NONBLOCK a named pipe that stands where a file belongs would hold the reader forever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is not a regular file")
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise ValueError(f"it is larger than {most_bytes:,} bytes")
    return content
