"""Triggers that queue a training automatically: a schedule, and growing errors of live forecasts.

Every service checks the triggers regularly; the first that finds one due queues the training.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from training.clock import Clock, iso_time, utc_now
from training.database.engine import Database
from training.database.tables import JOBS, TRIGGERS
from training.jobs.job_state import Cause
from training.jobs.queue import JobQueue
from training.jobs.schedule import next_time

# New days arrive once a day, so checking more often would find nothing new.
ERROR_LOOK = timedelta(hours=6)
# For this long after a training, some errors of the last week are those of the previous model.
SETTLING = timedelta(days=7)
# When the last check is this far in the future, it was made before the clock was set back.
_MOST_AHEAD = timedelta(hours=1)

# Maps the time of the last check to that of the next.
Following = Callable[[datetime], datetime]


class Triggers:
    """Queues trainings automatically.

    Parameters
    ----------
    database : holds the jobs, and the time at which each trigger was last checked
    schedule : cron expression, in UTC; each of its times queues a training. Times that pass while no service
    runs queue one training together. None for no schedule.
    error_growth : queue a training when the error of the last week is this many times that of the four weeks
    before, at the earliest a week after the last training. None to never do so.
    clock : callable, default=the system's
    """

    def __init__(
        self,
        database: Database,
        schedule: str | None,
        error_growth: float | None,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._schedule = schedule
        self._error_growth = error_growth
        self._clock = clock
        self._queue = JobQueue(database, clock)

    def look(self) -> list[str]:
        """Check all triggers, queue a training for each that is due, and give the ids."""
        jobs = [
            self._on_schedule(self._schedule) if self._schedule else None,
            self._on_error(self._error_growth) if self._error_growth else None,
        ]
        return [job for job in jobs if job is not None]

    def _on_schedule(self, schedule: str) -> str | None:
        def following(last: datetime) -> datetime:
            return next_time(schedule, last)

        if not self._may_be_due("schedule", following):
            return None
        with self._database.write(of_jobs=True) as connection:
            if not self._is_due(connection, "schedule", following):
                return None
            return self._queue.enqueue_within(connection, cause="schedule")

    def _on_error(self, error_growth: float) -> str | None:
        from training.evaluation.live_scores import live_error_growth

        def following(last: datetime) -> datetime:
            return last + ERROR_LOOK

        if not self._may_be_due("error-growth", following):
            return None
        with self._database.write(of_jobs=True) as connection:
            if not self._is_due(connection, "error-growth", following) or self._is_settling(connection):
                return None
        growth = live_error_growth(self._database, self._clock().date())
        if growth is None or growth < error_growth:
            return None
        return self._queue.enqueue(cause="error-growth")

    def _is_settling(self, connection: sa.Connection) -> bool:
        last = connection.execute(sa.select(sa.func.max(JOBS.c.queued))).scalar()
        return last is not None and last > iso_time(self._clock() - SETTLING)

    def _may_be_due(self, cause: Cause, following: Following) -> bool:
        """Check without blocking writers; mostly nothing is due."""
        with self._database.read() as connection:
            last = _last_look(connection, cause)
        now = self._clock()
        return last is None or last > now + _MOST_AHEAD or following(last) <= now

    def _is_due(self, connection: sa.Connection, cause: Cause, following: Following) -> bool:
        """Whether the trigger is due; if so, record it, so that no other service queues the same training."""
        last, now = _last_look(connection, cause), self._clock()
        is_known = last is not None and last <= now + _MOST_AHEAD
        is_due = last is not None and is_known and following(last) <= now
        if is_due or not is_known:
            row = {"cause": cause, "last_look": now.timestamp()}
            connection.execute(self._database.upsert(TRIGGERS, ["cause"]), row)
        return is_due


def _last_look(connection: sa.Connection, cause: Cause) -> datetime | None:
    query = sa.select(TRIGGERS.c.last_look).where(TRIGGERS.c.cause == cause)
    last = connection.execute(query).scalar()
    return None if last is None else datetime.fromtimestamp(last, UTC)
