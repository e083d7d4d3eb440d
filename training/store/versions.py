"""The files of one published version: how they are written and how they are verified.

Files on disk may be truncated, changed or untrusted. Their sizes, manifest, checksums and package versions
are checked before a model is built from them.
"""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as package_version
from typing import Any

import joblib
import numpy as np

from training.errors import ViewcastError, reason_of
from training.model.event_model import with_events
from training.model.forecast_model import ForecastModel
from training.model.forecaster import Forecaster
from training.store.array_pickles import RefusedPickleError, dump_arrays, load_arrays
from training.store.manifest import EVENTS_FILE, TRIAL_FILE, Manifest, ManifestError, is_version_name
from training.store.storage import ReadFile, Storage
from training.store.trial import TrialError, check_trial

MANIFEST_FILE = "manifest.json"
# For people only. It has no checksum, because no model is built from it.
REPORT_FILE = "report.html"

# Size limit for each file; models have some megabytes.
MOST_MODEL_BYTES = 2**28
_MOST_MANIFEST_BYTES = 2**20
_MOST_REPORT_BYTES = 2**26


class ModelStoreError(ViewcastError):
    """A version cannot be read, published or activated. The message has its name and the reason."""


class UnknownVersionError(ModelStoreError):
    """There is no version of that name."""


class VersionInUseError(ModelStoreError):
    """The version is in use: it cannot be removed, or cannot become the challenger."""


@dataclass(frozen=True)
class Refusal:
    """A version or a file of the store that is not valid, and the reason."""

    name: str
    reason: str


class NoModelError(ModelStoreError):
    """No version can be loaded; `refused` lists the versions that were tried."""

    def __init__(self, message: str, refused: tuple[Refusal, ...] = ()) -> None:
        super().__init__(message)
        self.refused = refused

    @property
    def public(self) -> str:
        """The message without the path of the models, for clients."""
        if not self.refused:
            return "there is no model yet; `python -m training fit` makes one"
        return f"no version can be loaded: {'; '.join(refusal.reason for refusal in self.refused)}"


@dataclass(frozen=True)
class LoadedModel:
    """A verified model, its manifest, and the refused versions that were tried before it."""

    model: Forecaster
    manifest: Manifest
    refused: tuple[Refusal, ...] = ()


def version_names(storage: Storage) -> list[str]:
    """Return the names of all versions, oldest first. Raises `ModelStoreError` when listing fails."""
    try:
        return sorted(filter(is_version_name, storage.groups()))
    except OSError as error:
        raise ModelStoreError(f"the versions cannot be listed: {reason_of(error)}") from error


def check_known(storage: Storage, version: str) -> None:
    """Raise `UnknownVersionError` when there is no version of that name."""
    if not is_version_name(version):
        raise UnknownVersionError(f"{version[:80]!r} is no version's name")
    if version not in version_names(storage):
        raise UnknownVersionError(f"there is no version {version}")


def model_bytes(model: Forecaster) -> bytes:
    """Return the bytes of a model's joblib file."""
    return dump_arrays(model.to_arrays())


def model_files(models: Mapping[str, Forecaster]) -> dict[str, bytes]:
    """Return the files of some models by name: one for each model, and `EVENTS_FILE` if any has events."""
    files = {file: model_bytes(model) for file, model in models.items()}
    documents = {file: model.to_document() for file, model in models.items()}
    if any(document is not None for document in documents.values()):
        text = json.dumps(documents, indent=1, sort_keys=True, ensure_ascii=False)
        files[EVENTS_FILE] = f"{text}\n".encode()
    return files


