"""Trainings that start by themselves: at the times of a schedule, and when live errors have grown."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.training.clocks import StillClock
from tests.training.histories import series
from training.database.engine import Database
from training.database.forecasts import Forecasts
from training.database.uploads import Uploads
from training.evaluation.live_scores import live_error_growth
from training.history.days import day_number
from training.history.series import History
from training.jobs.queue import JobQueue
from training.jobs.schedule import schedule_problem
from training.jobs.triggers import Triggers

NIGHT = datetime(2026, 11, 24, 3, 59, tzinfo=UTC)
EVERY_NIGHT = "0 4 * * *"


@pytest.fixture
def clock() -> StillClock:
    return StillClock(NIGHT)


def end(database: Database, job: str) -> None:
    queue = JobQueue(database)
    assert queue.take() == job
    queue.fail(job, "enough")


def test_each_time_of_a_schedule_queues_one_training_whoever_looks(
    database: Database, clock: StillClock
) -> None:
    services = [Triggers(database, EVERY_NIGHT, None, clock) for _ in range(2)]
    assert [service.look() for service in services] == [[], []]
    clock.now += timedelta(minutes=2)
    (job,) = [job for service in services for job in service.look()]
    assert JobQueue(database).state(job).cause == "schedule"
    end(database, job)
    clock.now += timedelta(hours=23)
    assert services[0].look() == []
    clock.now += timedelta(hours=1)
    assert len(services[1].look()) == 1


def test_times_that_passed_while_no_service_ran_queue_one_training(
    in_file: Database, clock: StillClock
) -> None:
    triggers = Triggers(in_file, EVERY_NIGHT, None, clock)
    assert triggers.look() == []
    clock.now += timedelta(days=5)
    (job,) = triggers.look()
    end(in_file, job)
    assert triggers.look() == []


def test_a_schedule_goes_on_when_the_clock_was_set_back(in_file: Database, clock: StillClock) -> None:
    triggers = Triggers(in_file, EVERY_NIGHT, None, clock)
    clock.now += timedelta(days=365)
    assert triggers.look() == []
    clock.now = NIGHT
    assert triggers.look() == []
    clock.now += timedelta(minutes=2)
    assert len(triggers.look()) == 1


@pytest.mark.parametrize("schedule", ["", "hourly", "* * * *", "61 * * * *", "0 4 31 2 *"])
def test_what_is_no_cron_expression_is_said(schedule: str) -> None:
    assert f"{schedule!r} is no cron expression" in (schedule_problem(schedule) or "")
    assert schedule_problem(EVERY_NIGHT) is None


def keep_forecasts(database: Database, errors: np.ndarray, first_date: str = "2026-10-01") -> None:
    """Keep a series from a day on, and a forecast each morning with an error for each day.

    The series grows by 7 a week, so that the weekly copy is always wrong by 7.
    """
    counts = 100 + np.arange(errors.size + 7.0)
    Uploads(database).add(History((series("a", first_date, *counts),)), "views.csv")
    first = day_number(np.datetime64(first_date))
    made = {}
    for ahead, error in enumerate(errors):
        last = first + 6 + ahead
        counts_to_come = 100 + last + np.arange(1.0, 8) - first
        made[("a", "views"), last] = np.tile(counts_to_come + error, (5, 1))
    Forecasts(database).remember("v", made)


def test_errors_that_have_grown_queue_a_training_once_a_week(in_file: Database, clock: StillClock) -> None:
    """54 days from 1 October to 23 November; the errors of forecasts double eleven days before their end."""
    keep_forecasts(in_file, np.where(np.arange(47) < 34, 2.0, 4.0))
    assert live_error_growth(in_file, NIGHT.date()) == pytest.approx(2.0, rel=0.1)
    calm, alert = Triggers(in_file, None, 2.5, clock), Triggers(in_file, None, 1.5, clock)
    assert alert.look() == []  # begins to count
    clock.now += timedelta(hours=6)
    assert calm.look() == []
    clock.now += timedelta(hours=6)
    (job,) = alert.look()
    assert JobQueue(in_file).state(job).cause == "error-growth"
    end(in_file, job)
    clock.now += timedelta(hours=7)
    assert alert.look() == []


def test_a_few_days_tell_nothing_of_errors(in_file: Database) -> None:
    assert live_error_growth(in_file, NIGHT.date()) is None
    keep_forecasts(in_file, np.full(3, 2.0))
    assert live_error_growth(in_file, NIGHT.date()) is None
