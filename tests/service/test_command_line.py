"""`python -m service` as a command line: it serves when nothing else is asked for, and only then."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, environment


def service(models: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it, and wait for its end: a service that has started would never end."""
    return subprocess.run(
        [sys.executable, "-m", "service", *arguments],
        cwd=ROOT,
        env=environment(models),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_help_is_printed_and_nothing_is_served(tmp_path: Path) -> None:
    ended = service(tmp_path / "models", "--help")
    assert ended.returncode == 0
    assert "serve" in ended.stdout
    assert "keys" in ended.stdout
    assert "Viewcast is ready" not in ended.stdout


@pytest.mark.parametrize("argument", ["--port=80", "forecast"])
def test_what_it_does_not_know_is_refused(tmp_path: Path, argument: str) -> None:
    ended = service(tmp_path / "models", argument)
    assert ended.returncode == 2
    assert argument.split("=")[0] in ended.stderr
    assert ended.stdout == ""
