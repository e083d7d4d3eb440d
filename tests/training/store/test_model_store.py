"""Versions are whole or absent, verified before they are used, and one can always go back."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest

from tests.training.quick_models import SAMPLE, a_history, a_model, is_same_model
from training.model.forecast_model import ForecastModel
from training.store import versions
from training.store.array_pickles import dump_arrays
from training.store.manifest import Manifest, Verdict
from training.store.model_store import KEPT_VERSIONS, ModelStore, ModelStoreError, NoModelError
from training.store.trial import MOST_SIGMOIDS

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
VERDICT = Verdict(took_over=True, reason="the first one", new=0.7, current=None)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", clock=lambda: START)


def publish(store: ModelStore, seed: int = 0, *, activate: bool = True) -> str:
    """Publish the model of a seed, `seed` minutes after the start."""
    manifest = store.publish(
        a_model(seed),
        a_model(1000 + seed),
        created=START + timedelta(minutes=seed),
        history=a_history(),
        source=SAMPLE,
        settings={"random_state": seed},
        scores=None,
        verdict=VERDICT,
        activate=activate,
    )
    return manifest.version


def rewrite_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads((folder / "manifest.json").read_bytes())
    change(document)
    (folder / "manifest.json").write_text(json.dumps(document))


def forge(folder: Path, change: Callable[[dict[str, Any]], object]) -> str:
    """Change a version's manifest and give it the name that fits, as someone who means harm would."""
    rewrite_manifest(folder, change)
    document = json.loads((folder / "manifest.json").read_bytes())
    document["version"] = ""
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    name = f"{folder.name[:-6]}{hashlib.sha256(text.encode()).hexdigest()[:6]}"
    rewrite_manifest(folder, lambda document: document.update(version=name))
    folder.rename(folder.with_name(name))
    for pointer in "current", "activations.json":
        path = folder.with_name(pointer)
        path.write_text(path.read_text().replace(folder.name, name))
    return name


def replace_file(folder: Path, name: str, content: bytes) -> str:
    """Replace a version's file, and its checksum with it; give its new name."""
    (folder / name).write_bytes(content)
    checksum = hashlib.sha256(content).hexdigest()
    return forge(folder, lambda document: document["files"].update({name: checksum}))


def test_a_report_lies_beside_the_model_which_needs_it_for_nothing(store: ModelStore) -> None:
    manifest = store.publish(
        a_model(0),
        a_model(1),
        created=START,
        history=a_history(),
        source=SAMPLE,
        settings={},
        scores=None,
        verdict=VERDICT,
        activate=True,
        report=lambda manifest: f"report of {manifest.version}".encode(),
    )
    path = store.folder / manifest.version / "report.html"
    assert path.read_text() == f"report of {manifest.version}"
    path.write_text("altered")
    assert store.load(manifest.version)[1] == manifest
    path.unlink()
    assert store.load_last_good().refused == ()


def test_what_was_published_is_loaded(store: ModelStore) -> None:
    version = publish(store)
    model, manifest = store.load(version)
    assert is_same_model(model, a_model(0))
    assert is_same_model(store.load_held_out(version), a_model(1000))
    assert manifest == store.manifest(version)
    assert (manifest.version, manifest.created) == (version, "2026-11-24T08:00:00+00:00")
    assert manifest.settings == {"random_state": 0}
    assert manifest.packages["numpy"] == np.__version__
    assert manifest.verdict == VERDICT


def test_joblib_alone_can_read_a_published_model(store: ModelStore) -> None:
    arrays = joblib.load(store.folder / publish(store) / "model.joblib")
    np.testing.assert_array_equal(arrays["weights"], a_model(0).to_arrays()["weights"])


def test_an_empty_folder_has_no_versions_and_says_how_to_make_one(store: ModelStore) -> None:
    assert store.current_version() is None
    assert store.versions() == []
    with pytest.raises(NoModelError, match="python -m training fit") as caught:
        store.load_last_good()
    assert "python -m training fit" in caught.value.public
    assert str(store.folder) not in caught.value.public
    assert not store.folder.exists()


