"""Folders that appear and disappear whole, inside of a folder that one process changes at a time.

What is being written or removed has a name that readers look past; when its process is killed, the next one
that gets the lock removes it.
"""

import contextlib
import fcntl
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from training.disk import durable

LOCK_FILE = ".lock"


@contextlib.contextmanager
def locked(parent: Path) -> Iterator[None]:
    """Be the only one who changes a folder; the kernel frees the lock when its holder dies."""
    parent.mkdir(parents=True, exist_ok=True)
    with (parent / LOCK_FILE).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in parent.glob(durable.PARTIAL + "*"):
            _delete(leftover)
        yield


def add(parent: Path, name: str, files: Mapping[str, bytes], check: Callable[[Path], None]) -> None:
    """Add a folder with files in it, on disk and checked before it gets its name; `parent` must be locked.

    Parameters
    ----------
    parent : where to
    name : name of the new folder; one of that name and with something in it raises `OSError`
    files : contents by name
    check : called with the folder before it has its name; what it raises leaves everything as it was
    """
    partial = parent / f"{durable.PARTIAL}{name}"
    try:
        partial.mkdir()
        for file, content in files.items():
            durable.write(partial / file, content)
        durable.sync_folder(partial)
        check(partial)
        partial.rename(parent / name)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    durable.sync_folder(parent)


def remove(parent: Path, name: str) -> None:
    """Remove a folder with everything in it; `parent` must be locked."""
    removed = parent / f"{durable.PARTIAL}removed-{name}"
    (parent / name).rename(removed)
    _delete(removed)


def _delete(path: Path) -> None:
    # Where a folder belongs there may be a file or a link, which must not stop every later publisher.
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
