"""Names that a spreadsheet would run: written with an apostrophe, and read back as they were."""

import csv
import io
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from training.history.names import cell_of, name_of, tidy_name

names = st.text("'=+-@＝ab ", min_size=1, max_size=8).map(tidy_name).filter(bool)


@given(name=names)
def test_every_name_comes_back(name: str) -> None:
    assert name_of(cell_of(name)) == name


@given(name=names)
def test_no_cell_begins_as_a_formula_does(name: str) -> None:
    assert cell_of(name)[0] not in "=+-@＝＋－＠"


def test_names_that_are_harmless_stay_as_they_are() -> None:
    for name in "channel", "'s Gravenhage", "a=b", "日本":
        assert cell_of(name) == name


def test_a_csv_of_such_names_is_read_back(tmp_path: Path) -> None:
    from training.history.files import parse_history

    text = io.StringIO()
    rows = [[cell_of("=1+1"), f"2026-11-{day:02d}", day] for day in range(1, 9)]
    csv.writer(text).writerows([["series", "date", "views"], *rows])
    history = parse_history(text.getvalue().encode(), "export.csv")
    assert [series.name for series in history.series] == ["=1+1"]