def test_a_version_that_is_not_activated_leaves_the_current_one(store: ModelStore) -> None:
    first, second = publish(store, 0), publish(store, 1, activate=False)
    assert store.current_version() == first
    assert [manifest.version for manifest in store.versions()] == [first, second]


def test_a_version_is_never_replaced(store: ModelStore) -> None:
    publish(store)
    with pytest.raises(ModelStoreError, match="there already"):
        publish(store)
    assert store.load_last_good().refused == ()


def test_a_folder_holds_nothing_but_what_the_documentation_names(store: ModelStore) -> None:
    version = publish(store)
    files = {str(path.relative_to(store.folder)) for path in store.folder.rglob("*") if path.is_file()}
    inside = {
        f"{version}/{name}" for name in ("model.joblib", "held_out.joblib", "trial.json", "manifest.json")
    }
    assert files == {"current", "activations.json", ".lock", *inside}
    assert (store.folder / "current").read_text() == f"{version}\n"


# Verification


def truncate(folder: Path) -> None:
    os.truncate(folder / "model.joblib", 1000)


def flip_a_bit(folder: Path) -> None:
    content = bytearray((folder / "model.joblib").read_bytes())
    content[-100] ^= 1
    (folder / "model.joblib").write_bytes(content)


def damage_the_twin(folder: Path) -> None:
    (folder / "held_out.joblib").write_bytes(b"")


def remove_the_model(folder: Path) -> None:
    (folder / "model.joblib").unlink()


def remove_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def remove_everything(folder: Path) -> None:
    shutil.rmtree(folder)


def put_a_pipe_in_its_place(folder: Path) -> None:
    (folder / "model.joblib").unlink()
    os.mkfifo(folder / "model.joblib")


def put_a_folder_in_its_place(folder: Path) -> None:
    (folder / "model.joblib").unlink()
    (folder / "model.joblib").mkdir()


def make_the_manifest_huge(folder: Path) -> None:
    os.truncate(folder / "manifest.json", 2**30)


def make_the_model_huge(folder: Path) -> None:
    os.truncate(folder / "model.joblib", 2**40)


def rename_the_version(folder: Path) -> None:
    rewrite_manifest(folder, lambda document: document.update(version="2026-11-24T08-00-00Z-000000"))


def say_something_else(folder: Path) -> None:
    rewrite_manifest(folder, lambda document: document["history"].update(rows=11))


def name_another_file(folder: Path) -> str:
    return forge(folder, lambda document: document["files"].update({"../../etc/passwd": "0" * 64}))


def come_from_another_numpy(folder: Path) -> str:
    return forge(folder, lambda document: document["packages"].update(numpy="1.26.4"))


def come_from_no_known_joblib(folder: Path) -> str:
    return forge(folder, lambda document: document["packages"].pop("joblib"))


def be_another_kind_of_model(folder: Path) -> str:
    path = folder.parent / "foreign.joblib"
    joblib.dump({"coefficients": np.ones(56)}, path)
    return replace_file(folder, "model.joblib", path.read_bytes())


def have_no_shape(folder: Path) -> str:
    path = folder.parent / "shapeless.joblib"
    joblib.dump({name: np.array(1.0) for name in a_model().to_arrays()}, path)
    return replace_file(folder, "model.joblib", path.read_bytes())


def with_arrays(folder: Path, change: Callable[[dict[str, Any]], object]) -> str:
    arrays = joblib.load(folder / "model.joblib")
    change(arrays)
    return replace_file(folder, "model.joblib", dump_arrays(arrays))


def hold_enormous_numbers(folder: Path) -> str:
    return with_arrays(folder, lambda arrays: arrays["amplitudes"].fill(1e38))


def have_no_sigmoid(folder: Path) -> str:
    return with_arrays(
        folder,
        lambda arrays: arrays.update(
            weights=arrays["weights"][:, :0],
            offsets=arrays["offsets"][:0],
            amplitudes=arrays["amplitudes"][:0],
        ),
    )


