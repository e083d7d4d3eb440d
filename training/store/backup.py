"""Backup of the database and all models in one file, and restore; both while the service runs.

The file is a tar archive of an SQLite database, the models folder, and the keys and logs of the state folder.
The database is copied to SQLite also from PostgreSQL, and a backup can be restored to either of them. The
archive is the same whether the state folder is the models folder or another one.
"""

import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path, PurePosixPath

from training.database.copying import copy
from training.database.engine import Database
from training.disk import durable, whole_folders
from training.errors import ViewcastError
from training.store.pointer import POINTER_FILE
from training.store.versions import MANIFEST_FILE

_DATABASE = "database.sqlite"
_MODELS = "models"
_JOBS = "jobs"
_KEYS = "keys.json"


class BackupError(ViewcastError):
    """The file is not a valid backup. The message has its name and the reason."""


def backup(models: Path, state: Path, database_url: str, file: Path) -> None:
    """Write a backup file; an existing file is replaced in one step at the end.

    Publishing and activating models wait until the backup is written.

    Parameters
    ----------
    models : the models folder
    state : the folder of the API keys and of the logs of trainings; it may be the models folder
    database_url : URL of the database
    file : path of the backup

    Raises
    ------
    DatabaseError, OSError
        When the database, a model or the backup cannot be read or written.
    """
    with tempfile.TemporaryDirectory(prefix="viewcast-backup-") as folder:
        snapshot = Path(folder) / _DATABASE
        with (
            closing(Database(database_url)) as source,
            closing(Database(f"sqlite:///{snapshot}")) as target,
            _locked(models, state),
        ):
            copy(source, target)
            with durable.replaced(file) as stream, tarfile.open(fileobj=stream, mode="w") as archive:
                for name, path in _files_of(models, state).items():
                    archive.add(path, f"{_MODELS}/{name}")
                target.close()  # writes the write-ahead log into the database file
                archive.add(snapshot, _DATABASE)


def restore(
    models: Path, state: Path, database_url: str, file: Path, merged_keys: Callable[[bytes], bytes]
) -> None:
    """Restore a backup; a running service loads the restored data without a restart.

    The contents of the database are replaced in one transaction. The current version of the backup becomes
    current. Versions that are not in the backup are kept.

    Parameters
    ----------
    models : the models folder
    state : the folder of the API keys and of the logs of trainings; it may be the models folder
    database_url : URL of the database
    file : path of the backup
    merged_keys : makes the new content of the file of API keys from its content in the backup

    Raises
    ------
    BackupError, or what `merged_keys` raises
        When the file is not a valid backup, or its keys cannot be merged; nothing is changed then.
    DatabaseError, OSError
        When the database, a model or the backup cannot be read or written.
    """
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=models) as name:
        folder = Path(name)
        _extract(file, folder)
        with (
            closing(Database(f"sqlite:///{folder / _DATABASE}")) as source,
            closing(Database(database_url)) as target,
            _locked(models, state),
        ):
            keys = folder / _MODELS / _KEYS
            if keys.is_file():
                keys.write_bytes(merged_keys(keys.read_bytes()))
            _put_back_versions(folder / _MODELS, models)
            copy(source, target)
            _put_back_files(folder / _MODELS, models, state)


@contextmanager
def _locked(models: Path, state: Path) -> Iterator[None]:
    """Lock both folders, each once: a second lock of the same folder would wait for the first."""
    with ExitStack() as locks:
        for folder in dict.fromkeys((models.resolve(), state.resolve())):
            locks.enter_context(whole_folders.locked(folder))
        yield


def _files_of(models: Path, state: Path) -> dict[str, Path]:
    """Give the files of versions, jobs and keys, and the store's own; no databases, locks, partial files."""
    beside = [path for path in models.iterdir() if path.suffix in ("", ".json") and path.name != _KEYS]
    folders = [path for path in models.iterdir() if (path / MANIFEST_FILE).is_file()]
    inside = [path for folder in folders for path in folder.iterdir()]
    logs = (state / _JOBS).iterdir() if (state / _JOBS).is_dir() else ()
    files = {str(path.relative_to(models)): path for path in (*beside, *inside)}
    files |= {str(path.relative_to(state)): path for path in (state / _KEYS, *logs)}
    return {
        name: path for name, path in sorted(files.items()) if path.is_file() and not path.name.startswith(".")
    }


def _extract(file: Path, folder: Path) -> None:
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                _extract_member(archive, member, folder)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{file} is no backup: {error}") from error
    if not (folder / _DATABASE).is_file() or not (folder / _MODELS).is_dir():
        raise BackupError(f"{file} is no backup: it holds no {_DATABASE} and {_MODELS}")


def _extract_member(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write a file of the archive into a folder. (The filters of `tarfile` need Python 3.11.4.)"""
    place = PurePosixPath(member.name)
    if place.is_absolute() or ".." in place.parts:
        raise tarfile.TarError(f"{member.name!r} lies outside of it")
    content = archive.extractfile(member) if member.isfile() else None
    if content is None:
        raise tarfile.TarError(f"{member.name!r} is no file")
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    with content, path.open("wb") as file:
        shutil.copyfileobj(content, file)


def _put_back_versions(source: Path, models: Path) -> None:
    for version in sorted(path for path in source.iterdir() if (path / MANIFEST_FILE).is_file()):
        if (models / version.name).exists():
            continue  # a version never changes after publication
        for path in version.iterdir():
            durable.replace(path, path.read_bytes())
        version.rename(models / version.name)
    durable.sync_folder(models)


def _put_back_files(source: Path, models: Path, state: Path) -> None:
    """Restore the files of jobs and keys, and the store's own; the pointer to the current version is last."""
    if (source / _JOBS).is_dir():
        shutil.copytree(source / _JOBS, state / _JOBS, dirs_exist_ok=True)
    files = [path for path in source.iterdir() if path.is_file()]
    for path in sorted(files, key=lambda path: path.name == POINTER_FILE):
        durable.replace((state if path.name == _KEYS else models) / path.name, path.read_bytes())
