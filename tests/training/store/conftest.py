"""A model store in a folder."""

from pathlib import Path

import pytest

from tests.training.publisher import START
from training.store.model_store import ModelStore


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", clock=lambda: START)
