"""A model store needs no folder: it works on whatever lists, reads, adds, replaces and removes."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.object_store import serving_objects
from tests.training.publisher import publish_in
from training.model.event_effects import Effect, EventEffects
from training.store.folder import FolderStorage
from training.store.manifest import LOADED_FILES
from training.store.model_store import ModelStore, ModelStoreError, UnknownVersionError
from training.store.s3 import S3Storage
from training.store.storage import ReadFile, Storage
from training.store.versions import MANIFEST_FILE

NOWHERE = Path("/nowhere")
EFFECTS = EventEffects(events={"campaign": Effect((0.0,) * 9, largest=1.0, times=9)}, holidays={})


class MemoryStorage:
    """Files in a dictionary, as an object store has them: names with slashes, and no folders."""

    poll_seconds = 0.3

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def groups(self) -> list[str]:
        return list({name.partition("/")[0] for name in self.files if "/" in name})

    def read(self, name: str, most_bytes: int) -> bytes:
        try:
            return self.files[name]
        except KeyError as error:
            raise FileNotFoundError(name) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        yield

    def add(self, group: str, files: Mapping[str, bytes], check: Callable[[ReadFile], None]) -> None:
        if group in self.groups():
            raise FileExistsError(group)
        check(lambda name, most_bytes: files[name])
        self.files |= {f"{group}/{name}": content for name, content in files.items()}

    def replace(self, name: str, content: bytes) -> None:
        self.files[name] = content

    def remove(self, group: str) -> None:
        self.files = {
            name: content for name, content in self.files.items() if not name.startswith(f"{group}/")
        }

    def signature(self, names: Iterable[str]) -> Hashable:
        return tuple(hash(self.files.get(name)) for name in names)


def publish(store: ModelStore, seed: int) -> str:
    return publish_in(store, seed, EFFECTS)


@pytest.fixture(params=["folder", "memory", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    if request.param == "s3":
        with serving_objects() as objects:
            yield S3Storage(objects.url)
    else:
        yield FolderStorage(tmp_path / "models") if request.param == "folder" else MemoryStorage()


@pytest.fixture
def store(storage: Storage) -> ModelStore:
    return ModelStore(NOWHERE, storage=storage)


def test_versions_are_published_loaded_rolled_back_and_removed(store: ModelStore) -> None:
    first, second = publish(store, 1), publish(store, 2)
    assert store.version_names() == [first, second]
    assert store.current_version() == second
    assert store.load(first)[1] == store.manifest(first)
    assert store.roll_back().manifest.version == first
    store.activate(second)
    third = publish(store, 3)
    store.remove(first)
    assert store.version_names() == [second, third]
    with pytest.raises(UnknownVersionError, match=f"no version {first}"):
        store.load(first)


def test_a_version_is_there_once(store: ModelStore) -> None:
    version = publish(store, 1)
    with pytest.raises(ModelStoreError, match=f"{version} is there already"):
        publish(store, 1)


def test_a_damaged_version_is_refused_and_the_one_before_it_loaded(
    store: ModelStore, storage: Storage
) -> None:
    first, second = publish(store, 1), publish(store, 2)
    with storage.locked():
        storage.replace(f"{second}/model.joblib", b"damaged")
    loaded = store.load_last_good()
    assert loaded.manifest.version == first
    assert [refusal.name for refusal in loaded.refused] == [second]


def test_what_does_not_pass_the_check_leaves_no_trace(storage: Storage) -> None:
    def refuse(read: ReadFile) -> None:
        assert read("a", 1) == b"1"
        raise ValueError("refused")

    with storage.locked(), pytest.raises(ValueError, match="refused"):
        storage.add("group", {"a": b"1"}, refuse)
    assert "group" not in storage.groups()


@pytest.mark.parametrize("file", ["current", MANIFEST_FILE, *LOADED_FILES])
def test_the_signature_differs_when_a_file_that_is_loaded_has_changed(
    store: ModelStore, storage: Storage, file: str
) -> None:
    before_any = store.signature()
    version = publish(store, 1)
    published = store.signature()
    assert published != before_any
    assert store.signature() == published
    with storage.locked():
        storage.replace(file if file == "current" else f"{version}/{file}", b"damaged")
    assert store.signature() != published
