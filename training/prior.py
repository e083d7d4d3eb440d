"""The model learned from generated histories alone: made once for a models folder, and kept there.

It is what every training starts from. `prior-<key>/` holds the model and its checksum, in the form that
`sha256sum --check` reads.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from training import durable, whole_folders
from training.forecast_model import ForecastModel
from training.manifest import MODEL_FILE
from training.published import ModelStoreError, build_model, model_bytes, read_file, sha256

CHECKSUM_FILE = "SHA256SUMS"


def kept_prior(models: Path, key: str, learn: Callable[[], ForecastModel]) -> ForecastModel:
    """Return the prior of a key; learn and keep it when there is none, or a damaged one.

    Parameters
    ----------
    models : the models folder
    key : what the prior depends on; other keys have other priors
    learn : makes it
    """
    name = f"prior-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    try:
        return _read(models / name)
    except ModelStoreError:
        prior = learn()
    content = model_bytes(prior)
    files = {MODEL_FILE: content, CHECKSUM_FILE: f"{sha256(content)}  {MODEL_FILE}\n".encode()}
    with whole_folders.locked(models):
        if (models / name).exists():
            whole_folders.remove(models, name)
        whole_folders.add(models, name, files, check=_check)
    return prior


def _check(folder: Path) -> None:
    _read(folder)


def _read(folder: Path) -> ForecastModel:
    try:
        checksum = durable.read(folder / CHECKSUM_FILE, 1024).decode().partition(" ")[0]
    except (OSError, ValueError) as error:
        raise ModelStoreError(f"{folder.name}: {CHECKSUM_FILE} cannot be read: {error}") from error
    label = f"{folder.name}: {MODEL_FILE}"
    return build_model(read_file(folder / MODEL_FILE, label, checksum), label)
