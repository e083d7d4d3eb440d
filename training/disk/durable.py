"""Write files that are on disk when the call returns, and read untrusted files up to a size limit.

A file is replaced in this order: write a temporary file, sync it, rename it, sync its folder. After a crash,
a reader finds the old content or the new content, never a mixture.
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

# Files and folders with this prefix are being written or removed; readers ignore them.
PARTIAL = ".partial-"
_ABANDONED_SECONDS = 60.0


def write(path: Path, content: bytes) -> None:
    """Write a new file and sync it to disk. The folder is not synced.

    Raises
    ------
    FileExistsError
        When a file of that name exists.
    """
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, content: bytes) -> None:
    """Replace a file's content, or create it, in one step; readers see the old bytes or the new ones."""
    with replaced(path) as file:
        file.write(content)


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """Replace a file like `replace`, but write it in pieces; an error in the block leaves it unchanged."""
    partial = path.with_name(f"{PARTIAL}{path.name}-{secrets.token_hex(4)}")
    try:
        with partial.open("xb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException as error:
        with suppress(OSError):
            partial.unlink()
        if isinstance(error, OSError) and error.filename is not None and Path(error.filename) == partial:
            # Nobody knows the name of the temporary file.
            error.filename, error.filename2 = str(path), None
        raise
    sync_folder(path.parent)


def remove_abandoned(path: Path) -> None:
    """Remove temporary files that killed processes left when they were replacing `path`.

    A writer locks its temporary file just after it has created it. A file is therefore abandoned when it is
    not locked and was not modified in the last minute.
    """
    for partial in path.parent.glob(f"{PARTIAL}{glob.escape(path.name)}-*"):
        with suppress(OSError), partial.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - partial.stat().st_mtime > _ABANDONED_SECONDS:
                partial.unlink()


def sync_folder(folder: Path) -> None:
    """Sync a folder to disk: the names of its files, not their content."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path, most_bytes: int) -> bytes:
    """Read a regular file of at most `most_bytes` bytes.

    Raises
    ------
    OSError
        When the file cannot be read.
    ValueError
        When it is not a regular file, or larger than `most_bytes`.
    """
    # Without O_NONBLOCK, opening a named pipe in place of the file would block forever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is not a regular file")
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise ValueError(f"it is larger than {most_bytes:,} bytes")
    return content
