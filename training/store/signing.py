"""Signatures of versions: only holders of the key can publish or sign versions that are loaded.

The manifest is signed with HMAC-SHA256 (RFC 2104). It has the name of the version and the checksums of all
other files that are loaded.
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
# Length of 128 random bits in hexadecimal.
LEAST_KEY_LENGTH = 32
_MOST_BYTES = 1024


def open_store(models: Place, signing_key: str | None, clock: Clock = utc_now) -> ModelStore:
    """Open the model store in a folder or an object store.

    Parameters
    ----------
    models : the folder, or the URL in an object store
    signing_key : key for signatures; versions without a valid signature are refused. None means no signatures
    clock : gives the time of activations; the system's clock by default
    """
    storage = open_storage(models)
    return ModelStore(models, clock, storage if signing_key is None else SignedStorage(storage, signing_key))


def open_storage(place: Place) -> Storage:
    """Open the storage in a folder or an object store; nothing is read yet."""
    if isinstance(place, Path):
        return FolderStorage(place)
    from training.store.s3 import S3Storage  # boto3 is an optional dependency and slow to import

    return S3Storage(place)


def sign_version(models: Place, signing_key: str, version: str) -> Manifest:
    """Verify a version that was published without the key, and sign it.

    Parameters
    ----------
    models : the folder, or the URL in an object store
    signing_key : key for the signature
    version : name of the version

    Raises
    ------
    ModelStoreError
        When there is no version of that name, or it does not pass verification.
    """
    storage = open_storage(models)
    with storage.locked():
        _, manifest = ModelStore(models, storage=storage).load(version)
        storage.replace(f"{version}/{SIGNATURE_FILE}", _signature(manifest.to_json(), signing_key))
    return manifest


class SignedStorage:
    """A storage that signs new manifests, and refuses to read manifests without a valid signature.

    Parameters
    ----------
    storage : the storage of the files
    key : key for signatures
    """

    def __init__(self, storage: Storage, key: str) -> None:
        self.poll_seconds = storage.poll_seconds
        self._storage = storage
        self._key = key

    def groups(self) -> list[str]:
        """Return the names of all groups."""
        return self._storage.groups()

    def read(self, name: str, most_bytes: int) -> bytes:
        """Read a file; raises `ValueError` for a manifest without a valid signature."""
        group, slash, file = name.rpartition("/")
        read = _verified(lambda file, most: self._storage.read(f"{group}{slash}{file}", most), self._key)
        return read(file, most_bytes)

    def locked(self) -> AbstractContextManager[None]:
        """Lock the storage for writing; other writers wait."""
        return self._storage.locked()

    def add(self, group: str, files: Mapping[str, bytes], check: Callable[[ReadFile], None]) -> None:
        """Add a group of files with a manifest, and the signature of the manifest."""
        signature = _signature(files[MANIFEST_FILE], self._key)
        self._storage.add(
            group,
            {**files, SIGNATURE_FILE: signature},
            lambda read: check(_verified(read, self._key)),
        )

    def replace(self, name: str, content: bytes) -> None:
        """Replace the content of a file."""
        self._storage.replace(name, content)

    def remove(self, group: str) -> None:
        """Remove a group with all its files."""
        self._storage.remove(group)

    def signature(self, names: Iterable[str]) -> Hashable:
        """Return a value that changes when a file or the signature of a manifest changes."""
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
    """Wrap a function that reads a version's files; it then refuses a manifest without a valid signature."""

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
