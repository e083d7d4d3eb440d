"""No version that is served has a known vulnerability, by pip-audit, where its database can be reached."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

LOCK = ROOT / "requirements" / "runtime.txt"


def audited(requirements: Path, *options: str) -> list[dict[str, Any]] | None:
    """What is known of each package; None when the database of advisories cannot be reached."""
    command: list[str | Path] = [
        Path(sys.executable).parent / "pip-audit",
        "--requirement",
        requirements,
        "--format",
        "json",
    ]
    more = ["--disable-pip", "--progress-spinner", "off", "--timeout", "20", *options]
    done = subprocess.run([*command, *more], capture_output=True, text=True)
    # An SSLError is that of a proxy whose certificate Python does not know.
    if any(error in done.stderr for error in ("ConnectionError", "ConnectTimeout", "SSLError")):
        return None
    assert done.stdout, done.stderr[-2000:]
    packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    return None if all("skip_reason" in package for package in packages) else packages


@pytest.mark.parametrize("service", ["pypi", "osv"])
def test_no_package_of_the_image_has_a_known_vulnerability(service: str, tmp_path: Path) -> None:
    # One package says whether there is a database to ask.
    first = tmp_path / "first.txt"
    first.write_text("pip==9.0.0\n")
    known = audited(first, "--no-deps", "--vulnerability-service", service)
    if known is None:
        pytest.skip(f"the advisories of {service} cannot be reached from here")
    assert known[0]["vulns"], "an old pip has vulnerabilities; this database knows of none"
    packages = audited(LOCK, "--require-hashes", "--vulnerability-service", service)
    assert packages is not None
    assert [package for package in packages if package.get("vulns") or "skip_reason" in package] == []
