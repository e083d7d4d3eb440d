"""Add and remove subfolders of a folder completely or not at all. A lock lets one process write at a time.

While a subfolder is being written or removed, it has a temporary name that readers ignore. If the process is
killed, the next holder of the lock deletes it.
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
    """Lock a folder for writing, and delete what killed writers left; the folder is created if missing.

    Other writers wait. The kernel releases the lock when its holder dies.
    """
    parent.mkdir(parents=True, exist_ok=True)
    with (parent / LOCK_FILE).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in parent.glob(durable.PARTIAL + "*"):
            _delete(leftover)
        yield


def add(parent: Path, name: str, files: Mapping[str, bytes], check: Callable[[Path], None]) -> None:
    """Add a folder with files: write it under a temporary name, sync and check it, then rename it.

    Parameters
    ----------
    parent : the folder to add it to; must be locked
    name : name of the new folder
    files : contents by file name
    check : called with the temporary folder; if it raises, the new folder is deleted

    Raises
    ------
    OSError
        When a non-empty folder of that name exists, or the files cannot be written.
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
    """Remove a subfolder and its contents; `parent` must be locked."""
    removed = parent / f"{durable.PARTIAL}removed-{name}"
    (parent / name).rename(removed)
    _delete(removed)


def _delete(path: Path) -> None:
    # A file or a link in place of a folder must not make every later call fail.
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
