"""Partitions of a data set: Parquet files in a folder, or under a URL that fsspec opens."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from training.disk import durable
from training.errors import ViewcastError

ENDING = ".parquet"


class Partitions(Protocol):
    """Files by their names relative to a place. Pickled with the work that needs them."""

    def names(self) -> list[str]:
        """Return the names of all Parquet files, sorted; none when the place does not exist."""

    def stamp(self, name: str) -> str:
        """Return a text that differs once a file has changed."""

    def opened(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file to read it; raises `OSError`."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all."""


@dataclass(frozen=True)
class FolderPartitions:
    """Parquet files in a folder, and in the folders inside it."""

    folder: Path

    def names(self) -> list[str]:
        """Return the names; files that are being written are left out."""
        paths = [path.relative_to(self.folder) for path in self.folder.rglob(f"*{ENDING}")]
        return sorted(path.as_posix() for path in paths if not path.name.startswith((".", "_")))

    def stamp(self, name: str) -> str:
        """Return size and time of change."""
        status = (self.folder / name).stat()
        return f"{status.st_size}-{status.st_mtime_ns}"

    def opened(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file."""
        return (self.folder / name).open("rb")

    def write(self, name: str, content: bytes) -> None:
        """Write a file beside, flush it to disk, and rename it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.remove_abandoned(path)
        durable.replace(path, content)


@dataclass(frozen=True)
class RemotePartitions:
    """Parquet files in an object store, which has a file whole or not at all."""

    url: str

    def names(self) -> list[str]:
        """Return the names."""
        system, root = self._system()
        return sorted(path.removeprefix(f"{root}/") for path in system.find(root) if path.endswith(ENDING))

    def stamp(self, name: str) -> str:
        """Return the store's own mark of the content: an entity tag, or a digest of size and time."""
        system, root = self._system()
        return str(system.ukey(f"{root}/{name}"))

    def opened(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file."""
        system, root = self._system()
        stream: AbstractContextManager[IO[bytes]] = system.open(f"{root}/{name}", "rb")
        return stream

    def write(self, name: str, content: bytes) -> None:
        """Write a file in one request, or in parts that the store joins at the end."""
        system, root = self._system()
        system.pipe_file(f"{root}/{name}", content)

    def _system(self) -> tuple[Any, str]:
        from fsspec.core import url_to_fs

        # Another process may have written meanwhile: listings are not to be remembered.
        system, root = url_to_fs(self.url, use_listings_cache=False)
        return system, root.rstrip("/")


def partitions_at(place: str) -> Partitions:
    """Open a folder, or a URL when there is a scheme in it; raises `ViewcastError` without fsspec."""
    if "://" not in place:
        return FolderPartitions(Path(place))
    try:
        import fsspec  # noqa: F401, an optional extra
    except ImportError as error:
        raise ViewcastError(f"{place}: URLs need the extra `scale`, which is not installed") from error
    return RemotePartitions(place)
