"""A publisher may be killed at any moment: the model that serves stays whole, and the next one tidies up."""

import shutil
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from tests.training.publisher import publish
from training.disk import durable
from training.store.model_store import ModelStore, ModelStoreError

ROOT = Path(__file__).parents[3]


def publish_and_die(folder: Path, change: int) -> bool:
    """Whether a publisher, to be killed before its n-th change of the folder, ended before that."""
    command = [sys.executable, "-m", "tests.training.publisher", str(folder), str(change)]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    assert code in (0, -signal.SIGKILL)
    return code == 0


def test_killed_at_any_moment_a_publisher_leaves_a_whole_model_and_the_next_one_tidies_up(
    tmp_path: Path,
) -> None:
    before = tmp_path / "before"
    old = publish(before, 0)
    seen = set()
    for change in count(1):
        folder = tmp_path / str(change)
        shutil.copytree(before, folder)
        ended = publish_and_die(folder, change)
        store = ModelStore(folder)
        loaded = store.load_last_good()
        assert loaded.refused == ()
        for version in store.version_names():
            store.load(version)
        seen.add("new" if loaded.manifest.version != old else "old")
        third = publish(folder, 2)
        assert store.load_last_good().manifest.version == third
        assert list(folder.glob(".partial-*")) == []
        if ended:
            break
    assert seen == {"old", "new"}
    assert change > 10


def test_a_disk_that_is_full_costs_nothing_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "models"
    old = publish(folder, 0)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        publish(folder, 1)
    assert ModelStore(folder).load_last_good().manifest.version == old
    assert {path.name for path in folder.iterdir()} == {".lock", "activations.json", "current", old}


def test_what_does_not_come_back_as_it_went_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "models"
    old = publish(folder, 0)
    write = durable.write
    monkeypatch.setattr("training.disk.durable.write", lambda path, content: write(path, content[:-1]))
    with pytest.raises(ModelStoreError, match="refused"):
        publish(folder, 1)
    assert ModelStore(folder).version_names() == [old]
    assert ModelStore(folder).current_version() == old
