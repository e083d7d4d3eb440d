"""The interface of a model store's storage: `folder.FolderStorage` and `s3.S3Storage` implement it."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

# Reads a file of at most `most_bytes` bytes by name: `(name, most_bytes) -> content`. Raises
# FileNotFoundError when the file is missing, another OSError when it cannot be read, and ValueError when it
# is larger than `most_bytes` or not a regular file.
ReadFile = Callable[[str, int], bytes]

# The location of a model store: a folder, or the URL `s3://bucket/prefix`.
Place = Path | str


def place_of(text: str | Path) -> Place:
    """Parse the location of a model store: a path, or a URL `s3://bucket/prefix`.

    Raises
    ------
    ValueError
        When it is another URL, or boto3 (the extra `scale`) is not installed.
    """
    if isinstance(text, Path) or "://" not in text:
        return Path(text)
    if not re.fullmatch(r"s3://[\w.-]+(/.*)?", text):
        raise ValueError("name a folder, or a place in an object store as s3://bucket/prefix")
    if find_spec("boto3") is None:
        raise ValueError("an object store needs the extra `scale`, which is not installed")
    return text


class Storage(Protocol):
    """Files by name, and groups of files that are added and removed as a whole.

    The name of a file in a group is `group/name`. Writers must hold the lock; readers need no lock.

    Attributes
    ----------
    poll_seconds : float
        How long a reader waits between two calls of `signature`.
    """

    poll_seconds: float

    def groups(self) -> list[str]:
        """Return the names of all groups, in any order."""

    def read(self, name: str, most_bytes: int) -> bytes:
        """Read a file, as `ReadFile` describes."""

    def locked(self) -> AbstractContextManager[None]:
        """Lock the storage for writing; other writers wait. Partial files of killed writers are removed."""

    def add(self, group: str, files: Mapping[str, bytes], check: Callable[[ReadFile], None]) -> None:
        """Add a group of files; readers see it when all files are stored and checked.

        Parameters
        ----------
        group : name of the group
        files : contents by name
        check : called with a function that reads the new files; if it raises, the group is not added

        Raises
        ------
        FileExistsError
            When a group of that name exists.
        """

    def replace(self, name: str, content: bytes) -> None:
        """Replace the content of a file, or create it; readers see the old or the new content."""

    def remove(self, group: str) -> None:
        """Remove a group with all its files."""

    def signature(self, names: Iterable[str]) -> Hashable:
        """Return a value that changes when a file is added, removed or changed; no contents are read."""
