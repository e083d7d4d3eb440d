"""Monitoring: remembered forecasts are compared with the days that have come."""

import numpy as np
import pytest

from tests.training.histories import NAN, day, series
from training.database.engine import Database
from training.database.erasure import forget
from training.database.forecasts import Forecasts
from training.database.uploads import Uploads
from training.evaluation.live_scores import Drift
from training.evaluation.monitoring import Monitoring, monitor
from training.history.days import day_number
from training.history.series import History

KEY = ("a", "views")
LAST = day_number(day("2026-01-07"))
# The median and the ends of the 80 % and 95 % intervals, the same on all of four days.
BANDS = np.array([[10.0] * 4, [8.0] * 4, [12.0] * 4, [5.0] * 4, [15.0] * 4])


def monitored(database: Database) -> Monitoring:
    return monitor(Forecasts(database).since(0), 0, LAST)


def keep(database: Database, *counts: float) -> None:
    Uploads(database).add(History((series("a", "2026-01-01", *counts),)), "views.csv", may_replace=True)


def test_nothing_is_known_before_a_day_has_come(in_file: Database) -> None:
    keep(in_file, *[10] * 7)
    Forecasts(in_file).remember("v", {(KEY, LAST): BANDS})
    scores = monitored(in_file)
    assert (scores.overall.n_days, scores.overall.mae["1"]) == (0, None)
    assert (scores.series, scores.outside) == ({}, [])


def test_errors_and_coverage_are_told_by_days_ahead_beside_the_weekly_copy(in_file: Database) -> None:
    keep(in_file, *[10] * 7)
    Forecasts(in_file).remember("v", {(KEY, LAST): BANDS})
    keep(in_file, *[10] * 7, 11, NAN, 14, 30)
    scores = monitored(in_file).overall
    assert (scores.n_forecasts, scores.n_days) == (1, 3)
    assert scores.mae == {"1": 1, "1-7": (1 + 4 + 20) / 3, "1-28": (1 + 4 + 20) / 3}
    assert scores.relative_error == {"1": 1, "1-7": 1, "1-28": 1}  # the copy says 10 as well
    assert scores.coverage == {"80": 1 / 3, "95": 2 / 3}


def test_a_count_at_an_end_of_an_interval_lies_inside(in_file: Database) -> None:
    keep(in_file, *[10] * 7)
    Forecasts(in_file).remember("v", {(KEY, LAST): BANDS})
    keep(in_file, *[10] * 7, 8, 12, 5, 15)
    assert monitored(in_file).overall.coverage == {"80": 2 / 4, "95": 1}


def test_days_that_have_not_come_are_no_drift(in_file: Database) -> None:
    counts = np.tile([2.0], 50)
    first = day_number(day("2026-01-01"))
    counts[-7:-5] = np.nan
    keep(in_file, *counts)
    bands = np.tile([[4.0], [3.0], [5.0], [2.0], [6.0]], 28)
    made = {(KEY, last): bands for last in range(first + 6, first + 49)}
    Forecasts(in_file).remember("v", made)
    drift = monitor(Forecasts(in_file).since(0), 0, first + 50).overall.drift
    assert drift.level == pytest.approx(0.5)


def test_what_drifts_shows_by_week(in_file: Database) -> None:
    # 7 January 2026 is a Wednesday.
    keep(in_file, *[10] * 7, 11, NAN, 14, 9, 50)
    Forecasts(in_file).remember("v", {(KEY, LAST): np.repeat(BANDS[:, :1], 5, axis=1)})
    Forecasts(in_file).remember("v", {(KEY, LAST - 7): np.repeat(BANDS[:, :1], 2, axis=1)})
    first, second, third = monitored(in_file).weeks
    assert [week.monday - LAST for week in (first, second, third)] == [-9, -2, 5]
    assert [week.n_days for week in (first, second, third)] == [2, 3, 1]
    assert second.coverage == {"80": 2 / 3, "95": 1}
    assert third.coverage == {"80": 0, "95": 0}
    assert (first.relative_error, second.relative_error, third.relative_error) == (None, 1, 1)


def test_drift_of_level_of_weekly_shape_and_of_error_is_told(in_file: Database) -> None:
    """Weeks of 9 and of 11 views a day, then one of 140 that come otherwise; 10 a day were forecast."""
    calm_weeks = np.repeat([9.0, 11.0] * 3, 7)
    counts = np.concatenate([calm_weeks, [60, 20, 20, 20, 20, 0, 0]])
    first, end = (day_number(day("2026-01-01")) + n for n in (0, counts.size))
    made = {(KEY, last): np.tile(10.0, (5, 28)) for last in range(first + 6, end - 1)}
    keep(in_file, *counts)
    Forecasts(in_file).remember("v", made)

    drifted, calm = (monitor(Forecasts(in_file).since(0), 0, today) for today in (end, end - 7))
    for scores in (drifted.overall, drifted.series[KEY]):
        assert scores.drift.level == pytest.approx(140 / 70)
        # Of four weeks with 357 views, 40 more than a seventh came on the first weekday.
        assert scores.drift.weekly_shape == pytest.approx(40 / 357)
        assert scores.drift.error is not None
        assert scores.drift.error > 1
    assert calm.overall.drift == Drift(
        pytest.approx(1.1),  # type: ignore[arg-type]
        pytest.approx(0.0),  # type: ignore[arg-type]
        pytest.approx(1.0),  # type: ignore[arg-type]
    )
    too_early = monitor(Forecasts(in_file).since(0), 0, first + 7).overall.drift
    assert too_early == Drift(None, None, None)


def test_a_day_outside_is_listed_by_the_last_forecast_before_it(in_file: Database) -> None:
    keep(in_file, *[10] * 7, 11, 30, 31)
    higher = BANDS + 20
    Forecasts(in_file).remember("v", {(KEY, LAST): BANDS, (KEY, LAST + 2): higher})
    (outside,) = monitored(in_file).outside
    assert (outside.day, outside.count, outside.lower, outside.upper) == (LAST + 2, 30, 5, 15)
    assert outside.forecast_from == LAST


def test_of_two_forecasts_from_one_day_the_first_is_remembered(in_file: Database) -> None:
    keep(in_file, *[10] * 8)
    Forecasts(in_file).remember("v", {(KEY, LAST): BANDS})
    Forecasts(in_file).remember("w", {(KEY, LAST): BANDS + 1, (("gone", "views"), LAST): BANDS})
    (piece,) = Forecasts(in_file).since(LAST)
    assert [(forecast.model, forecast.bands.tolist()) for forecast in piece] == [("v", BANDS.tolist())]
    assert list(Forecasts(in_file).since(LAST + 1)) == []


def test_forecasts_of_old_days_are_forgotten(in_file: Database) -> None:
    keep(in_file, *[10] * 8)
    Forecasts(in_file).remember("v", {(KEY, LAST): BANDS, (KEY, LAST + 1): BANDS})
    assert Forecasts(in_file).forget_before(LAST + 1) == 1
    (piece,) = Forecasts(in_file).since(0)
    assert [forecast.last_day for forecast in piece] == [LAST + 1]


def test_a_forgotten_series_takes_its_forecasts_with_it(in_file: Database) -> None:
    keep(in_file, *[10] * 8)
    Forecasts(in_file).remember("v", {(KEY, LAST): BANDS})
    forget(in_file, KEY)
    keep(in_file, *[10] * 8)
    assert list(Forecasts(in_file).since(0)) == []
