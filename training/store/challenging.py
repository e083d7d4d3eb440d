"""Having a version forecast along, unseen, and ending it."""

import json
from dataclasses import asdict
from datetime import date

from training.store.challenger import CHALLENGER_FILE, Challenger
from training.store.model_store import ModelStore, VersionInUseError


def set_challenger(store: ModelStore, version: str, days: int, today: date) -> Challenger:
    """Have a version forecast along from now on, in the place of another one that did.

    Raises
    ------
    UnknownVersionError
        When there is no such version.
    VersionInUseError
        When it is the current one.
    ModelStoreError
        When it is refused.
    """
    with store.storage.locked():
        store.load(version)
        if version == store.current_version():
            raise VersionInUseError(f"{version} is the current version: it cannot challenge itself")
        chosen = Challenger(version, today.isoformat(), days)
        store.storage.replace(CHALLENGER_FILE, f"{json.dumps(asdict(chosen), indent=2)}\n".encode())
    return chosen


def end_challenge(store: ModelStore) -> None:
    """Have no version forecast along any more."""
    with store.storage.locked():
        store.storage.replace(CHALLENGER_FILE, b"null\n")
