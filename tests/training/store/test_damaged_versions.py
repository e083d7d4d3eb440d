"""Versions are verified before they are used; a damaged one is refused, and the last good one serves."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import joblib
import numpy as np
import pytest

from tests.training.publisher import START, VERDICT
from tests.training.publisher import publish_in as publish
from tests.training.quick_models import SAMPLE, a_history, a_model, is_same_model
from tests.training.store.damages import (
    DAMAGES,
    remove_the_manifest,
    remove_the_model,
    replace_file,
    truncate,
)
from training.model.forecast_model import ForecastModel
from training.store import versions
from training.store.model_store import KEPT_VERSIONS, ModelStore, ModelStoreError, NoModelError


@pytest.mark.parametrize(("damage", "reason"), DAMAGES, ids=[damage.__name__ for damage, _ in DAMAGES])
def test_a_damaged_version_is_refused_and_the_last_good_one_goes_on(
    store: ModelStore, damage: Callable[[Path], str | None], reason: str
) -> None:
    first, second = publish(store, 0), publish(store, 1)
    second = damage(Path(store.folder) / second) or second
    with pytest.raises(ModelStoreError, match=reason):
        store.load(second)
    loaded = store.load_last_good()
    assert loaded.manifest.version == first
    assert is_same_model(loaded.model, a_model(0))
    assert [refusal.name for refusal in loaded.refused] == [second]
    assert re.search(reason, loaded.refused[0].reason)


def test_code_in_a_model_with_a_right_checksum_is_refused_and_never_runs(
    store: ModelStore, tmp_path: Path
) -> None:
    class Touch:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "touched",))

    version = publish(store)
    joblib.dump({**a_model().to_arrays(), "weights": Touch()}, tmp_path / "evil.joblib")
    for name in "model.joblib", "held_out.joblib":
        version = replace_file(Path(store.folder) / version, name, (tmp_path / "evil.joblib").read_bytes())
    for load in store.load, store.load_held_out, store.activate:
        with pytest.raises(ModelStoreError, match="which no model is made of"):
            load(version)
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize(
    "name", ["../../etc", "/etc/passwd", "..", "", "a\x00b", "2026-11-24T08-00-00Z-1a2b3c/../..", "x" * 2000]
)
def test_a_name_that_is_no_versions_name_leads_nowhere(store: ModelStore, name: str) -> None:
    version = publish(store)
    for call in store.load, store.load_held_out, store.activate, store.manifest:
        with pytest.raises(ModelStoreError, match="no version's name"):
            call(name)
    (Path(store.folder) / "current").write_text(name)
    with pytest.raises(ModelStoreError, match="current"):
        store.current_version()
    loaded = store.load_last_good()
    assert loaded.manifest.version == version
    assert [refusal.name for refusal in loaded.refused] == ["current"]


@pytest.mark.parametrize("content", [b"\xff", b"[]", b"{", b'{"../..": ""}'])
def test_damaged_memories_do_not_hide_a_good_current_version(store: ModelStore, content: bytes) -> None:
    version = publish(store, 0)
    (Path(store.folder) / "activations.json").write_bytes(content)
    assert store.load_last_good().manifest.version == version
    assert store.load_last_good().refused == ()
    assert publish(store, 1) == store.current_version()


def test_nothing_is_removed_while_it_cannot_be_known_what_is_current(store: ModelStore) -> None:
    versions = [publish(store, seed) for seed in range(4)]
    for pointer in "current", "activations.json":
        (Path(store.folder) / pointer).write_bytes(b"\xff")
    for version in versions:
        with pytest.raises(ModelStoreError, match="current"):
            store.remove(version)
    assert store.version_names() == sorted(versions)


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"2026-11-24T08-00-00Z-000000"])
def test_with_both_memories_damaged_the_latest_version_that_took_over_is_served(
    store: ModelStore, content: bytes
) -> None:
    publish(store, 0)
    second = publish(store, 1)
    store.publish(
        a_model(2), a_model(3), created=START + timedelta(days=1), history=a_history(),
        source=SAMPLE, settings={}, scores=None, verdict=replace(VERDICT, took_over=False), activate=False,
    )  # fmt: skip
    for pointer in "current", "activations.json":
        (Path(store.folder) / pointer).write_bytes(content)
    loaded = store.load_last_good()
    assert loaded.manifest.version == second
    assert "activations.json" in [refusal.name for refusal in loaded.refused]


@pytest.mark.parametrize("error", [MemoryError("no memory"), RecursionError(), OverflowError("too large")])
def test_whatever_goes_wrong_with_a_version_the_last_good_one_goes_on(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    first, second = publish(store, 0), publish(store, 1)
    build = versions.build_model

    def fail(content: bytes, label: str) -> ForecastModel:
        if second in label:
            raise error
        return build(content, label)

    monkeypatch.setattr(versions, "build_model", fail)
    loaded = store.load_last_good()
    assert loaded.manifest.version == first
    assert type(error).__name__ in loaded.refused[0].reason


def test_a_model_that_breaks_the_trial_is_never_published(store: ModelStore) -> None:
    arrays = a_model().to_arrays()
    broken = ForecastModel.from_arrays({**arrays, "amplitudes": np.full_like(arrays["amplitudes"], 1e38)})
    with pytest.raises(ModelStoreError, match=r"cannot be published: .* amplitudes hold a number"):
        store.publish(
            broken, a_model(), created=START, history=a_history(), source=SAMPLE, settings={}, scores=None,
            verdict=VERDICT, activate=True,
        )  # fmt: skip
    assert store.version_names() == []


def test_no_bit_of_a_manifest_can_flip_unseen(store: ModelStore) -> None:
    version = publish(store)
    path = Path(store.folder) / version / "manifest.json"
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for place, bit in zip(rng.integers(0, len(content), 200), rng.integers(0, 8, 200), strict=True):
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(bit)
        path.write_bytes(damaged)
        try:
            manifest = store.load(version)[1]
        except ModelStoreError:
            continue
        # What does not change the meaning of JSON, such as another kind of space, is no damage.
        assert manifest.to_json() == content


def test_a_version_made_under_a_clock_set_back_is_kept(store: ModelStore) -> None:
    for seed in range(1, KEPT_VERSIONS + 2):
        publish(store, seed)
    version = store.publish(
        a_model(0), a_model(99), created=START - timedelta(days=900), history=a_history(),
        source=SAMPLE, settings={}, scores=None, verdict=replace(VERDICT, took_over=False), activate=False,
    ).version  # fmt: skip
    assert store.load(version)[1].version == version


def test_when_nothing_can_be_loaded_everything_that_was_tried_is_said(store: ModelStore) -> None:
    first, second = publish(store, 0), publish(store, 1)
    truncate(Path(store.folder) / first)
    remove_the_model(Path(store.folder) / second)
    with pytest.raises(NoModelError, match="is missing") as caught:
        store.load_last_good()
    assert [refusal.name for refusal in caught.value.refused] == [second, first]
    assert "is missing" in caught.value.public
    assert str(store.folder) not in caught.value.public


def test_a_version_that_was_never_activated_is_no_fallback(store: ModelStore) -> None:
    first, _ = publish(store, 0), publish(store, 1, activate=False)
    truncate(Path(store.folder) / first)
    with pytest.raises(NoModelError):
        store.load_last_good()


def test_a_listing_leaves_out_what_cannot_be_read(store: ModelStore) -> None:
    first, second = publish(store, 0), publish(store, 1)
    remove_the_manifest(Path(store.folder) / second)
    assert [manifest.version for manifest in store.versions()] == [first]
    assert store.version_names() == [first, second]
