"""Choose the version to serve: the current one or, if it is damaged, the last activated valid one."""

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
    """Yield the name of the current version, then the earlier current versions, latest first.

    Parameters
    ----------
    storage : storage of the model store
    versions : returns the manifests of all versions; used when the list of activations is damaged
    refused : damaged files are appended to this list
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
        # The earlier current versions are unknown. Use those that became current at publication.
        with contextlib.suppress(ModelStoreError):
            earlier = [manifest.version for manifest in versions() if manifest.verdict.took_over]
    yield from (version for version in reversed(earlier) if version != current)


def first_sound(
    versions: Iterable[str], load: Callable[[str], tuple[Forecaster, Manifest]], refused: list[Refusal]
) -> LoadedModel | None:
    """Load the first version that passes verification; None when there is none.

    Parameters
    ----------
    versions : names, in the order of preference
    load : verifies and loads a version; raises `ModelStoreError` when it is not valid
    refused : versions that are not valid are appended to this list
    """
    for version in versions:
        try:
            model, manifest = load(version)
        except ModelStoreError as error:
            refused.append(Refusal(version, str(error)))
        else:
            return LoadedModel(model, manifest, tuple(refused))
    return None
