"""What a model store keeps its files in: `folder.FolderStorage` is one, `s3.S3Storage` another."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

# Reads a file of at most so many bytes by its name: `(name, most_bytes) -> content`. Raises
# FileNotFoundError, another OSError when it cannot be read, or ValueError when it is too large or no file.
ReadFile = Callable[[str, int], bytes]

# Where versions are: a folder, or the URL of a place in an object store, `s3://bucket/prefix`.
Place = Path | str


def place_of(text: str | Path) -> Place:
    """Read where versions are.

    Raises
    ------
    ValueError
        When it is a URL of something else, or what asks an object store is not installed.
    """
    if isinstance(text, Path) or "://" not in text:
        return Path(text)
    if not re.fullmatch(r"s3://[\w.-]+(/.*)?", text):
        raise ValueError("name a folder, or a place in an object store as s3://bucket/prefix")
    if find_spec("boto3") is None:
        raise ValueError("an object store needs the extra `scale`, which is not installed")
    return text


class Storage(Protocol):
    """Files by name, and groups of files that appear and disappear whole; a group's are `group/name`.

    Whoever changes something holds the lock; readers need none, and may read at any time.

    Attributes
    ----------
    poll_seconds : float
        How long a reader waits between two looks at whether something has changed: a look costs something.
    """

    poll_seconds: float

    def groups(self) -> list[str]:
        """Return the names of all groups, in any order."""

    def read(self, name: str, most_bytes: int) -> bytes:
        """Read a file, as `ReadFile` does."""

    def locked(self) -> AbstractContextManager[None]:
        """Be the only one who changes anything; what a killed writer left behind is removed first."""

    def add(self, group: str, files: Mapping[str, bytes], check: Callable[[ReadFile], None]) -> None:
        """Add a group of files; it has its name once all of them are kept and checked.

        Parameters
        ----------
        group : its name
        files : contents by name
        check : called with what reads the files back by name; what it raises leaves everything as it was

        Raises
        ------
        FileExistsError
            When there is a group of that name.
        """

    def replace(self, name: str, content: bytes) -> None:
        """Give a file a new content; readers see the old one or the new one."""

    def remove(self, group: str) -> None:
        """Remove a group with all its files."""

    def signature(self, names: Iterable[str]) -> Hashable:
        """Return what differs when one of some files has come, gone or changed, without reading them."""