def sha256(content: bytes) -> str:
    """Return the SHA-256 checksum of a file's content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def packages() -> dict[str, str]:
    """Return the installed versions of Python and of the packages that models depend on."""
    names = "joblib", "numpy", "scikit-learn", "scipy"
    return {"python": platform.python_version(), **{name: package_version(name) for name in names}}


def read_manifest(read: ReadFile, version: str) -> Manifest:
    """Read the manifest of a version, and check that it belongs to that version.

    Raises `ModelStoreError` when it is missing, not valid, or belongs to another version.
    """
    try:
        manifest = Manifest.from_json(read(MANIFEST_FILE, _MOST_MANIFEST_BYTES))
    except FileNotFoundError as error:
        raise ModelStoreError(f"{version}: {MANIFEST_FILE} is missing") from error
    except (OSError, ManifestError, ValueError) as error:
        raise ModelStoreError(f"{version}: {MANIFEST_FILE} is refused: {reason_of(error)}") from error
    if manifest.version != version:
        raise ModelStoreError(f"{version}: {MANIFEST_FILE} is refused: it belongs to {manifest.version}")
    if (name := manifest.name()) != version:
        raise ModelStoreError(f"{version}: {MANIFEST_FILE} is refused: what it says would be named {name}")
    return manifest


def read_report(read: ReadFile, version: str) -> bytes | None:
    """Read the HTML report of a version; None when it was published without one.

    Raises `ModelStoreError` when the manifest is not valid or the report cannot be read.
    """
    read_manifest(read, version)
    try:
        return read(REPORT_FILE, _MOST_REPORT_BYTES)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ModelStoreError(f"{version}: {REPORT_FILE} cannot be read: {reason_of(error)}") from error


def read_version(read: ReadFile, version: str, file: str) -> tuple[Forecaster, Manifest]:
    """Verify all files of a version, and build the model of one of them.

    Parameters
    ----------
    read : reads the version's files by name
    version : name of the version
    file : `MODEL_FILE` or `HELD_OUT_FILE`

    Raises
    ------
    ModelStoreError
        When a file is missing, changed or not valid, or the model does not pass the trial.
    """
    try:
        return _read_version(read, version, file)
    except ModelStoreError:
        raise
    except Exception as error:  # any error: the caller must be able to try the next version
        raise ModelStoreError(
            f"{version} is refused: {type(error).__name__}: {reason_of(error)[:200]}"
        ) from error


def _read_version(read: ReadFile, version: str, file: str) -> tuple[Forecaster, Manifest]:
    manifest = read_manifest(read, version)
    _check_packages(manifest)
    contents = {name: _read_file(read, version, name, checksum) for name, checksum in manifest.files.items()}
    model = build_model(contents[file], f"{version}: {file}")
    try:
        forecaster = with_events(model, _events_document(contents, file))
    except ValueError as error:
        raise ModelStoreError(f"{version}: {EVENTS_FILE} is refused: {error}") from error
    try:
        check_trial(forecaster, contents[TRIAL_FILE], file)
    except TrialError as error:
        raise ModelStoreError(f"{version}: {TRIAL_FILE} is refused: {error}") from error
    return forecaster, manifest


def _events_document(contents: Mapping[str, bytes], file: str) -> Any:
    """Give the saved effects of events of one model of a version; None when it has none."""
    if EVENTS_FILE not in contents:
        return None
    try:
        return json.loads(contents[EVENTS_FILE])[file]
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise ValueError(f"it says nothing of {file} ({error})") from error


def _read_file(read: ReadFile, version: str, name: str, expected_sha256: str) -> bytes:
    """Read a file of a version and compare its checksum."""
    label = f"{version}: {name}"
    try:
        content = read(name, MOST_MODEL_BYTES)
    except FileNotFoundError as error:
        raise ModelStoreError(f"{label} is missing") from error
    except (OSError, ValueError) as error:
        raise ModelStoreError(f"{label} is refused: {reason_of(error)}") from error
    if sha256(content) != expected_sha256:
        raise ModelStoreError(f"{label} is refused: its checksum is not the one it was published with")
    return content


def build_model(content: bytes, label: str) -> ForecastModel:
    """Build a model from the bytes of its file; `label` names the file in the `ModelStoreError` it raises."""
    try:
        return ForecastModel.from_arrays(load_arrays(content))
    except RefusedPickleError as error:
        raise ModelStoreError(f"{label} is refused: {error}") from error
    except (TypeError, ValueError) as error:
        raise ModelStoreError(f"{label} is refused: its arrays make no model: {error}") from error


def _check_packages(manifest: Manifest) -> None:
    """Refuse a version that was written with another major version of numpy or joblib."""
    for name, installed in ("numpy", np.__version__), ("joblib", joblib.__version__):
        written = manifest.packages.get(name, "none")
        if written.partition(".")[0] != installed.partition(".")[0]:
            raise ModelStoreError(
                f"{manifest.version} is refused: it was made with {name} {written}, "
                f"and {name} {installed} is installed"
            )
