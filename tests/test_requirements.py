"""What gets installed: exact versions with hashes, from whatever index the installer uses."""

import re
import tomllib
from collections.abc import Mapping
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT
from training.version import VERSION

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

every_lock = pytest.mark.parametrize("lock", ["runtime.txt", "scale.txt", "dev.txt"])


def pins(lock: str) -> dict[str, set[str]]:
    """Each package of a lock with its pinned versions, one for each group of Pythons."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", read(lock), flags=re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions


def locked(lock: str, environment: Mapping[str, str]) -> set[str]:
    """What a lock installs on a Python, as `name==version`."""
    lines = re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==[^\\\n]+", read(lock), flags=re.MULTILINE)
    requirements = [Requirement(line) for line in lines]
    return {
        f"{canonicalize_name(requirement.name)}{requirement.specifier}"
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate(dict(environment))
    }


def read(lock: str) -> str:
    return (ROOT / "requirements" / lock).read_text(encoding="utf-8")


def direct_names(requirements: list[str]) -> set[str]:
    names = (re.match(r"[\w.-]+", requirement) for requirement in requirements)
    return {name[0].lower().replace("_", "-") for name in names if name} - {PROJECT["name"]}


@every_lock
def test_a_lock_holds_exact_versions_and_hashes_and_names_no_index_and_no_path(lock: str) -> None:
    line = re.compile(r" *#.*|[\w.-]+(\[[\w,-]+\])?==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [text for text in read(lock).splitlines() if not line.fullmatch(text)] == []


def test_every_dependency_of_the_project_is_locked() -> None:
    extras = [name for extra in PROJECT["optional-dependencies"].values() for name in extra]
    assert direct_names(PROJECT["dependencies"]) - pins("runtime.txt").keys() == set()
    assert direct_names(extras) - pins("dev.txt").keys() == set()
    assert direct_names(PROJECT["optional-dependencies"]["scale"]) - pins("scale.txt").keys() == set()


@pytest.mark.parametrize("lock", ["runtime.txt", "scale.txt"])
def test_developers_run_the_versions_that_are_served(lock: str) -> None:
    served = pins(lock)
    assert {name: versions for name, versions in pins("dev.txt").items() if name in served} == served


def test_what_the_lock_says_is_installed_here() -> None:
    installed = {f"{canonicalize_name(package.name)}=={package.version}" for package in distributions()}
    assert locked("dev.txt", {}) - installed == set()


def test_the_image_bears_the_version_of_the_package() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert f'org.opencontainers.image.version="{VERSION}"' in dockerfile
