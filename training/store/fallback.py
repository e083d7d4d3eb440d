"""Find a version to serve when the current one is damaged: the last activated one that is valid."""

import contextlib
from collections.abc import Callable, Iterable, Iterator

from training.model.forecaster import Forecaster
from training.store import pointer
from training.store.manifest import Manifest
from training.store.storage import Storage
from training.store.versions import LoadedModel, ModelStoreError, Refusal


def candidates(
    storage: Storage, versions: Callable[[], list[Manifest]], refused: list[Refusal]
) -> Iterator[str]:
    """Yield the current version, then the earlier ones, latest first.

    Parameters
    ----------
    storage : where the files are
    versions : gives the manifests of all versions, for when the list of activations is damaged
    refused : damaged files are added here
    """
    current = None
    try:
        current = pointer.current_version(storage)
    except ModelStoreError as error:
        refused.append(Refusal(pointer.POINTER_FILE, str(error)))
    if current is not None:
        yield current
    earlier: list[str] = []
    try:
        earlier = list(pointer.activations(storage))
    except ModelStoreError as error:
        refused.append(Refusal(pointer.ACTIVATIONS_FILE, str(error)))
        # The earlier versions are unknown; these became current when they were published.
        with contextlib.suppress(ModelStoreError):
            earlier = [manifest.version for manifest in versions() if manifest.verdict.took_over]
    yield from (version for version in reversed(earlier) if version != current)


def first_sound(
    versions: Iterable[str], load: Callable[[str], tuple[Forecaster, Manifest]], refused: list[Refusal]
) -> LoadedModel | None:
    """Load the first version that passes verification; the others are added to `refused`."""
    for version in versions:
        try:
            model, manifest = load(version)
        except ModelStoreError as error:
            refused.append(Refusal(version, str(error)))
        else:
            return LoadedModel(model, manifest, tuple(refused))
    return None
