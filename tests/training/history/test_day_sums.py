"""Several rows for a day: what is summed, what is replaced, and what cannot be."""

import pytest

from tests.training.histories import day, parsed, refusal
from training.history.series import DAY

DATES = [str(day("2026-08-01") + i * DAY) for i in range(8)]


def table(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows, ""])


LARGE = [f"{date},{1000 + i}" for i, date in enumerate(DATES)]
SMALL = [f"{date},{20 + i}" for i, date in enumerate(DATES)]


@pytest.mark.parametrize(
    "rows", [[row for pair in zip(LARGE, SMALL, strict=True) for row in pair], LARGE + SMALL, SMALL + LARGE]
)
def test_two_counts_of_each_day_are_refused_beside_each_other_and_in_blocks(rows: list[str]) -> None:
    assert "most days have several counts that differ" in refusal(table("date,views", rows))


def test_later_counts_of_fewer_than_half_of_the_days_replace_the_earlier_ones() -> None:
    history = parsed(table("date,views", [*LARGE, f"{DATES[7]},5", f"{DATES[6]},6"]))
    assert history.series[0].views.tolist() == [1000, 1001, 1002, 1003, 1004, 1005, 6, 5]
    assert "2 rows (lines 8, 9) with another count than a later row has" in history.notes[0]


def test_an_export_below_an_equal_one_is_left_out() -> None:
    assert parsed(table("date,views", LARGE * 2)).series == parsed(table("date,views", LARGE)).series
