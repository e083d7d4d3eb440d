"""The folder for the counters of a service's processes; it is removed even after the service was killed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "viewcast-metrics-"
# Locked by the service that uses the folder; the kernel releases the lock when the service dies.
_LOCK = "lock"


@contextmanager
def counters_folder() -> Iterator[Path]:
    """Create a folder for temporary files, and remove those of services that were killed."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        with (folder / "new").open("xb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Other services find folders by this name, so it must be locked before it has the name.
            (folder / "new").rename(folder / _LOCK)
            _remove_abandoned(folder.parent)
            yield folder


def _remove_abandoned(parent: Path) -> None:
    for lock_file in parent.glob(f"{PREFIX}*/{_LOCK}"):
        # Another service may remove it first; a locked one raises an error, too.
        with suppress(OSError):
            if lock_file.parent.lstat().st_uid != os.geteuid():
                continue
            with lock_file.open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock_file.parent)
