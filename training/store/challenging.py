"""Set and remove the challenger."""

import json
from dataclasses import asdict
from datetime import date

from training.store.challenger import CHALLENGER_FILE, Challenger
from training.store.model_store import ModelStore, VersionInUseError


def set_challenger(store: ModelStore, version: str, days: int, today: date) -> Challenger:
    """Make a version the challenger; it replaces an earlier one.

    Parameters
    ----------
    store : ModelStore
    version : name of the version
    days : number of days of the comparison, 1 to 3650
    today : first day of the challenge, UTC

    Raises
    ------
    UnknownVersionError
        When there is no version of that name.
    VersionInUseError
        When it is the current version.
    ModelStoreError
        When the version does not pass verification.
    ValueError
        When `days` is out of range.
    """
    with store.storage.locked():
        store.load(version)
        if version == store.current_version():
            raise VersionInUseError(f"{version} is the current version: it cannot challenge itself")
        chosen = Challenger(version, today.isoformat(), days)
        store.storage.replace(CHALLENGER_FILE, f"{json.dumps(asdict(chosen), indent=2)}\n".encode())
    return chosen


def end_challenge(store: ModelStore) -> None:
    """Remove the challenger; the version itself stays."""
    with store.storage.locked():
        store.storage.replace(CHALLENGER_FILE, b"null\n")
