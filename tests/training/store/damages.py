"""Damages to a published version, by accident or by someone who means harm, and why each is refused."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from tests.training.quick_models import a_model
from training.store.array_pickles import dump_arrays
from training.store.trial import MOST_SIGMOIDS


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
