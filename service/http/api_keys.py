"""API keys: their rights, and salted hashes of them, in one file that all processes of the service read.

A key is `vc_<id>_<secret>`: the id finds its entry, the secret is 256 random bits, of which a salted SHA-256
is kept and nothing else. As long as there is no entry, nobody is asked for a key.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from training.clock import Clock, iso_time, utc_now
from training.disk import durable, whole_folders
from training.disk.plain_json import read_plain
from training.errors import ViewcastError

# Rights of a key: forecast and read; add history and train; change models, and read the metrics.
SCOPES = ("predict", "write", "admin")
KEYS_FILE = "keys.json"
_MOST_BYTES = 2**20


class KeysError(ViewcastError):
    """The keys cannot be read or changed; the message says why."""


@dataclass(frozen=True)
class ApiKey:
    """The stored part of a key.

    Attributes
    ----------
    id : the public part of the key
    name : who has it
    scopes : what it may do, of `SCOPES`
    prefix : what the ids of all series that it may touch begin with; empty for all series
    salt, sha256 : of the secret, in hexadecimal
    created, revoked : UTC, ISO 8601; a revoked key stays, so that nobody has its id again
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    prefix: str
    salt: str
    sha256: str
    created: str
    revoked: str | None = None

    def is_of(self, secret: str) -> bool:
        """Whether a secret belongs to this key and it is not revoked; compared in constant time."""
        return hmac.compare_digest(_hash(self.salt, secret), self.sha256) and self.revoked is None


def _hash(salt: str, secret: str) -> str:
    return hashlib.sha256(f"{salt}{secret}".encode()).hexdigest()


class KeyFile:
    """The keys in a folder.

    Parameters
    ----------
    folder : Path
        The models folder, or the one that is set beside it.
    clock : callable, default=the system's
        Gives the times of creation and revocation.
    """

    def __init__(self, folder: Path, clock: Clock = utc_now) -> None:
        self._folder = folder
        self._clock = clock

    def read(self) -> dict[str, ApiKey]:
        """Return all keys by id, including revoked ones.

        Raises
        ------
        KeysError
            When the file is there and cannot be read: nobody is let in then, rather than everybody.
        """
        path = self._folder / KEYS_FILE
        try:
            return _keys(durable.read(path, _MOST_BYTES))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, LookupError) as error:
            raise KeysError(f"{path} cannot be read: {error}") from error

    def merged_with(self, backup: bytes) -> bytes:
        """Add the keys of a backup of the file to those that it has now, and return the new content.

        A key that was revoked since the backup stays revoked, and one that was created since stays.

        Raises
        ------
        KeysError
            When the file or the backup cannot be read.
        """
        try:
            restored = _keys(backup)
        except (ValueError, TypeError, LookupError) as error:
            raise KeysError(f"the API keys in the backup cannot be read: {error}") from error
        present = self.read()
        revoked = {id_: key for id_, key in restored.items() if key.revoked is not None}
        return _content({**restored, **present, **revoked})

    def signature(self) -> tuple[int, int, int] | None:
        """Return a value that changes with the file; None when there is no file."""
        try:
            status = (self._folder / KEYS_FILE).stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns

    def create(self, name: str, scopes: Collection[str], prefix: str = "") -> str:
        """Create a key, and return it whole; it cannot be shown again.

        Raises `KeysError` when there is a key of that name, or no such scope.
        """
        if not scopes or (unknown := set(scopes).difference(SCOPES)):
            raise KeysError(f"scopes are some of {', '.join(SCOPES)}; {', '.join(unknown) or 'none'} is not")
        with whole_folders.locked(self._folder):
            keys = self.read()
            if any(key.name == name and key.revoked is None for key in keys.values()):
                raise KeysError(f"there is a key named {name!r} already; revoke or rotate it")
            key, whole = self._new(name, tuple(scopes), prefix, keys)
            self._write({**keys, key.id: key})
        return whole

    def revoke(self, id_: str) -> None:
        """Revoke a key. Raises `KeysError` when there is no key with that id."""
        with whole_folders.locked(self._folder):
            keys = self.read()
            self._write(keys | self._revoked(keys, id_))

    def rotate(self, id_: str) -> str:
        """Revoke a key, and return a new one with the same rights."""
        with whole_folders.locked(self._folder):
            keys = self.read()
            revoked = self._revoked(keys, id_)
            old = keys[id_]
            key, whole = self._new(old.name, old.scopes, old.prefix, keys)
            self._write({**keys, **revoked, key.id: key})
        return whole

    def _new(
        self, name: str, scopes: tuple[str, ...], prefix: str, keys: Mapping[str, ApiKey]
    ) -> tuple[ApiKey, str]:
        id_ = next(id_ for id_ in iter(lambda: secrets.token_hex(4), "") if id_ not in keys)
        secret, salt = secrets.token_urlsafe(32), secrets.token_hex(16)
        key = ApiKey(id_, name, scopes, prefix, salt, _hash(salt, secret), iso_time(self._clock()))
        return key, f"vc_{id_}_{secret}"

    def _revoked(self, keys: Mapping[str, ApiKey], id_: str) -> dict[str, ApiKey]:
        if id_ not in keys or keys[id_].revoked is not None:
            raise KeysError(
                f"there is no key {id_!r} that is in force; `python -m service keys list` shows them"
            )
        return {id_: replace(keys[id_], revoked=iso_time(self._clock()))}

    def _write(self, keys: Mapping[str, ApiKey]) -> None:
        durable.replace(self._folder / KEYS_FILE, _content(keys))


def _content(keys: Mapping[str, ApiKey]) -> bytes:
    return (json.dumps([asdict(key) for key in keys.values()], indent=2) + "\n").encode()


def _keys(content: bytes) -> dict[str, ApiKey]:
    entries = read_plain(content)
    if type(entries) is not list:
        raise ValueError("it is not a list of keys")
    return {key.id: key for key in map(_key, entries)}


def _key(entry: Any) -> ApiKey:
    key = ApiKey(**{**entry, "scopes": tuple(entry["scopes"])})
    texts = (key.id, key.name, key.prefix, key.salt, key.sha256, key.created, *key.scopes)
    if not all(type(text) is str for text in texts) or type(key.revoked) not in (str, type(None)):
        raise ValueError("it is not a list of keys")
    return key
