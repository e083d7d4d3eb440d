"""docs/history.md shows files that are read, and code that runs."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.training.histories import day, parsed
from training.history.files import History, HistoryError, read_history

RULE = re.compile(r"^\| (.+?) \| `(.+⏎.+|date,views)` \| (.+) \|$", flags=re.MULTILINE)
PAGE = (ROOT / "docs" / "history.md").read_text(encoding="utf-8")
FILES = re.findall(r"^```csv\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
RULES = RULE.findall(PAGE)
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


def outcome(file: str) -> str:
    """What comes of a file, as the table of rules writes it."""
    try:
        return written(parsed(file.replace("⏎", "\n"), today=day("2026-11-25")))
    except HistoryError as error:
        return f"refused: {error}"


def written(history: History) -> str:
    return "; ".join(
        f"{series.name}: " + " ".join("-" if np.isnan(count) else f"{count:.12g}" for count in series.views)
        for series in history.series
    )


def test_there_is_a_table_of_rules() -> None:
    assert len(RULES) > 40


@pytest.mark.parametrize(("kind", "file", "expected"), RULES, ids=[kind for kind, _, _ in RULES])
def test_a_rule_of_the_table_holds(kind: str, file: str, expected: str) -> None:
    actual = outcome(file)
    if expected.startswith("refused: "):
        assert actual.startswith("refused: ")
        assert expected.removeprefix("refused: ") in actual
    else:
        assert actual == expected
