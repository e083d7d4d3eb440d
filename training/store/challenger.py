"""The version that forecasts along, unseen, until it has proved better than the current one: a small file."""

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
    """A version that is to prove better on days to come.

    Attributes
    ----------
    version : its name
    since : the day that it began, UTC, ISO 8601
    days : on so many days together it has to have been better than the current version
    """

    version: str
    since: str
    days: int

    def __post_init__(self) -> None:
        if not is_version_name(self.version) or type(self.days) is not int or not 0 < self.days <= MOST_DAYS:
            raise ValueError("it names no version, or no number of days")
        date.fromisoformat(self.since)


def challenger(storage: Storage) -> Challenger | None:
    """Read which version forecasts along; None when none does. `ModelStoreError` when the file is damaged."""
    try:
        table = json.loads(storage.read(CHALLENGER_FILE, 1024))
        return None if table is None else Challenger(**table)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ModelStoreError(f"{CHALLENGER_FILE} cannot be used: {reason_of(error)}") from error


def versions_in_use(storage: Storage, n_activations: int) -> set[str]:
    """The current version, the last that were activated, and the challenger, where that can be known."""
    names: set[str | None] = {*list(activations_if_sound(storage))[-n_activations:]}
    with suppress(ModelStoreError):
        names.add(current_version(storage))
    with suppress(ModelStoreError):
        if challenging := challenger(storage):
            names.add(challenging.version)
    return {name for name in names if name}
