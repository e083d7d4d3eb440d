"""A folder as the storage of a model store; groups are its subfolders."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from training.disk import durable, whole_folders
from training.store.storage import ReadFile


class FolderStorage:
    """Implements `Storage` with a folder.

    Parameters
    ----------
    folder : Path
        Created by the first call of `locked` when it does not exist.
    """

    poll_seconds = 0.3

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def groups(self) -> list[str]:
        """Return the names of all entries of the folder, also those that are not groups."""
        try:
            return os.listdir(self._folder)
        except FileNotFoundError:
            return []

    def read(self, name: str, most_bytes: int) -> bytes:
        """Read a file as `ReadFile` describes; only regular files are read."""
        return durable.read(self._folder / name, most_bytes)

    def locked(self) -> AbstractContextManager[None]:
        """Lock the folder for writing; other writers wait."""
        return whole_folders.locked(self._folder)

    def add(self, group: str, files: Mapping[str, bytes], check: Callable[[ReadFile], None]) -> None:
        """Write a subfolder under a temporary name, sync it to disk, check it, and rename it."""
        if (self._folder / group).exists():
            raise FileExistsError(f"{group} is there already")
        whole_folders.add(self._folder, group, files, lambda folder: check(FolderStorage(folder).read))

    def replace(self, name: str, content: bytes) -> None:
        """Write a file under a temporary name, sync it to disk, and rename it."""
        durable.replace(self._folder / name, content)

    def remove(self, group: str) -> None:
        """Rename a subfolder to a temporary name, and delete it."""
        whole_folders.remove(self._folder, group)

    def signature(self, names: Iterable[str]) -> Hashable:
        """Return inode, size and modification time of each file, None for a missing file."""
        return tuple(_sign(self._folder / name) for name in names)


def _sign(file: Path) -> tuple[int, int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
