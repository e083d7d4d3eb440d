"""The model store: versions of the model in a folder, each whole or absent, and one of them current.

Training publishes here and the service loads from here; neither trusts what it finds. See docs/models.md.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from training.clock import Clock, iso_time, utc_now
from training.disk import whole_folders
from training.disk.plain_json import plain
from training.history.series import History
from training.model.forecaster import Forecaster
from training.store import pointer
from training.store.manifest import (
    HELD_OUT_FILE,
    MODEL_FILE,
    TRIAL_FILE,
    Fingerprint,
    Manifest,
    Source,
    Verdict,
    is_version_name,
)
from training.store.pointer import POINTER_FILE
from training.store.scores import Scores
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
    model_bytes,
    model_files,
    packages,
    read_manifest,
    read_report,
    read_version,
    sha256,
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
    """The versions in a folder.

    Parameters
    ----------
    folder : Path
        Made by the first publication when it does not exist.
    clock : callable, default=the system's
        Gives the time that an activation is recorded with.
    """

    def __init__(self, folder: Path, clock: Clock = utc_now) -> None:
        self.folder = folder
        self._clock = clock

    def current_version(self) -> str | None:
        """Return the name of the version that is served, or None when nothing was ever activated.

        Raises `ModelStoreError` when the pointer is damaged.
        """
        return pointer.current_version(self.folder)

    def version_names(self) -> list[str]:
        """Return the names of all versions, oldest first, sound or not."""
        with contextlib.suppress(FileNotFoundError):
            return sorted(filter(is_version_name, os.listdir(self.folder)))
        return []

    def versions(self) -> list[Manifest]:
        """Return the manifests of all versions, oldest first; those that cannot be read are left out."""
        manifests = []
        for name in self.version_names():
            with contextlib.suppress(ModelStoreError):
                manifests.append(self.manifest(name))
        return manifests

    def manifest(self, version: str) -> Manifest:
        """Return a version's manifest, checked by itself; `load` checks the other files as well."""
        return read_manifest(self._folder_of(version), version)

    def load(self, version: str) -> tuple[Forecaster, Manifest]:
        """Verify a version and load its model.

        Raises
        ------
        ModelStoreError
            When anything about the version is not as it was published; nothing of it has run then.
        """
        return read_version(self._folder_of(version), version, MODEL_FILE)

    def load_held_out(self, version: str) -> Forecaster:
        """Verify a version and load the twin that was fitted without the held-out days."""
        return read_version(self._folder_of(version), version, HELD_OUT_FILE)[0]

    def load_last_good(self) -> LoadedModel:
        """Load the current version or, when it is refused, the most recently activated one that is sound.

        Raises
        ------
        NoModelError
            When there is none.
        """
        refused: list[Refusal] = []
        loaded = self._first_sound(self._candidates(refused), refused)
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
        nameless = Manifest(
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
        # Of the manifest, and so of everything: the same model from another history has another name.
        version = nameless.name()
        manifest = replace(nameless, version=version)
        unverified = {} if report is None else {REPORT_FILE: report(manifest)}
        with whole_folders.locked(self.folder):
            self._add(version, {**files, **unverified, MANIFEST_FILE: manifest.to_json()})
            if activate:
                self._point_to(version)
            self._prune(version)
        return manifest

    def activate(self, version: str) -> Manifest:
        """Make a version the current one, once it has been verified."""
        with whole_folders.locked(self.folder):
            _, manifest = self.load(version)
            self._point_to(version)
        return manifest

    def roll_back(self) -> LoadedModel:
        """Make the version current that was current before this one.

        Versions that are refused are passed over. The one that is left is no fallback any more; it stays
        where it is and can be activated by name.

        Raises
        ------
        NoModelError
            When nothing sound was activated before.
        """
        with whole_folders.locked(self.folder):
            activations = pointer.activations(self.folder)
            names = list(activations)
            with contextlib.suppress(
                ModelStoreError, ValueError
            ):  # damaged, or unknown: all of them are earlier
                names = names[: names.index(self.current_version() or "")]
            refused: list[Refusal] = []
            loaded = self._first_sound(reversed(names), refused)
            if loaded is None:
                raise NoModelError("there is no earlier version to roll back to", tuple(refused))
            version = loaded.manifest.version
            earlier = names[: names.index(version)]
            pointer.point_to(
                self.folder, version, {name: activations[name] for name in earlier}, self._clock()
            )
        return loaded

    def report(self, version: str) -> bytes | None:
        """Return a version's HTML report; None when it was published without one."""
        return read_report(self._folder_of(version), version)

    def remove(self, version: str) -> None:
        """Remove a version for good; the current one and the one before it raise `VersionInUseError`."""
        with whole_folders.locked(self.folder):
            if not self._folder_of(version).is_dir():
                raise UnknownVersionError(f"there is no version {version}")
            if version in {self.current_version(), *list(self._activations_or_none())[-2:]}:
                raise VersionInUseError(f"{version} is the current version, or the one to go back to")
            whole_folders.remove(self.folder, version)

    def _folder_of(self, version: str) -> Path:
        if not is_version_name(version):
            raise UnknownVersionError(f"{version[:80]!r} is no version's name")
        return self.folder / version

    def _candidates(self, refused: list[Refusal]) -> Iterator[str]:
        """Yield the current version, then those activated before, latest first; note what is damaged."""
        current = None
        try:
            current = self.current_version()
        except ModelStoreError as error:
            refused.append(Refusal(POINTER_FILE, str(error)))
        if current is not None:
            yield current
        try:
            earlier = list(pointer.activations(self.folder))
        except ModelStoreError as error:
            refused.append(Refusal(pointer.ACTIVATIONS_FILE, str(error)))
            # What was current before cannot be known any more; these were, each in its time.
            earlier = [manifest.version for manifest in self.versions() if manifest.verdict.took_over]
        yield from (version for version in reversed(earlier) if version != current)

    def _first_sound(self, versions: Iterator[str], refused: list[Refusal]) -> LoadedModel | None:
        for version in versions:
            try:
                model, manifest = self.load(version)
            except ModelStoreError as error:
                refused.append(Refusal(version, str(error)))
            else:
                return LoadedModel(model, manifest, tuple(refused))
        return None

    def _activations_or_none(self) -> dict[str, str]:
        """The same, or none when the file is damaged: that must not keep a good version from serving."""
        with contextlib.suppress(ModelStoreError):
            return pointer.activations(self.folder)
        return {}

    def _add(self, version: str, files: Mapping[str, bytes]) -> None:
        if self._folder_of(version).exists():
            raise ModelStoreError(f"{version} is there already")

        def check(folder: Path) -> None:
            for file in MODEL_FILE, HELD_OUT_FILE:
                model, _ = read_version(folder, version, file)
                if model_bytes(model) != files[file]:
                    raise ModelStoreError(f"{version}: {file} does not come back from the disk as it went")

        whole_folders.add(self.folder, version, files, check)

    def _point_to(self, version: str) -> None:
        pointer.point_to(self.folder, version, self._activations_or_none(), self._clock())

    def _prune(self, added: str) -> None:
        """Remove all but the new version, the latest, the current one, and those it could fall back to."""
        kept = {
            added,
            *self.version_names()[-KEPT_VERSIONS:],
            *list(self._activations_or_none())[-KEPT_ACTIVATIONS:],
        }
        with contextlib.suppress(ModelStoreError):
            kept.add(self.current_version() or "")
        for version in set(self.version_names()) - kept:
            whole_folders.remove(self.folder, version)