def have_too_many_sigmoids(folder: Path) -> str:
    def repeat(arrays: dict[str, Any]) -> None:
        arrays["weights"] = np.tile(arrays["weights"], (1, MOST_SIGMOIDS))
        arrays["offsets"] = np.tile(arrays["offsets"], MOST_SIGMOIDS)
        arrays["amplitudes"] = np.tile(arrays["amplitudes"], (MOST_SIGMOIDS, 1))

    return with_arrays(folder, repeat)


def forecast_something_else(folder: Path) -> str:
    return with_arrays(folder, lambda arrays: arrays["constant"].__iadd__(0.5))


def cover_more_than_everything(folder: Path) -> None:
    text = (folder / "manifest.json").read_text().replace('"rows": 10', '"rows": 1e999')
    (folder / "manifest.json").write_text(text)


def have_a_number_of_401_digits(folder: Path) -> None:
    text = (folder / "manifest.json").read_text().replace('"rows": 10', f'"rows": {10**400}')
    (folder / "manifest.json").write_text(text)


DAMAGES = [
    (truncate, "model.joblib is refused: its checksum"),
    (flip_a_bit, "model.joblib is refused: its checksum"),
    (damage_the_twin, "held_out.joblib is refused: its checksum"),
    (remove_the_model, "model.joblib is missing"),
    (remove_the_manifest, "manifest.json is missing"),
    (remove_everything, "there is no version"),
    (put_a_pipe_in_its_place, "not a regular file"),
    (put_a_folder_in_its_place, "model.joblib is refused"),
    (make_the_manifest_huge, "larger than 1,048,576 bytes"),
    (make_the_model_huge, "larger than 268,435,456 bytes"),
    (rename_the_version, "belongs to 2026-11-24T08-00-00Z-000000"),
    (name_another_file, "files is not"),
    (come_from_another_numpy, r"made with numpy 1\.26\.4"),
    (come_from_no_known_joblib, "made with joblib none"),
    (be_another_kind_of_model, "its arrays make no model"),
    (have_no_shape, "its arrays make no model"),
    (say_something_else, "what it says would be named"),
    (hold_enormous_numbers, "amplitudes hold a number beyond"),
    (have_no_sigmoid, "has 0 sigmoids"),
    (have_too_many_sigmoids, "sigmoids; 1 to"),
    (forecast_something_else, "the model forecasts .* where it forecast .* then"),
    (cover_more_than_everything, "1e999 is too large a number"),
    (have_a_number_of_401_digits, "is too large a number"),
]


@pytest.mark.parametrize(("damage", "reason"), DAMAGES, ids=[damage.__name__ for damage, _ in DAMAGES])
def test_a_damaged_version_is_refused_and_the_last_good_one_goes_on(
    store: ModelStore, damage: Callable[[Path], str | None], reason: str
) -> None:
    first, second = publish(store, 0), publish(store, 1)
    second = damage(store.folder / second) or second
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
        version = replace_file(store.folder / version, name, (tmp_path / "evil.joblib").read_bytes())
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
    (store.folder / "current").write_text(name)
    with pytest.raises(ModelStoreError, match="current"):
        store.current_version()
    loaded = store.load_last_good()
    assert loaded.manifest.version == version
    assert [refusal.name for refusal in loaded.refused] == ["current"]


@pytest.mark.parametrize("content", [b"\xff", b"[]", b"{", b'{"../..": ""}'])
def test_damaged_memories_do_not_hide_a_good_current_version(store: ModelStore, content: bytes) -> None:
    version = publish(store, 0)
    (store.folder / "activations.json").write_bytes(content)
    assert store.load_last_good().manifest.version == version
    assert store.load_last_good().refused == ()
    assert publish(store, 1) == store.current_version()


