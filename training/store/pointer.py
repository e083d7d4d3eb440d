"""Two small files of the store: the name of the current version, and the list of activations.

`current` decides which version is current; `activations.json` is used for rollback and fallback. Both are
replaced in one step, `current` last.
"""

import contextlib
import json
from datetime import datetime

from training.clock import iso_time
from training.errors import reason_of
from training.store.manifest import is_version_name
from training.store.storage import Storage
from training.store.versions import ModelStoreError

POINTER_FILE = "current"
ACTIVATIONS_FILE = "activations.json"

_MOST_ACTIVATIONS = 20


def current_version(storage: Storage) -> str | None:
    """Return the name of the current version, or None when no version was ever activated.

    Raises `ModelStoreError` when the file is damaged or cannot be read.
    """
    try:
        name = storage.read(POINTER_FILE, 1024).decode().strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ModelStoreError(f"{POINTER_FILE} cannot be read: {reason_of(error)}") from error
    if not is_version_name(name):
        raise ModelStoreError(f"{POINTER_FILE} names {name[:80]!r}, which is no version's name")
    return name


def activations(storage: Storage) -> dict[str, str]:
    """Return the time when each version became current (UTC, ISO 8601), earliest first.

    Raises `ModelStoreError` when the file is damaged or cannot be read.
    """
    try:
        table = json.loads(storage.read(ACTIVATIONS_FILE, 2**20))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise ModelStoreError(f"{ACTIVATIONS_FILE} cannot be read: {reason_of(error)}") from error
    if type(table) is not dict or not all(map(is_version_name, table)):
        raise ModelStoreError(f"{ACTIVATIONS_FILE} is refused: it is not a table of versions")
    return table


def activations_if_sound(storage: Storage) -> dict[str, str]:
    """Return `activations`, or an empty dict when the file is damaged."""
    with contextlib.suppress(ModelStoreError):
        return activations(storage)
    return {}


def point_to(storage: Storage, version: str, earlier: dict[str, str], time: datetime) -> None:
    """Make a version current.

    Parameters
    ----------
    storage : storage of the model store
    version : name of a verified version
    earlier : earlier activations to keep, earliest first; the last 20, with this one, are stored
    time : time of the activation, with a time zone
    """
    remembered = {name: activated for name, activated in earlier.items() if name != version}
    remembered[version] = iso_time(time)
    latest = dict(list(remembered.items())[-_MOST_ACTIVATIONS:])
    storage.replace(ACTIVATIONS_FILE, (json.dumps(latest, indent=2) + "\n").encode())
    storage.replace(POINTER_FILE, f"{version}\n".encode())
