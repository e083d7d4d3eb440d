"""Weekly and monthly sums are refused, also when a period is cut or moved; days with gaps are read."""

from random import Random

import pytest

from tests.training.histories import day, parsed, refusal
from training.history.series import DAY

MONDAYS = [str(day("2026-01-05") + i * 7 * DAY) for i in range(10)]


def table(dates: list[str]) -> str:
    return "date,views\n" + "".join(f"{date},{7000 + n}\n" for n, date in enumerate(dates))


@pytest.mark.parametrize(
    "dates",
    [
        [*MONDAYS, "2026-03-12"],
        [*MONDAYS[:4], "2026-01-29"],
        ["2026-01-02", *MONDAYS],
        [*MONDAYS[:4], "2026-02-03", *MONDAYS[5:]],
        ["2025-12-07", "2025-12-14", "2025-12-21", "2025-12-28", "2026-01-01", "2026-01-04", "2026-01-11"],
        ["2024-12-10", "2024-12-17", "2024-12-24", "2024-12-31", "2025-01-01", "2025-01-07", "2025-01-14"],
    ],
    ids=["last", "last of few", "first", "holiday", "new year", "new year, one day"],
)
def test_weekly_sums_with_a_cut_or_moved_week_are_refused(dates: list[str]) -> None:
    assert "there is one row a week; one row a day is needed" in refusal(table(dates))


@pytest.mark.parametrize(
    "dates",
    [
        ["2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-20"],
        ["2026-04-17", "2026-05-01", "2026-06-01", "2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01"],
        ["2026-03-31", "2026-04-30", "2026-05-29", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30"],
        ["2026-01-02", "2026-02-02", "2026-03-02", "2026-04-01", "2026-05-04", "2026-06-01", "2026-07-01"],
    ],
    ids=["last", "first", "last working day", "first working day"],
)
def test_monthly_sums_with_a_cut_or_moved_month_are_refused(dates: list[str]) -> None:
    assert "there is one row a month; one row a day is needed" in refusal(table(dates))


def test_days_among_gaps_at_random_are_read() -> None:
    random = Random(1)
    for n in (4, 5, 6, 9, 15, 30):
        for longest in (20, 60):
            for _ in range(20):
                days = sorted(random.sample(range(longest * n // 2), n))
                assert parsed(table([str(day("2026-01-05") + i * DAY) for i in days])).n_rows == n


@pytest.mark.parametrize("step", [2, 3, 6])
def test_days_a_few_days_apart_are_read(step: int) -> None:
    assert parsed(table([str(day("2026-01-05") + i * step * DAY) for i in range(12)])).n_rows == 12


def test_posts_on_two_weekdays_are_read() -> None:
    dates = sorted([*MONDAYS, *(str(day(date) + 3 * DAY) for date in MONDAYS)])
    assert parsed(table(dates)).n_rows == 20
