"""`python -m training ladder`: the lecture's ladder on a file, as a table and as a picture."""

import os
import re
from pathlib import Path

import numpy as np
import pytest

from tests.command_lines import training, training_process
from tests.conftest import SHARED_DATA
from training.evaluation.ladder import RUNGS, climb
from training.history.files import History, Series, read_history, write_csv
from training.history.synthetic import generate_views

SHARED = sorted(SHARED_DATA.glob("wikipedia_*.csv")) if SHARED_DATA.is_dir() else []


def written(folder: Path, n_days: int) -> Path:
    path = folder / "history.csv"
    (views,) = generate_views(1, n_days, 5)
    write_csv(History((Series("page", np.datetime64("2025-01-01"), views + 10),)), path)
    return path


def rows_of(table: str) -> dict[str, list[float]]:
    """The rungs of a printed table, with their numbers."""
    rungs = re.findall(r"^(linear, \d+ days?|[\d,]+ sigmoids, 56 days) +(.+)$", table, flags=re.MULTILINE)
    return {name: [float(number.replace(",", "")) for number in numbers.split()] for name, numbers in rungs}


def test_every_rung_is_printed_beside_the_lectures_and_drawn(tmp_path: Path) -> None:
    picture = tmp_path / "ladder.png"
    ended = training("ladder", written(tmp_path, 120), "--out", picture)
    rows = rows_of(ended.stdout)
    assert list(rows) == [
        *(f"linear, {n} day{'s' if n > 1 else ''}" for n in (1, 7, 28, 56)),
        *(f"{n} sigmoids, 56 days" for n in ("10", "100", "1,000")),
    ]
    assert rows["linear, 1 day"][:2] == [1.0, 1.0]
    assert rows["linear, 1 day"][-2:] == [0.58, 0.48]
    assert rows["1,000 sigmoids, 56 days"][-2:] == [0.43, 0.27]
    assert "in the lecture by 26%" in ended.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_the_table_is_printed_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "absent").mkdir()
    (tmp_path / "absent" / "matplotlib.py").write_text("raise ImportError")
    out = tmp_path / "ladder.svg"
    ended = training_process(
        "ladder", written(tmp_path, 90), "--out", out, PYTHONPATH=str(tmp_path / "absent")
    )
    assert len(rows_of(ended.stdout)) == 7
    assert "pictures need matplotlib, which is not installed" in ended.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("n_days", "out", "message"),
    [
        (80, "ladder.png", "the ladder needs 85 of a series"),
        (120, "ladder.gif", "pictures are written as .png, .svg, .pdf"),
        (120, "missing/ladder.png", "there is no folder"),
    ],
)
def test_what_cannot_be_climbed_or_drawn_is_said_in_one_line(
    tmp_path: Path, n_days: int, out: str, message: str
) -> None:
    ended = training("ladder", written(tmp_path, n_days), "--out", tmp_path / out, code=1)
    assert message in ended.stderr
    assert ended.stdout == ""


@pytest.mark.skipif(not SHARED, reason=f"needs the real histories in {SHARED_DATA}")
@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.stem)
def test_on_real_histories_the_held_out_error_falls(path: Path) -> None:
    # The last rung takes most of the time.
    is_long = "LONG_TESTS" in os.environ
    ladder = climb(read_history(path), rungs=RUNGS if is_long else RUNGS[:-1])
    by_rung = {str(score.rung): score.held_out_ratio for score in ladder.scores}
    assert ladder.fall() > 0.08
    assert by_rung["linear, 7 days"] < 0.95
    # More sigmoids than the days can teach do no harm.
    if is_long:
        assert by_rung["1,000 sigmoids, 56 days"] < by_rung["100 sigmoids, 56 days"] + 0.02
