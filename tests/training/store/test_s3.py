"""Versions in an object store: whole or absent, whatever happens to who publishes, or to the line."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from tests.conftest import ROOT
from tests.object_store import BUCKET, ObjectStore, serving_objects
from tests.training.publisher import publish_in
from training.store import model_store
from training.store.model_store import ModelStore, ModelStoreError, NoModelError
from training.store.pointer import activations
from training.store.s3 import ChangedError, S3Storage
from training.store.signing import open_store
from training.store.storage import place_of
from training.store.versions import UnknownVersionError

KEY = "k" * 32


@pytest.fixture
def objects() -> Iterator[ObjectStore]:
    with serving_objects() as served:
        yield served


def store_in(objects: ObjectStore, lease_seconds: float = 60.0) -> ModelStore:
    return ModelStore(objects.url, storage=S3Storage(objects.url, lease_seconds))


def publisher(objects: ObjectStore, n_requests: int) -> subprocess.Popen[bytes]:
    """A process that publishes, and is killed before its n-th request."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.training.publisher", objects.url, str(n_requests)], cwd=ROOT
    )


def test_a_version_is_an_object_and_the_pointer_is_written_last(objects: ObjectStore) -> None:
    version = publish_in(store_in(objects), 1)
    assert objects.keys() == [
        f"viewcast/{name}" for name in (f"{version}.zip", "activations.json", "current")
    ]
    written = [
        line.split("viewcast/")[1].split()[0] for line in objects.requests if "PUT /models-of-tests/v" in line
    ]
    assert written[-4:] == [".lock", f"{version}.zip", "activations.json", "current"]


def test_old_versions_are_pruned(objects: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_store, "KEPT_VERSIONS", 2)
    monkeypatch.setattr(model_store, "KEPT_ACTIVATIONS", 1)
    store = store_in(objects)
    published = [publish_in(store, seed) for seed in range(4)]
    assert store.version_names() == published[-2:]


def test_a_signed_store_refuses_what_is_not_signed(objects: ObjectStore) -> None:
    unsigned = publish_in(open_store(objects.url, None), 1)
    signed = publish_in(open_store(objects.url, KEY), 2)
    store = open_store(objects.url, KEY)
    assert store.load(signed)[1].version == signed
    with pytest.raises(ModelStoreError, match="has to be signed"):
        store.load(unsigned)


def test_what_several_writers_publish_at_once_is_all_there(objects: ObjectStore) -> None:
    with ThreadPoolExecutor(3) as pool:
        published = list(pool.map(lambda seed: publish_in(store_in(objects), seed), range(6)))
    store = store_in(objects)
    assert store.version_names() == sorted(published)
    assert set(activations(store.storage)) == set(published)
    assert store.current_version() == list(activations(store.storage))[-1]
    assert ".lock" not in " ".join(objects.keys())


def test_the_same_version_is_added_by_a_single_writer(objects: ObjectStore) -> None:
    """Without the lease, which may have run out: what decides is the store."""

    def add(content: bytes) -> bool:
        try:
            S3Storage(objects.url).add("group", {"a": content}, lambda read: None)
        except FileExistsError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(add, (b"0", b"1", b"2", b"3")))
    assert sum(added) == 1
    assert S3Storage(objects.url).read("group/a", 1) == b"%d" % added.index(True)


def test_a_writer_whose_lease_has_run_out_changes_nothing_that_another_has_changed(
    objects: ObjectStore,
) -> None:
    slow, quick = (S3Storage(objects.url, lease_seconds=0.0) for _ in range(2))
    with quick.locked():
        quick.replace("current", b"first")
    with slow.locked():
        with quick.locked():
            quick.replace("current", b"second")
        with pytest.raises(ChangedError, match="current was written by somebody else"):
            slow.replace("current", b"third")
        with pytest.raises(OSError, match="is not removed"):
            slow.remove("group")
    assert quick.read("current", 100) == b"second"


def test_a_write_that_is_cut_off_leaves_nothing(objects: ObjectStore) -> None:
    store = store_in(objects)
    first = publish_in(store, 1)
    objects.most_sent = 10_000
    with pytest.raises(OSError, match="cannot be asked"):
        publish_in(store, 2)
    assert store.version_names() == [first]
    assert store.load_last_good().refused == ()
    objects.most_sent = None
    second = publish_in(store, 2)
    assert store.version_names() == [first, second]


def test_a_write_whose_answer_is_lost_is_not_taken_for_the_write_of_another(objects: ObjectStore) -> None:
    objects.lost_answers = 1
    store = store_in(objects)
    assert publish_in(store, 1) == store.current_version()
    assert objects.lost_answers == 0


def test_killed_at_any_request_a_publisher_leaves_a_whole_model_and_the_next_one_goes_on(
    objects: ObjectStore,
) -> None:
    store = store_in(objects, lease_seconds=0.0)
    old = publish_in(store, 0)
    kept = set(objects.keys()) - {"viewcast/.lock"}
    seen = set()
    for request in count(3, 3):  # every third
        process = publisher(objects, request)
        assert process.wait() in (0, -signal.SIGKILL)
        loaded = store.load_last_good()
        assert loaded.refused == ()
        for version in store.version_names():
            store.load(version)
        seen.add("new" if loaded.manifest.version != old else "old")
        if process.returncode == 0:
            break
        with store.storage.locked():
            store.storage.replace("current", f"{old}\n".encode())
        for name in {*objects.keys(), "viewcast/.lock"} - kept:
            objects.client().delete_object(Bucket=BUCKET, Key=name)
    assert seen == {"old", "new"}
    assert request > 5


def test_a_store_that_is_gone_is_said_to_be_and_no_model_is_lost(objects: ObjectStore) -> None:
    store = store_in(objects)
    publish_in(store, 1)
    before = store.signature()
    objects.is_down = True
    assert store.signature() != before
    with pytest.raises(NoModelError, match="cannot be asked"):
        store.load_last_good()
    objects.is_down = False
    assert store.signature() == before


def test_a_bucket_that_does_not_exist_is_no_empty_one(objects: ObjectStore) -> None:
    store = ModelStore("s3://another", storage=S3Storage("s3://another"))
    with pytest.raises(ModelStoreError, match="bucket does not exist"):
        store.current_version()
    with pytest.raises(OSError, match="bucket does not exist"):
        publish_in(store, 1)


@pytest.mark.parametrize("content", [b"", b"no zip file", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_object_is_refused(objects: ObjectStore, content: bytes) -> None:
    store = store_in(objects)
    version = publish_in(store, 1)
    objects.client().put_object(Bucket=BUCKET, Key=f"viewcast/{version}.zip", Body=content)
    with pytest.raises(ModelStoreError, match=version):
        store.load(version)
    with pytest.raises(UnknownVersionError):
        store.load("2026-01-01T00-00-00Z-000000")


@pytest.mark.parametrize("text", ["gs://bucket/models", "s3://", "s3:///models", "https://example.org"])
def test_a_place_that_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="s3://bucket/prefix"):
        place_of(text)
