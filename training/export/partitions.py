"""Parquet files of a data set, in a folder or under a URL that fsspec can open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Protocol

from training.disk import durable
from training.errors import ViewcastError
from training.store.s3 import plain_errors

ENDING = ".parquet"


class Partitions(Protocol):
    """Parquet files, by their names relative to a folder or URL. Must be picklable, for work on a cluster."""

    def names(self) -> list[str]:
        """Return the names of all Parquet files, sorted; an empty list when the folder does not exist."""

    def stamp(self, name: str) -> str:
        """Return a text that changes when the file changes."""

    def opened(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file for reading. Raises `OSError` when it cannot be opened."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file, completely or not at all."""


@dataclass(frozen=True)
class FolderPartitions:
    """Parquet files in a folder and its subfolders."""

    folder: Path

    def names(self) -> list[str]:
        """Return the names, without files that begin with `.` or `_`, such as unfinished ones."""
        paths = [path.relative_to(self.folder) for path in self.folder.rglob(f"*{ENDING}")]
        return sorted(path.as_posix() for path in paths if not path.name.startswith((".", "_")))

    def stamp(self, name: str) -> str:
        """Return the size and the time of the last change."""
        status = (self.folder / name).stat()
        return f"{status.st_size}-{status.st_mtime_ns}"

    def opened(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file."""
        return (self.folder / name).open("rb")

    def write(self, name: str, content: bytes) -> None:
        """Write a temporary file, flush it to disk, and rename it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.remove_abandoned(path)
        durable.replace(path, content)


@dataclass(frozen=True)
class RemotePartitions:
    """Parquet files in an object store, whose writes are atomic."""

    url: str

    def names(self) -> list[str]:
        """Return the names."""
        with self._asked() as (system, root):
            paths = system.find(root)
        return sorted(path.removeprefix(f"{root}/") for path in paths if path.endswith(ENDING))

    def stamp(self, name: str) -> str:
        """Return the store's identifier of the content: an entity tag, or a digest of size and time."""
        with self._asked() as (system, root):
            return str(system.ukey(f"{root}/{name}"))

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file."""
        with self._asked() as (system, root), system.open(f"{root}/{name}", "rb") as stream:
            yield stream

    def write(self, name: str, content: bytes) -> None:
        """Write a file in one request, or in parts that the store joins at the end."""
        with self._asked() as (system, root):
            system.pipe_file(f"{root}/{name}", content)

    @contextmanager
    def _asked(self) -> Iterator[tuple[Any, str]]:
        """Give the file system and the path of the URL; errors of the store are raised as `OSError`."""
        from fsspec.core import url_to_fs

        with plain_errors(self.url):
            # No cache of listings, because other processes may write at the same time.
            system, root = url_to_fs(self.url, use_listings_cache=False)
            yield system, root.rstrip("/")


def are_partitions(place: str) -> bool:
    """Whether a place is a URL or a folder, and not a file."""
    return "://" in place or Path(place).is_dir()


def partitions_at(place: str) -> Partitions:
    """Give the files of a folder or, if `place` contains `://`, of a URL.

    Raises `ViewcastError` for a URL when fsspec or boto3 is not installed.
    """
    if "://" not in place:
        return FolderPartitions(Path(place))
    if not (find_spec("fsspec") and find_spec("boto3")):
        raise ViewcastError(f"{place}: URLs need the extra `scale`, which is not installed")
    return RemotePartitions(place)
