"""The model store: versions of the model in a folder, each whole or absent, and one of them current.

Training publishes here and the service loads from here; neither trusts what it finds. See docs/models.md.
"""

import contextlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from training.clock import Clock, iso_time, utc_now
from training.disk.plain_json import plain
from training.history.series import History
from training.model.forecaster import Forecaster
from training.store import fallback, pointer
from training.store.challenger import versions_in_use
from training.store.folder import FolderStorage
from training.store.manifest import (
    HELD_OUT_FILE,
    LOADED_FILES,
    MODEL_FILE,
    TRIAL_FILE,
    Fingerprint,
    Manifest,
    Source,
    Verdict,
)
from training.store.pointer import POINTER_FILE
from training.store.scores import Scores
from training.store.storage import Place, ReadFile, Storage
from training.store.trial import TrialError, trial_bytes
from training.store.versions import (
    MANIFEST_FILE,
    REPORT_FILE,
    LoadedModel,
    ModelStoreError,
    NoModelError,
    Refusal,
    UnknownVersionError,
    VersionInUseError,
    check_known,
    model_bytes,
    model_files,
    packages,
    read_manifest,
    read_report,
    read_version,
    sha256,
    version_names,
)

__all__ = [
    "POINTER_FILE",
    "LoadedModel",
    "ModelStore",
    "ModelStoreError",
    "NoModelError",
    "UnknownVersionError",
    "VersionInUseError",
]

KEPT_VERSIONS = 20
# However many candidates fail to take over, there is something to go back to.
KEPT_ACTIVATIONS = 5


