"""A service on a models folder of its own, for tests that change what lies there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Service, serving
from tests.training.publisher import publish


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A models folder with one version."""
    publish(tmp_path / "models", 1)
    return tmp_path / "models"


@pytest.fixture
def running(models: Path) -> Iterator[Service]:
    """The service on that folder."""
    with serving(models) as service:
        yield service
