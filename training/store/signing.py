"""Signatures of versions: whoever has the key has published them, or has looked at them and signed.

What is signed is the manifest, with HMAC-SHA256 (RFC 2104): it bears the version's name, and the checksums of
everything else that is loaded.
"""

import hashlib
import hmac
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from training.clock import Clock, utc_now
from training.store.folder import FolderStorage
from training.store.manifest import Manifest
from training.store.model_store import ModelStore
from training.store.storage import Place, ReadFile, Storage
from training.store.versions import MANIFEST_FILE

SIGNATURE_FILE = "manifest.hmac"
# As many characters as 128 random bits have in hexadecimal.
LEAST_KEY_LENGTH = 32
_MOST_BYTES = 1024


def open_store(models: Place, signing_key: str | None, clock: Clock = utc_now) -> ModelStore:
    """Open the versions in a folder, or in an object store.

    Parameters
    ----------
    models : where they are
    signing_key : what versions are signed with, and refused if they are not; None when nothing is signed
    clock : callable, default=the system's
    """
    storage = open_storage(models)
    return ModelStore(models, clock, storage if signing_key is None else SignedStorage(storage, signing_key))


def open_storage(place: Place) -> Storage:
    """Open a place of versions, without asking for anything in it."""
    if isinstance(place, Path):
        return FolderStorage(place)
    from training.store.s3 import S3Storage  # its library is an extra, and takes its time to import

    return S3Storage(place)


def sign_version(models: Place, signing_key: str, version: str) -> Manifest:
    """Sign a version that was published without the key, once all else of it has been verified.

    Raises
    ------
    ModelStoreError
        When there is none of that name, or it is refused.
    """
    storage = open_storage(models)
    with storage.locked():
        _, manifest = ModelStore(models, storage=storage).load(version)
        storage.replace(f"{version}/{SIGNATURE_FILE}", _signature(manifest.to_json(), signing_key))
    return manifest


class SignedStorage:
    """A storage that signs the manifests which are added to it, and reads none that is not signed.

    Parameters
    ----------
    storage : where the files are kept
    key : what is signed with
    """

    def __init__(self, storage: Storage, key: str) -> None:
        self.poll_seconds = storage.poll_seconds
        self._storage = storage
        self._key = key

    def groups(self) -> list[str]:
        """Return the names of all groups."""
        return self._storage.groups()

    def read(self, name: str, most_bytes: int) -> bytes:
        """Read a file; a manifest that is not signed with the key raises `ValueError`."""
        group, slash, file = name.rpartition("/")
        read = _verified(lambda file, most: self._storage.read(f"{group}{slash}{file}", most), self._key)
        return read(file, most_bytes)

    def locked(self) -> AbstractContextManager[None]:
        """Be the only one who changes anything."""
        return self._storage.locked()

    def add(self, group: str, files: Mapping[str, bytes], check: Callable[[ReadFile], None]) -> None:
        """Add a group of files, and the signature of the manifest among them."""
        signature = _signature(files[MANIFEST_FILE], self._key)
        self._storage.add(
            group,
            {**files, SIGNATURE_FILE: signature},
            lambda read: check(_verified(read, self._key)),
        )

    def replace(self, name: str, content: bytes) -> None:
        """Give a file a new content."""
        self._storage.replace(name, content)

    def remove(self, group: str) -> None:
        """Remove a group with all its files."""
        self._storage.remove(group)

    def signature(self, names: Iterable[str]) -> Hashable:
        """Return what differs when a file, or the signature of a manifest, has changed."""
        names = list(names)
        signatures = [
            name.removesuffix(MANIFEST_FILE) + SIGNATURE_FILE
            for name in names
            if name.endswith(MANIFEST_FILE)
        ]
        return self._storage.signature([*names, *signatures])


def _signature(manifest: bytes, key: str) -> bytes:
    return f"{hmac.new(key.encode(), manifest, hashlib.sha256).hexdigest()}\n".encode()


def _verified(read: ReadFile, key: str) -> ReadFile:
    """What reads the files of a version, and its manifest only if it is signed with the key."""

    def read_verified(name: str, most_bytes: int) -> bytes:
        content = read(name, most_bytes)
        if name == MANIFEST_FILE:
            try:
                signature = read(SIGNATURE_FILE, _MOST_BYTES)
            except FileNotFoundError as error:
                raise ValueError(
                    "it has to be signed, and is not; `python -m training sign` signs it"
                ) from error
            if not hmac.compare_digest(signature, _signature(content, key)):
                raise ValueError("its signature was not made of it with the key that is set")
        return content

    return read_verified
