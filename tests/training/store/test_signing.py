"""With a key, versions are signed, and those that are not are refused."""

import json
from pathlib import Path

import pytest

from tests.command_lines import training
from tests.conftest import serving, wait_until
from tests.training.publisher import publish, publish_in
from tests.training.quick_models import a_model, is_same_model
from training.store.manifest import Manifest
from training.store.model_store import ModelStore, ModelStoreError
from training.store.signing import SIGNATURE_FILE, open_store, sign_version

KEY, OTHER_KEY = "k" * 32, "o" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def publish_signed(folder: Path, seed: int = 9) -> str:
    return publish_in(open_store(folder, KEY), seed)


def test_what_is_published_with_a_key_is_loaded_with_it_and_with_no_other(folder: Path) -> None:
    version = publish_signed(folder)
    assert is_same_model(open_store(folder, KEY).load(version)[0], a_model(9))
    assert is_same_model(open_store(folder, None).load(version)[0], a_model(9))
    with pytest.raises(ModelStoreError, match="its signature was not made of it with the key"):
        open_store(folder, OTHER_KEY).load(version)


def test_what_is_not_signed_is_refused_and_the_last_good_one_goes_on(folder: Path) -> None:
    signed, unsigned = publish_signed(folder), publish(folder, 10)
    store = open_store(folder, KEY)
    loaded = store.load_last_good()
    assert loaded.manifest.version == signed
    assert [(refusal.name, "has to be signed" in refusal.reason) for refusal in loaded.refused] == [
        (unsigned, True)
    ]
    with pytest.raises(ModelStoreError, match="has to be signed, and is not"):
        store.activate(unsigned)


def test_a_version_that_bears_the_signature_of_another_one_is_refused(folder: Path) -> None:
    """Its manifest is whole and its name fits: without a key nothing would be wrong with it."""
    version = publish_signed(folder)
    document = json.loads((folder / version / "manifest.json").read_bytes())
    document["settings"] = {"random_state": 7}
    forged = Manifest.from_json(json.dumps(document).encode())
    document["version"] = forged.name()
    (folder / version / "manifest.json").write_bytes(
        Manifest.from_json(json.dumps(document).encode()).to_json()
    )
    (folder / version).rename(folder / document["version"])
    ModelStore(folder).load(document["version"])
    with pytest.raises(ModelStoreError, match="its signature was not made of it"):
        open_store(folder, KEY).load(document["version"])


def test_only_what_is_sound_is_signed(folder: Path) -> None:
    version = publish(folder, 1)
    (folder / version / "trial.json").write_text("{}")
    with pytest.raises(ModelStoreError, match="checksum"):
        sign_version(folder, KEY, version)
    assert not (folder / version / SIGNATURE_FILE).exists()


def test_a_service_with_a_key_follows_when_its_version_is_signed(folder: Path) -> None:
    version = publish(folder, 1)
    with serving(folder, signing_key=KEY) as service:
        assert service.version() is None
        assert "has to be signed" in service.client.get("/readyz").text
        sign = "sign", version, "--models", folder
        for wrong in {}, {"VIEWCAST_SIGNING_KEY": "short"}:
            assert "VIEWCAST_SIGNING_KEY" in training(*sign, code=2, **wrong).stderr
        assert training(*sign, VIEWCAST_SIGNING_KEY=KEY).stdout == f"{version} is signed.\n"
        wait_until(lambda: service.version() == version)
