"""The benchmark of reading: what it writes is a file that is read, and it names who read it."""

from pathlib import Path

import pytest

from benchmarks.reading import N_DAYS, main, read_once, write_rows
from training.history.files import read_history


def test_the_rows_are_series_of_as_many_days(tmp_path: Path) -> None:
    write_rows(tmp_path / "views.csv", 2 * N_DAYS)
    history = read_history(tmp_path / "views.csv")
    assert [series.n_known for series in history.series] == [N_DAYS, N_DAYS]
    seconds, megabytes = read_once("Viewcast", tmp_path / "views.csv")
    assert seconds >= 0
    assert megabytes > 1


def test_each_reader_has_a_row(tmp_path: Path) -> None:
    pytest.importorskip("polars")
    main(["--rows", str(N_DAYS), "--out", str(tmp_path / "reading.md")])
    rows = (tmp_path / "reading.md").read_text().splitlines()[-3:]
    assert [row.split("|")[1].strip() for row in rows] == ["Viewcast", "pandas.read_csv", "polars.read_csv"]
