"""Which version is current, and which ones were before it: two small files beside the versions.

`current` is the one that counts; `activations.json` remembers the way to it, for going back. Both are
replaced whole, and `current` last.
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
    """Return the name of the current version, or None when there never was one.

    Raises `ModelStoreError` when the file is damaged, as `activations` does.
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
    """Return when each version became current (UTC, ISO 8601), earliest first."""
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
    """As `activations`, but empty when the file is damaged, so that a good version still serves."""
    with contextlib.suppress(ModelStoreError):
        return activations(storage)
    return {}


def point_to(storage: Storage, version: str, earlier: dict[str, str], time: datetime) -> None:
    """Make a version current.

    Parameters
    ----------
    storage : where the two files are
    version : name of a version that has been verified
    earlier : the activations that are to be remembered, earliest first
    time : when this is, aware of its zone
    """
    remembered = {name: activated for name, activated in earlier.items() if name != version}
    remembered[version] = iso_time(time)
    latest = dict(list(remembered.items())[-_MOST_ACTIVATIONS:])
    storage.replace(ACTIVATIONS_FILE, (json.dumps(latest, indent=2) + "\n").encode())
    storage.replace(POINTER_FILE, f"{version}\n".encode())