class ModelStore:
    """The versions in a place.

    Parameters
    ----------
    folder : Path, or str
        Made by the first publication when it does not exist; beside a storage, what messages call it.
    clock : callable, default=the system's
        Gives the time that an activation is recorded with.
    storage : Storage, default=FolderStorage(folder)
        Where the files are kept; an attribute, too.
    """

    def __init__(self, folder: Place, clock: Clock = utc_now, storage: Storage | None = None) -> None:
        self.folder = folder
        self._clock = clock
        self.storage = FolderStorage(Path(folder)) if storage is None else storage

    def signature(self) -> Hashable:
        """Return what differs when the current version, or a file that it is loaded from, has changed.

        It reads the pointer and nothing else, so that it can be asked for several times a second.
        """
        names = [POINTER_FILE]
        with contextlib.suppress(ModelStoreError):
            if version := self.current_version():
                names += [f"{version}/{file}" for file in (MANIFEST_FILE, *LOADED_FILES)]
        return self.storage.signature(names)

    def current_version(self) -> str | None:
        """Return the name of the version that is served, or None when nothing was ever activated.

        Raises `ModelStoreError` when the pointer is damaged.
        """
        return pointer.current_version(self.storage)

    def version_names(self) -> list[str]:
        """Return the names of all versions, oldest first, sound or not."""
        return version_names(self.storage)

    def versions(self) -> list[Manifest]:
        """Return the manifests of all versions, oldest first; those that cannot be read are left out."""
        manifests = []
        for name in self.version_names():
            with contextlib.suppress(ModelStoreError):
                manifests.append(self.manifest(name))
        return manifests

    def manifest(self, version: str) -> Manifest:
        """Return a version's manifest, checked by itself; `load` checks the other files as well."""
        return read_manifest(self._reader(version), version)

    def load(self, version: str) -> tuple[Forecaster, Manifest]:
        """Verify a version and load its model.

        Raises
        ------
        ModelStoreError
            When anything about the version is not as it was published; nothing of it has run then.
        """
        return read_version(self._reader(version), version, MODEL_FILE)

    def load_held_out(self, version: str) -> Forecaster:
        """Verify a version and load the twin that was fitted without the held-out days."""
        return read_version(self._reader(version), version, HELD_OUT_FILE)[0]

    def load_last_good(self) -> LoadedModel:
        """Load the current version or, when it is refused, the most recently activated one that is sound.

        Raises
        ------
        NoModelError
            When there is none.
        """
        refused: list[Refusal] = []
        candidates = fallback.candidates(self.storage, self.versions, refused)
        loaded = fallback.first_sound(candidates, self.load, refused)
        if loaded is not None:
            return loaded
        if refused:
            reasons = "; ".join(refusal.reason for refusal in refused)
            raise NoModelError(f"no version in {self.folder} can be loaded: {reasons}", tuple(refused))
        raise NoModelError(f"there is no model in {self.folder} yet; `python -m training fit` makes one")

    def publish(
        self,
        model: Forecaster,
        held_out_model: Forecaster,
        *,
        created: datetime,
        history: History,
        source: Source,
        settings: Mapping[str, Any],
        scores: Scores | None,
        verdict: Verdict,
        activate: bool,
        report: Callable[[Manifest], bytes] | None = None,
    ) -> Manifest:
        """Add a version, whole or not at all.

        It is written beside the others, flushed to disk, loaded back as any reader would, and only then given
        its name; the pointer moves last.

        Parameters
        ----------
        model, held_out_model : fitted on everything, and on everything but the held-out days
        created : time of publication, aware of its zone
        history : what the model was fitted on; the manifest keeps its fingerprint
        source : where the history came from
        settings, scores : for the manifest; scores are None when no days could be held out
        verdict : whether the version takes over, and why
        activate : make it the current version
        report : makes the version's HTML report from its manifest; without one there is none

        Raises
        ------
        ModelStoreError
            When the version exists already, its models break the trial, or it does not come back from the
            disk as it went.
        """
        models = {MODEL_FILE: model, HELD_OUT_FILE: held_out_model}
        files = model_files(models)
        try:
            files[TRIAL_FILE] = trial_bytes(models)
        except TrialError as error:
            raise ModelStoreError(f"it cannot be published: {error}") from error
        manifest = Manifest(
            version="",
            created=iso_time(created),
            history=Fingerprint.of(history),
            source=source,
            settings=plain(settings),
            packages=packages(),
            scores=scores,
            verdict=verdict,
            files={name: sha256(content) for name, content in files.items()},
        )
        # The same model from another history has another name.
        manifest = replace(manifest, version=manifest.name())
        unverified = {} if report is None else {REPORT_FILE: report(manifest)}
        with self.storage.locked():
            self._add(manifest.version, {**files, **unverified, MANIFEST_FILE: manifest.to_json()})
            if activate:
                self._point_to(manifest.version)
            self._prune(manifest.version)
        return manifest

    def activate(self, version: str) -> Manifest:
        """Make a version the current one, once it has been verified."""
        with self.storage.locked():
            _, manifest = self.load(version)
            self._point_to(version)
        return manifest

    def roll_back(self) -> LoadedModel:
        """Make the version current that was current before this one.

        Versions that are refused are passed over. The version that was current is no longer a
        fallback; it stays in the store, and can be activated by name.

        Raises
        ------
        NoModelError
            When nothing sound was activated before.
        """
        with self.storage.locked():
            activations = pointer.activations(self.storage)
            names = list(activations)
            # When the current one is damaged, or not among them, all of them are earlier.
            with contextlib.suppress(ModelStoreError, ValueError):
                names = names[: names.index(self.current_version() or "")]
            refused: list[Refusal] = []
            loaded = fallback.first_sound(reversed(names), self.load, refused)
            if loaded is None:
                raise NoModelError("there is no earlier version to roll back to", tuple(refused))
            version = loaded.manifest.version
            remembered = {name: activations[name] for name in names[: names.index(version)]}
            pointer.point_to(self.storage, version, remembered, self._clock())
        return loaded

    def report(self, version: str) -> bytes | None:
        """Return a version's HTML report; None when it was published without one."""
        return read_report(self._reader(version), version)

    def remove(self, version: str) -> None:
        """Remove a version for good. Raises when it is in use, or a damaged pointer hides whether it is."""
        with self.storage.locked():
            check_known(self.storage, version)
            if version in {self.current_version(), *versions_in_use(self.storage, 2)}:
                raise VersionInUseError(
                    f"{version} is the current version, the one before, or the challenger"
                )
            self.storage.remove(version)

    def _reader(self, version: str) -> ReadFile:
        """What reads a version's files by their names."""
        check_known(self.storage, version)
        return lambda file, most_bytes: self.storage.read(f"{version}/{file}", most_bytes)

    def _add(self, version: str, files: Mapping[str, bytes]) -> None:
        def check(read: ReadFile) -> None:
            for file in MODEL_FILE, HELD_OUT_FILE:
                model, _ = read_version(read, version, file)
                if model_bytes(model) != files[file]:
                    raise ModelStoreError(f"{version}: {file} does not come back from the disk as it went")

        try:
            self.storage.add(version, files, check)
        except FileExistsError as error:
            raise ModelStoreError(f"{version} is there already") from error

    def _point_to(self, version: str) -> None:
        pointer.point_to(self.storage, version, pointer.activations_if_sound(self.storage), self._clock())

    def _prune(self, added: str) -> None:
        """Remove all but the new version, the latest, the current one, and those it could fall back to."""
        names = self.version_names()
        kept = {added, *names[-KEPT_VERSIONS:], *versions_in_use(self.storage, KEPT_ACTIVATIONS)}
        for version in set(names) - kept:
            self.storage.remove(version)
