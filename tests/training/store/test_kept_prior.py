"""What is learned from generated histories is learned once, and never from a damaged file."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.training.quick_models import a_model, is_same_model
from training.model.forecast_model import ForecastModel
from training.store.kept_prior import kept_prior, prior_key
from training.store.model_store import ModelStore


def no_need() -> ForecastModel:
    raise AssertionError("a kept prior was learned again")


def test_a_prior_is_learned_once(tmp_path: Path) -> None:
    first = kept_prior(tmp_path, 1, lambda: a_model(1))
    assert is_same_model(kept_prior(tmp_path, 1, no_need), first)


def test_another_seed_learns_its_own_and_only_the_latest_is_kept(tmp_path: Path) -> None:
    kept_prior(tmp_path, 1, lambda: a_model(1))
    assert is_same_model(kept_prior(tmp_path, 2, lambda: a_model(2)), a_model(2))
    assert len(list(tmp_path.glob("prior-*"))) == 1


@pytest.mark.parametrize(
    ("source", "is_another"),
    [
        ("history/synthetic.py", True),
        ("model/windows.py", True),
        ("fitting/prior.py", True),
        ("sigmoids/solvers/adam.py", True),
        ("commands/app.py", False),
        ("store/model_store.py", False),
    ],
)
def test_a_prior_is_learned_anew_when_what_it_depends_on_changes(
    tmp_path: Path, source: str, is_another: bool
) -> None:
    training = shutil.copytree(ROOT / "training", tmp_path / "training")
    assert prior_key(0, training) == prior_key(0)
    with (training / source).open("a") as file:
        file.write("# changed\n")
    assert (prior_key(0, training) != prior_key(0)) == is_another


def test_a_prior_is_no_version(tmp_path: Path) -> None:
    kept_prior(tmp_path, 1, a_model)
    assert ModelStore(tmp_path).version_names() == []


@pytest.mark.parametrize("file", ["model.joblib", "SHA256SUMS"])
def test_a_damaged_prior_is_learned_again(tmp_path: Path, file: str) -> None:
    kept_prior(tmp_path, 1, lambda: a_model(1))
    (damaged,) = tmp_path.glob(f"prior-*/{file}")
    damaged.write_bytes(b"")
    assert is_same_model(kept_prior(tmp_path, 1, lambda: a_model(2)), a_model(2))
    assert is_same_model(kept_prior(tmp_path, 1, no_need), a_model(2))


def test_a_kept_prior_can_be_checked_by_hand(tmp_path: Path) -> None:
    kept_prior(tmp_path, 1, a_model)
    (folder,) = tmp_path.glob("prior-*")
    check = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert check.stdout == "model.joblib: OK\n"
