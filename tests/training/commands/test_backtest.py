"""`python -m training backtest`: scores of a file, where they are worst and why, as tables and pictures."""

import csv
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

from tests.command_lines import training
from training.history.files import History, Series, write_csv
from training.history.synthetic import generate_views


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Too short to learn anything from that the prior does not know: quick."""
    views = np.round(generate_views(3, 75, 3) + 50)
    views[1, -15] = 1e6
    views[1, 3] = np.nan
    # Whichever is drawn, its name is no formula, though it looks like one that is wrong.
    names = (f"{name} $\\frac{{$" for name in ("quiet", "with a [bold]spike[/bold]", "third"))
    named = zip(names, views, strict=True)
    path = tmp_path_factory.mktemp("history") / "history.csv"
    write_csv(
        History(tuple(Series(name, np.datetime64("2026-01-01"), counts) for name, counts in named)), path
    )
    return path


@pytest.fixture(scope="module")
def backtested(history: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """What `backtest` printed, and the folder it wrote."""
    out = tmp_path_factory.mktemp("out") / "not there yet" / "backtest"
    return training("backtest", history, "--out", out), out


Backtested = tuple[Result, Path]


def test_it_prints_the_scores_and_the_worst_series_with_a_reason(backtested: Backtested) -> None:
    lines = backtested[0].stdout.splitlines()
    assert any(line.startswith("copy seven days ago") for line in lines)
    begin = lines.index("Worst series, 1-28 days ahead:")
    rows = lines[begin + 2 : begin + 5]
    (spiky,) = (row for row in rows if row.startswith("with a [bold]spike[/bold]"))
    assert "of the error comes from 3 days" in spiky
    assert all("short history: 4" in row for row in rows)


def test_the_folder_has_a_row_a_series_and_horizon_and_four_pictures(backtested: Backtested) -> None:
    _, out = backtested
    with (out / "scores.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 9
    assert {row["days_ahead"] for row in rows} == {"1", "1-7", "1-28"}
    for row in rows:
        assert 0 <= float(row["coverage_80"]) <= float(row["coverage_95"]) <= 1
        assert float(row["mae"]) > 0
        assert "short history" in row["reasons"]
    pictures = sorted(path for path in out.iterdir() if path.suffix == ".png")
    assert [path.stem for path in pictures] == [
        "coverage_by_horizon",
        "error_by_horizon",
        "error_by_series",
        "worst_series",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)


def test_what_is_too_short_to_be_scored_is_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    write_csv(History((Series("a", np.datetime64("2026-01-01"), np.arange(20.0)),)), path)
    ended = training("backtest", path, code=1)
    assert "error: no series has a week before" in ended.stderr
