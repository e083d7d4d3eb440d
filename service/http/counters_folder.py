"""The folder in which the processes of a service count; none is left for good, however a service ends."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "viewcast-metrics-"
# Held by the service that counts there; the kernel frees it when that dies.
_LOCK = "lock"


@contextmanager
def counters_folder() -> Iterator[Path]:
    """Make a folder among the system's temporary ones, and remove those that killed services have left."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        with (folder / "new").open("xb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Under this name others look for it: it is held before they can find it.
            (folder / "new").rename(folder / _LOCK)
            _remove_abandoned(folder.parent)
            yield folder


def _remove_abandoned(parent: Path) -> None:
    for lock_file in parent.glob(f"{PREFIX}*/{_LOCK}"):
        # Another one may be quicker; one that is held raises as well.
        with suppress(OSError):
            if lock_file.parent.lstat().st_uid != os.geteuid():
                continue
            with lock_file.open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock_file.parent)
