"""The prior that comes with the code: what it was made of, and that damage is seen."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.quick_models import is_same_model
from training.fitting import training_windows
from training.fitting.kept_prior import (
    ARRAYS_FILE,
    COMMAND,
    FOLDER,
    ORIGIN_FILE,
    KeptPriorError,
    is_made_of,
    load_prior,
    make_prior,
)
from training.fitting.prior import PriorSettings, fit_prior
from training.fitting.training_windows import generated_windows

TINY = PriorSettings(n_series=40, n_sigmoids=3, n_steps=5, n_long_series=40)


def test_the_prior_is_made_of_what_the_code_makes_now() -> None:
    assert is_made_of(PriorSettings()), f"what the prior is made of has changed: run `{COMMAND}`"


def test_the_prior_is_at_most_a_megabyte() -> None:
    assert (FOLDER / ARRAYS_FILE).stat().st_size <= 2**20


def test_a_prior_is_kept_as_it_was_learned(tmp_path: Path) -> None:
    made = make_prior(TINY, tmp_path)
    assert is_same_model(load_prior(tmp_path), made)
    assert is_made_of(TINY, tmp_path)


def test_another_setting_or_another_generator_is_another_prior(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_prior(TINY, tmp_path)
    assert not is_made_of(replace(TINY, n_steps=6), tmp_path)
    generate = training_windows.generate_views  # type: ignore[attr-defined]
    monkeypatch.setattr(training_windows, "generate_views", lambda *given: 1.01 * generate(*given))
    assert not is_made_of(TINY, tmp_path)


@pytest.mark.parametrize("file", [ARRAYS_FILE, ORIGIN_FILE])
@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_a_damaged_prior_is_refused_with_the_command_that_makes_it_again(
    tmp_path: Path, file: str, damage: str
) -> None:
    for name in ARRAYS_FILE, ORIGIN_FILE:
        shutil.copy(FOLDER / name, tmp_path)
    content = (tmp_path / file).read_bytes()
    (tmp_path / file).unlink()
    if damage == "cut":
        (tmp_path / file).write_bytes(content[:-10])
    with pytest.raises(KeptPriorError, match=COMMAND):
        load_prior(tmp_path)


@pytest.mark.skipif("LONG_TESTS" not in os.environ, reason="takes minutes; LONG_TESTS=1 asks for it")
def test_the_prior_made_again_forecasts_the_same() -> None:
    again, kept = fit_prior(PriorSettings()), load_prior()
    X = generated_windows(500, np.random.default_rng(1)).X
    difference = np.abs(again.scaled_quantiles(X) - kept.scaled_quantiles(X))
    assert difference.mean() < 0.01
