"""The challenger: a version whose forecasts are stored but not shown, to compare it with the current version.

It is recorded in a small file of the store.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from training.errors import reason_of
from training.store.manifest import is_version_name
from training.store.pointer import activations_if_sound, current_version
from training.store.storage import Storage
from training.store.versions import ModelStoreError

CHALLENGER_FILE = "challenger.json"
MOST_DAYS = 3650


@dataclass(frozen=True)
class Challenger:
    """A version that is compared with the current one on future days.

    Attributes
    ----------
    version : its name
    since : first day of the challenge, UTC, as an ISO date
    days : number of days of the comparison, 1 to 3650; the challenger must have the smaller error over all of
        them together

    Raises
    ------
    ValueError
        When `version` or `since` is not valid, or `days` is out of range.
    """

    version: str
    since: str
    days: int

    def __post_init__(self) -> None:
        if not is_version_name(self.version) or type(self.days) is not int or not 0 < self.days <= MOST_DAYS:
            raise ValueError("it names no version, or no number of days")
        date.fromisoformat(self.since)


def challenger(storage: Storage) -> Challenger | None:
    """Read the challenger; None when there is none. Raises `ModelStoreError` when the file is damaged."""
    try:
        table = json.loads(storage.read(CHALLENGER_FILE, 1024))
        return None if table is None else Challenger(**table)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ModelStoreError(f"{CHALLENGER_FILE} cannot be used: {reason_of(error)}") from error


def versions_in_use(storage: Storage, n_activations: int) -> set[str]:
    """Give the current version, the last `n_activations` activated versions, and the challenger.

    Names that are in damaged files are left out.
    """
    names: set[str | None] = {*list(activations_if_sound(storage))[-n_activations:]}
    with suppress(ModelStoreError):
        names.add(current_version(storage))
    with suppress(ModelStoreError):
        if challenging := challenger(storage):
            names.add(challenging.version)
    return {name for name in names if name}
