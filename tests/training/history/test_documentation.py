"""docs/history.md shows files that are read, and code that runs."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.training.histories import parsed
from training.history.files import read_history

PAGE = (ROOT / "docs" / "history.md").read_text(encoding="utf-8")
FILES = re.findall(r"^```csv\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
CODE = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_the_files_that_are_shown_are_read() -> None:
    assert [parsed(file).names() for file in FILES] == [
        ("home page", "pricing, yearly"),
        ("total",),
        ("dQw4w9WgXcQ",),
    ]


def test_the_code_that_is_shown_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("views.csv").write_text(FILES[0], encoding="utf-8")
    for code in CODE:
        exec(code, {})
    assert read_history(Path("everything.csv")) == read_history(Path("views.csv"))
