"""What docs/python.md shows is what happens."""

import doctest
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Service

PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"


def test_the_sessions_on_the_page_run_as_shown(
    running: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    session = doctest.DocTestParser().get_doctest(
        PAGE.replace(ADDRESS, running.url), {}, "python.md", None, 0
    )
    failed, tried = doctest.DocTestRunner().run(session)
    assert tried > 20
    assert failed == 0


def test_the_cells_of_the_notebook_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.chdir(tmp_path)
    cells = json.loads((ROOT / "docs" / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    names: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert len(names["forecasts"]) == 28
    assert names["figure"].axes
    assert names["mean_error"] < 50


def test_the_programs_on_the_page_run(running: Service, tmp_path: Path) -> None:
    programs = [text for text in re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S) if ">>>" not in text]
    assert programs
    for program in programs:
        (tmp_path / "program.py").write_text(program.replace(ADDRESS, running.url))
        done = subprocess.run(
            [sys.executable, tmp_path / "program.py"],
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert float(done.stdout) > 0