def test_nothing_is_removed_while_it_cannot_be_known_what_is_current(store: ModelStore) -> None:
    versions = [publish(store, seed) for seed in range(4)]
    for pointer in "current", "activations.json":
        (store.folder / pointer).write_bytes(b"\xff")
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
        (store.folder / pointer).write_bytes(content)
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
    path = store.folder / version / "manifest.json"
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
    truncate(store.folder / first)
    remove_the_model(store.folder / second)
    with pytest.raises(NoModelError, match="is missing") as caught:
        store.load_last_good()
    assert [refusal.name for refusal in caught.value.refused] == [second, first]
    assert "is missing" in caught.value.public
    assert str(store.folder) not in caught.value.public


def test_a_version_that_was_never_activated_is_no_fallback(store: ModelStore) -> None:
    first, _ = publish(store, 0), publish(store, 1, activate=False)
    truncate(store.folder / first)
    with pytest.raises(NoModelError):
        store.load_last_good()


def test_a_listing_leaves_out_what_cannot_be_read(store: ModelStore) -> None:
    first, second = publish(store, 0), publish(store, 1)
    remove_the_manifest(store.folder / second)
    assert [manifest.version for manifest in store.versions()] == [first]
    assert store.version_names() == [first, second]


# Activation


def test_a_version_is_activated_by_name(store: ModelStore) -> None:
    first, second = publish(store, 0), publish(store, 1)
    assert store.activate(first).version == first == store.current_version()
    truncate(store.folder / second)
    with pytest.raises(ModelStoreError):
        store.activate(second)
    assert store.current_version() == first


def test_rolling_back_undoes_one_activation_after_the_other(store: ModelStore) -> None:
    versions = [publish(store, seed) for seed in range(3)]
    assert store.roll_back().manifest.version == versions[1] == store.current_version()
    assert store.roll_back().manifest.version == versions[0] == store.current_version()
    with pytest.raises(NoModelError, match="no earlier version"):
        store.roll_back()
    assert store.current_version() == versions[0]


def test_rolling_back_undoes_an_activation_by_name(store: ModelStore) -> None:
    _, candidate, latest = publish(store, 0), publish(store, 1, activate=False), publish(store, 2)
    store.activate(candidate)
    assert store.roll_back().manifest.version == latest


def test_a_version_that_was_rolled_back_is_no_fallback(store: ModelStore) -> None:
    first, second, third = publish(store, 0), publish(store, 1), publish(store, 2)
    store.roll_back()
    truncate(store.folder / second)
    assert store.load_last_good().manifest.version == first
    assert store.activate(third).version == store.current_version()


def test_rolling_back_passes_over_damaged_versions(store: ModelStore) -> None:
    first, second, _ = publish(store, 0), publish(store, 1), publish(store, 2)
    truncate(store.folder / second)
    loaded = store.roll_back()
    assert loaded.manifest.version == first == store.current_version()
    assert [refusal.name for refusal in loaded.refused] == [second]


def test_rolling_back_mends_a_damaged_pointer(store: ModelStore) -> None:
    version = publish(store)
    (store.folder / "current").write_text("?")
    assert store.roll_back().manifest.version == version == store.current_version()


def test_old_versions_go_but_never_the_current_one_or_those_before_it(store: ModelStore) -> None:
    activated = [publish(store, seed) for seed in range(2)]
    others = [publish(store, seed, activate=False) for seed in range(2, 25)]
    assert store.version_names() == activated + others[-KEPT_VERSIONS:]
    assert store.roll_back().manifest.version == activated[0]


def test_what_lies_where_an_old_version_belongs_stops_nobody(store: ModelStore, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    store.folder.mkdir()
    (store.folder / "2020-01-01T00-00-00Z-000000").symlink_to(tmp_path / "elsewhere")
    (store.folder / "2020-01-01T00-00-01Z-000000").touch()
    versions = [publish(store, seed) for seed in range(KEPT_VERSIONS)]
    assert store.version_names() == versions
    assert (tmp_path / "elsewhere").exists()


def test_the_manifest_beside_a_model_is_the_one_that_was_returned(store: ModelStore) -> None:
    version = publish(store)
    content = (store.folder / version / "manifest.json").read_bytes()
    assert Manifest.from_json(content).to_json() == content
