"""The model store: the versions of the model, one of which is current.

Training publishes versions, the service loads them; both verify the files first. See docs/models.md.
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
# The last activated versions are kept, too, even if many newer versions did not become current.
KEPT_ACTIVATIONS = 5


class ModelStore:
    """The versions in a folder or in another storage.

    Parameters
    ----------
    folder : Path or str
        The folder, created by the first publication. With `storage`, only its name in messages.
    clock : callable, default=utc_now
        Gives the time of activations.
    storage : Storage, default=FolderStorage(folder)
        Storage of the files; also an attribute.
    """

    def __init__(self, folder: Place, clock: Clock = utc_now, storage: Storage | None = None) -> None:
        self.folder = folder
        self._clock = clock
        self.storage = FolderStorage(Path(folder)) if storage is None else storage

    def signature(self) -> Hashable:
        """Return a value that changes when the current version, or a file that it is loaded from, changes.

        The only file it reads is the pointer, so it is fast enough to be called several times a second.
        """
        names = [POINTER_FILE]
        with contextlib.suppress(ModelStoreError):
            if version := self.current_version():
                names += [f"{version}/{file}" for file in (MANIFEST_FILE, *LOADED_FILES)]
        return self.storage.signature(names)

    def current_version(self) -> str | None:
        """Return the name of the current version, or None when no version was ever activated.

        Raises `ModelStoreError` when the pointer is damaged.
        """
        return pointer.current_version(self.storage)

    def version_names(self) -> list[str]:
        """Return the names of all versions, oldest first, valid or not."""
        return version_names(self.storage)

    def versions(self) -> list[Manifest]:
        """Return the manifests of all versions, oldest first, without those that are not valid."""
        manifests = []
        for name in self.version_names():
            with contextlib.suppress(ModelStoreError):
                manifests.append(self.manifest(name))
        return manifests

    def manifest(self, version: str) -> Manifest:
        """Return a version's manifest. Only the manifest is checked; `load` checks all files."""
        return read_manifest(self._reader(version), version)

    def load(self, version: str) -> tuple[Forecaster, Manifest]:
        """Verify a version and load its model.

        Raises
        ------
        ModelStoreError
            When a file of the version is missing, changed or not valid, or there is no such version.
        """
        return read_version(self._reader(version), version, MODEL_FILE)

    def load_held_out(self, version: str) -> Forecaster:
        """Verify a version and load its held-out twin, which was fitted without the held-out days."""
        return read_version(self._reader(version), version, HELD_OUT_FILE)[0]

    def load_last_good(self) -> LoadedModel:
        """Load the current version or, when it is not valid, the last activated version that is.

        Raises
        ------
        NoModelError
            When no such version is valid.
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
        """Add a version, completely or not at all.

        The files are written under a temporary name, synced to disk, loaded and verified, and then renamed.
        The pointer to the current version is changed last. Old versions are removed.

        Parameters
        ----------
        model, held_out_model : fitted on all days, and on all days but the held-out ones
        created : time of publication, with a time zone
        history : the history that the model was fitted on
        source : source of the history
        settings, scores : for the manifest; scores are None when no days could be held out
        verdict : whether the version becomes current, and why
        activate : whether to make it the current version
        report : makes the version's HTML report from its manifest; by default, there is no report

        Raises
        ------
        ModelStoreError
            When the version exists, a model does not pass the trial, or the written files are not valid.
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
        # The name depends on the history, too: the same model from another history gets another name.
        manifest = replace(manifest, version=manifest.name())
        unverified = {} if report is None else {REPORT_FILE: report(manifest)}
        with self.storage.locked():
            self._add(manifest.version, {**files, **unverified, MANIFEST_FILE: manifest.to_json()})
            if activate:
                self._point_to(manifest.version)
            self._prune(manifest.version)
        return manifest

    def activate(self, version: str) -> Manifest:
        """Verify a version and make it current. Raises `ModelStoreError` when it is not valid."""
        with self.storage.locked():
            _, manifest = self.load(version)
            self._point_to(version)
        return manifest

    def roll_back(self) -> LoadedModel:
        """Make the previous current version current again.

        Versions that are not valid are skipped. The version that was current stays in the store and can be
        activated by name, but it is removed from the list of activations.

        Raises
        ------
        NoModelError
            When no valid version was current before.
        ModelStoreError
            When the list of activations is damaged.
        """
        with self.storage.locked():
            activations = pointer.activations(self.storage)
            names = list(activations)
            # If the pointer is damaged or its version is not in the list, all activations are earlier ones.
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
        """Delete a version.

        Raises
        ------
        UnknownVersionError
            When there is no version of that name.
        VersionInUseError
            When it is the current version, the one before it, or the challenger.
        ModelStoreError
            When the pointer to the current version is damaged.
        """
        with self.storage.locked():
            check_known(self.storage, version)
            if version in {self.current_version(), *versions_in_use(self.storage, 2)}:
                raise VersionInUseError(
                    f"{version} is the current version, the one before, or the challenger"
                )
            self.storage.remove(version)

    def _reader(self, version: str) -> ReadFile:
        """Give a function that reads the files of a version by name."""
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
        """Delete old versions, except the new one, the latest 20 and those of `versions_in_use`."""
        names = self.version_names()
        kept = {added, *names[-KEPT_VERSIONS:], *versions_in_use(self.storage, KEPT_ACTIVATIONS)}
        for version in set(names) - kept:
            self.storage.remove(version)
