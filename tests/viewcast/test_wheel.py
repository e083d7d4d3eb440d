"""The wheel in an environment of its own, beside folders of the user's own that bear its packages' names."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, serving, wait_until
from tests.training.publisher import publish
from training.version import VERSION

SOURCES = ("viewcast", "training", "service", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with the wheel, and with the packages that the tests have."""
    folder = tmp_path_factory.mktemp("wheel")
    sources = folder / "sources"
    sources.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, sources)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir"]
    subprocess.run([*pip, *build, folder, sources], check=True)
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    (wheel,) = folder.glob("viewcast-*.whl")
    python = folder / "venv" / "bin" / "python"
    subprocess.run([*pip, "--python", python, "install", "--no-deps", "--no-index", wheel], check=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(folder / "venv")})
    (Path(packages) / "tests_packages.pth").write_text(sysconfig.get_path("purelib"))
    return python.parent


@pytest.fixture
def users_folder(tmp_path: Path) -> Path:
    """A folder with packages of the user's own, which end the process that imports them."""
    for name in "training", "service":
        package = tmp_path / "project" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"raise SystemExit('the {name} of the user ran')\n")
    return tmp_path / "project"


def run(folder: Path, *command: str | Path, code: int = 0) -> str:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ended = subprocess.run(command, cwd=folder, env=inherited, capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stderr
    return ended.stdout + ended.stderr


def test_the_command_says_its_version_and_what_it_can_do(programs: Path, users_folder: Path) -> None:
    assert run(users_folder, programs / "viewcast", "--version") == f"{VERSION}\n"
    listed = re.findall(r"^  (\w+)  +\w", run(users_folder, programs / "viewcast", "--help"), re.MULTILINE)
    assert {"fit", "read", "forecast", "ladder", "backtest", "lecture", "prior", "models"} <= set(listed)
    assert {"serve", "keys", "backup", "restore", "forget", "undo"} <= set(listed)


def test_the_package_says_its_version_and_fits_the_estimator(programs: Path, tmp_path: Path) -> None:
    program = (
        "import viewcast; print(viewcast.__version__); "
        "fitted = viewcast.SumOfSigmoidsRegressor(2, max_iter=2).fit([[0.0], [1.0]], [0.0, 1.0]); "
        "print(fitted.n_features_in_)"
    )
    assert run(tmp_path, programs / "python", "-W", "ignore", "-c", program).split() == [VERSION, "1"]


def test_a_package_of_the_users_own_is_named_before_it_runs(programs: Path, users_folder: Path) -> None:
    program = "import viewcast; viewcast.SumOfSigmoidsRegressor"
    said = run(users_folder, programs / "python", "-c", program, code=1)
    assert f"Python finds {users_folder / 'training'}" in said
    run(users_folder, programs / "python", "-P", "-c", program)


def test_what_the_service_starts_is_its_own_whatever_the_folder_holds(
    programs: Path, users_folder: Path, tmp_path: Path
) -> None:
    publish(tmp_path / "models", 1)
    with serving(tmp_path / "models", [programs / "viewcast", "serve"], users_folder) as service:
        csv: dict[str, Any] = {
            "content": "date,views\n2026-11-19,5\n2026-11-20,6\n",
            "headers": {"Content-Type": "text/csv"},
        }
        assert service.client.post("/read", **csv).json()["series"][0]["views"] == [5, 6]
        job = f"/retrain/{service.client.post('/retrain', **csv).raise_for_status().json()['id']}"
        wait_until(lambda: service.client.get(job).json()["state"] != "queued")
        assert service.client.get(job).json()["error"] is None
        service.client.delete(job)
