"""`python -m training forecast`: a file of forecasts, whole or not at all."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from tests.command_lines import training, training_process
from tests.training.quick_models import a_model
from training.history.files import History, Series, write_csv
from training.history.series import DAY
from training.history.synthetic import generate_views

PAGES = ("page 0", "page 1", "page 2")
LAST_DATE = np.datetime64("2026-11-20")


def a_series(name: str, n_days: int, last_date: np.datetime64 = LAST_DATE) -> Series:
    views = generate_views(1, n_days, len(name))[0]
    return Series(name, last_date - np.timedelta64(n_days - 1, "D"), views)


def written(folder: Path, *series: Series) -> Path:
    path = folder / "history.csv"
    write_csv(History(series), path)
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_series_is_forecast_from_its_own_end_by_the_current_version(
    tmp_path: Path, models: Path
) -> None:
    early = a_series("ended in may", 100, np.datetime64("2026-05-31"))
    late = a_series('a "name", with a comma', 500)
    out = tmp_path / "forecasts.csv"
    training("forecast", written(tmp_path, early, late), "--out", out, "--models", models, "--horizon", 30)
    rows = rows_of(out)
    assert [row["series"] for row in rows] == [late.name] * 30 + [early.name] * 30
    for series, of_series in (late, rows[:30]), (early, rows[30:]):
        expected = a_model(1).predict([series.views], np.array([series.last_date]), 30)
        assert [row["date"] for row in of_series] == [str(series.last_date + i * DAY) for i in range(1, 31)]
        for name, values in {
            "views": expected.median[0],
            "lower_80": expected.lower[0, 0],
            "upper_80": expected.upper[0, 0],
            "lower_95": expected.lower[1, 0],
            "upper_95": expected.upper[1, 0],
        }.items():
            # A product of float32 matrices is rounded in another way when it has other rows beside.
            numbers = [float(row[name]) for row in of_series]
            np.testing.assert_allclose(numbers, values, atol=0.0051, rtol=1e-4)


def test_parquet_holds_what_csv_holds(tmp_path: Path, models: Path) -> None:
    history = written(tmp_path, *(a_series(f"page {i:04}", 40) for i in range(1_100)))
    for ending in "csv", "parquet":
        training("forecast", history, "--out", tmp_path / f"f.{ending}", "--models", models, "--horizon", 2)
    table = parquet.read_table(tmp_path / "f.parquet").to_pylist()
    rows = rows_of(tmp_path / "f.csv")
    assert len(rows) == 2_200
    for row, other in zip(rows, table, strict=True):
        assert (row.pop("series"), row.pop("date")) == (other.pop("series"), str(other.pop("date")))
        assert list(row) == list(other)
        np.testing.assert_allclose(
            [float(text) for text in row.values()], list(other.values()), atol=0.0051, rtol=1e-6
        )


def test_only_the_intervals_that_are_asked_for_are_written(tmp_path: Path, models: Path) -> None:
    out = tmp_path / "f.csv"
    training(
        "forecast", written(tmp_path, a_series("a", 30)), "--out", out, "--models", models, "--level", 95
    )
    assert out.read_text().splitlines()[0] == "series,date,views,lower_95,upper_95"


def test_series_of_less_than_a_week_are_named_and_left_out(tmp_path: Path, models: Path) -> None:
    history = written(tmp_path, a_series("long", 7), a_series("brand new", 6))
    ended = training("forecast", history, "--out", tmp_path / "f.csv", "--models", models)
    assert "1 series left out, shorter than 7 days: brand new" in ended.stderr
    assert {row["series"] for row in rows_of(tmp_path / "f.csv")} == {"long"}
    assert "1 series, 28 days each" in ended.stdout


def test_a_folder_of_short_series_only_is_an_error_and_leaves_what_was_there(
    tmp_path: Path, models: Path
) -> None:
    out = tmp_path / "f.csv"
    out.write_text("yesterday's")
    ended = training(
        "forecast", written(tmp_path, a_series("a", 6)), "--out", out, "--models", models, code=1
    )
    assert "error: no series has 7 days, which a forecast needs at the least" in ended.stderr
    assert out.read_text() == "yesterday's"
    assert {path.name for path in tmp_path.iterdir()} == {"f.csv", "history.csv", "models"}


def test_without_pyarrow_parquet_is_refused_before_anything_is_read(tmp_path: Path, models: Path) -> None:
    (tmp_path / "absent").mkdir()
    (tmp_path / "absent" / "pyarrow.py").write_text("raise ImportError")
    ended = training_process(
        *("forecast", tmp_path / "no.csv", "--out", tmp_path / "f.parquet", "--models", models),
        code=1,
        PYTHONPATH=str(tmp_path / "absent"),
    )
    assert (
        "Parquet needs pyarrow, which is not installed; `pip install pyarrow`, or write .csv" in ended.stderr
    )


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("f.xlsx", "forecasts are written as .csv or .parquet"),
        ("missing/f.csv", "there is no folder"),
        ("folder.csv", "is not a file"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused(
    tmp_path: Path, models: Path, out: str, message: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    history = written(tmp_path, a_series("a", 30))
    ended = training("forecast", history, "--out", tmp_path / out, "--models", models, code=1)
    assert message in ended.stderr


def test_the_history_is_not_written_over(tmp_path: Path, models: Path) -> None:
    history = written(tmp_path, a_series("a", 30))
    before = history.read_bytes()
    training("forecast", history, "--out", history, "--models", models, code=2)
    assert history.read_bytes() == before


def test_without_a_model_it_is_said_how_one_is_made(tmp_path: Path) -> None:
    history = written(tmp_path, a_series("a", 30))
    ended = training("forecast", history, "--out", tmp_path / "f.csv", "--models", tmp_path / "none", code=1)
    assert "`python -m training fit` makes one" in ended.stderr
    assert os.listdir(tmp_path) == ["history.csv"]


def test_totals_of_each_series_and_of_all_are_written_beside(tmp_path: Path, models: Path) -> None:
    history = written(tmp_path, *(a_series(f"page {i}", 40) for i in range(3)))
    out, totals = tmp_path / "forecasts.csv", tmp_path / "totals.csv"
    training("forecast", history, "--out", out, "--totals", totals, "--models", models, "--horizon", 9)
    rows = rows_of(totals)
    days = {name: [float(row["views"]) for row in rows_of(out) if row["series"] == name] for name in PAGES}
    assert [(row["series"], row["days"]) for row in rows] == [
        (name, days_ahead) for name in (*PAGES, "") for days_ahead in ("7", "9")
    ]
    for row in rows[:-2]:
        expected = sum(days[row["series"]][: int(row["days"])])
        assert float(row["total"]) == pytest.approx(expected, abs=0.1)
    for of_all, number in zip(rows[-2:], (0, 1), strict=True):
        parts = rows[number:-2:2]
        assert float(of_all["total"]) == pytest.approx(sum(float(row["total"]) for row in parts), abs=0.1)
        assert float(of_all["lower_80"]) <= float(of_all["total"]) <= float(of_all["upper_80"])


def test_series_that_end_on_different_days_have_no_total_over_all(tmp_path: Path, models: Path) -> None:
    early = a_series("ended in may", 100, np.datetime64("2026-05-31"))
    history = written(tmp_path, early, a_series("late", 100))
    out, totals = tmp_path / "forecasts.csv", tmp_path / "totals.csv"
    ended = training("forecast", history, "--out", out, "--totals", totals, "--models", models)
    assert {row["series"] for row in rows_of(totals)} == {"ended in may", "late"}
    assert "no total of all" in ended.stderr


@pytest.mark.parametrize("name", ["history.csv", "forecasts.csv", "totals.parquet"])
def test_totals_are_not_written_over_something_else(tmp_path: Path, models: Path, name: str) -> None:
    history = written(tmp_path, a_series("page", 40))
    before = history.read_bytes()
    out = tmp_path / "forecasts.csv"
    ended = training(
        "forecast", history, "--out", out, "--totals", tmp_path / name, "--models", models, code=2
    )
    assert "a file of their own" in ended.stderr
    assert history.read_bytes() == before
    assert not out.exists()
