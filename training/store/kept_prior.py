"""The model learned from generated histories alone: made once for a models folder, and kept there.

It is what every training starts from. `prior-<key>/` holds the model and its checksum, in the form that
`sha256sum --check` reads. The key is made of the seed and of the sources
that a prior depends on: it is learned anew when one of them changes, and kept through any other change.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from training.disk import durable, whole_folders
from training.model.forecast_model import ForecastModel
from training.store.manifest import MODEL_FILE
from training.store.versions import ModelStoreError, build_model, model_bytes, read_file, sha256

CHECKSUM_FILE = "SHA256SUMS"
TRAINING = Path(__file__).parents[1]
# The packages that decide what is learned from generated histories.
PRIOR_PACKAGES = ("history", "model", "fitting", "sigmoids")


def kept_prior(models: Path, random_state: int, learn: Callable[[], ForecastModel]) -> ForecastModel:
    """Return the prior of a seed; learn it, and keep it instead of any other, when it is missing or damaged.

    Parameters
    ----------
    models : the models folder
    random_state : the seed that `learn` uses
    learn : makes the prior
    """
    name = f"prior-{prior_key(random_state)}"
    try:
        return _read(models / name)
    except ModelStoreError:
        prior = learn()
    content = model_bytes(prior)
    files = {MODEL_FILE: content, CHECKSUM_FILE: f"{sha256(content)}  {MODEL_FILE}\n".encode()}
    with whole_folders.locked(models):
        for other in models.glob("prior-*"):
            whole_folders.remove(models, other.name)
        whole_folders.add(models, name, files, check=_check)
    return prior


def prior_key(random_state: int, training: Path = TRAINING) -> str:
    """What tells one prior from another: a digest of the seed and the sources that it depends on.

    Parameters
    ----------
    random_state : the seed
    training : the folder of the sources' packages

    Returns
    -------
    str
        Twelve hexadecimal digits.
    """
    digest = hashlib.sha256(f"{random_state}\n".encode())
    for package in PRIOR_PACKAGES:
        for source in sorted((training / package).rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def _check(folder: Path) -> None:
    _read(folder)


def _read(folder: Path) -> ForecastModel:
    try:
        checksum = durable.read(folder / CHECKSUM_FILE, 1024).decode().partition(" ")[0]
    except (OSError, ValueError) as error:
        raise ModelStoreError(f"{folder.name}: {CHECKSUM_FILE} cannot be read: {error}") from error
    label = f"{folder.name}: {MODEL_FILE}"
    return build_model(read_file(folder / MODEL_FILE, label, checksum), label)
