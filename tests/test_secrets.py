"""No key, password or token is in the repository, by the forms in which they are handed out."""

import re
import subprocess
from pathlib import Path

import pytest

from service.http.api_keys import KeyFile
from tests.conftest import ROOT

# The forms that the issuers document, and those of this service's own keys.
FORMS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "an access key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{82})\b",
    "a token of GitLab": r"\bglpat-[A-Za-z0-9_-]{20}",
    "a token of a package index": r"\bpypi-AgE[A-Za-z0-9_-]{50,}",
    "a token of npm": r"\bnpm_[A-Za-z0-9]{36}\b",
    "a token of Slack": r"\bxox[baprs]-[0-9A-Za-z-]{10,}",
    "a key of Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a JSON web token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "an API key of Viewcast": r"\bvc_[0-9a-f]{8}_[A-Za-z0-9_-]{43}",
}
ANY = re.compile("|".join(f"(?:{form})" for form in FORMS.values()).encode())


def tracked() -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip("this is no git checkout, so that nothing says what belongs to the repository")
    return done.stdout.split("\0")[:-1]


def test_no_file_of_the_repository_has_a_secret_in_it() -> None:
    files = [ROOT / name for name in tracked()]
    assert len(files) > 100
    secrets = [
        str(path.relative_to(ROOT)) for path in files if path.is_file() and ANY.search(path.read_bytes())
    ]
    assert secrets == []


@pytest.mark.parametrize(
    "secret",
    [
        # In two parts, for this file not to be found.
        "-----BEGIN " + "EC PRIVATE KEY-----",
        "key = 'AKIA" + "A1B2C3D4E5F6G7H8'",
        "ghp_" + "a1B2" * 9,
        "https://oauth2:glpat-" + "a1B2-" * 4 + "@host",
        "pypi-AgE" + "IcHl" * 15,
        "npm_" + "a1B2" * 9,
        "xoxb-" + "123456789012",
        "AIza" + "a1B2c" * 7,
        "eyJ" + "hbGciOiJIUzI1.eyJ" + "zdWIiOiIxMjM.c2lnbmF0dXJl",
    ],
)
def test_each_form_is_noticed(secret: str) -> None:
    assert ANY.search(secret.encode())


def test_a_key_of_the_service_is_noticed(tmp_path: Path) -> None:
    assert ANY.search(KeyFile(tmp_path).create("a", ["predict"]).encode())
