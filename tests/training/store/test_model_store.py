"""Versions are whole or absent, and one can always go back."""

from pathlib import Path

import joblib
import numpy as np
import pytest

from tests.training.publisher import START, VERDICT
from tests.training.publisher import publish_in as publish
from tests.training.quick_models import SAMPLE, a_history, a_model, is_same_model
from tests.training.store.damages import truncate
from training.store.manifest import Manifest
from training.store.model_store import KEPT_VERSIONS, ModelStore, ModelStoreError, NoModelError


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
    path = Path(store.folder) / manifest.version / "report.html"
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
    arrays = joblib.load(Path(store.folder) / publish(store) / "model.joblib")
    np.testing.assert_array_equal(arrays["weights"], a_model(0).to_arrays()["weights"])


def test_an_empty_folder_has_no_versions_and_says_how_to_make_one(store: ModelStore) -> None:
    assert store.current_version() is None
    assert store.versions() == []
    with pytest.raises(NoModelError, match="python -m training fit") as caught:
        store.load_last_good()
    assert "python -m training fit" in caught.value.public
    assert str(store.folder) not in caught.value.public
    assert not Path(store.folder).exists()


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
    files = {str(path.relative_to(store.folder)) for path in Path(store.folder).rglob("*") if path.is_file()}
    inside = {
        f"{version}/{name}" for name in ("model.joblib", "held_out.joblib", "trial.json", "manifest.json")
    }
    assert files == {"current", "activations.json", ".lock", *inside}
    assert (Path(store.folder) / "current").read_text() == f"{version}\n"


# Activation


def test_a_version_is_activated_by_name(store: ModelStore) -> None:
    first, second = publish(store, 0), publish(store, 1)
    assert store.activate(first).version == first == store.current_version()
    truncate(Path(store.folder) / second)
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
    truncate(Path(store.folder) / second)
    assert store.load_last_good().manifest.version == first
    assert store.activate(third).version == store.current_version()


def test_rolling_back_passes_over_damaged_versions(store: ModelStore) -> None:
    first, second, _ = publish(store, 0), publish(store, 1), publish(store, 2)
    truncate(Path(store.folder) / second)
    loaded = store.roll_back()
    assert loaded.manifest.version == first == store.current_version()
    assert [refusal.name for refusal in loaded.refused] == [second]


def test_rolling_back_mends_a_damaged_pointer(store: ModelStore) -> None:
    version = publish(store)
    (Path(store.folder) / "current").write_text("?")
    assert store.roll_back().manifest.version == version == store.current_version()


def test_old_versions_go_but_never_the_current_one_or_those_before_it(store: ModelStore) -> None:
    activated = [publish(store, seed) for seed in range(2)]
    others = [publish(store, seed, activate=False) for seed in range(2, 25)]
    assert store.version_names() == activated + others[-KEPT_VERSIONS:]
    assert store.roll_back().manifest.version == activated[0]


def test_what_lies_where_an_old_version_belongs_stops_nobody(store: ModelStore, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    Path(store.folder).mkdir()
    (Path(store.folder) / "2020-01-01T00-00-00Z-000000").symlink_to(tmp_path / "elsewhere")
    (Path(store.folder) / "2020-01-01T00-00-01Z-000000").touch()
    versions = [publish(store, seed) for seed in range(KEPT_VERSIONS)]
    assert store.version_names() == versions
    assert (tmp_path / "elsewhere").exists()


def test_the_manifest_beside_a_model_is_the_one_that_was_returned(store: ModelStore) -> None:
    version = publish(store)
    content = (Path(store.folder) / version / "manifest.json").read_bytes()
    assert Manifest.from_json(content).to_json() == content
