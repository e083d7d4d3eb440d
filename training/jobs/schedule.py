"""The times of a cron expression, in UTC."""

from datetime import datetime

from cronsim import CronSim, CronSimError

from training.clock import utc_now


def next_time(schedule: str, after: datetime) -> datetime:
    """Give the first time of a schedule after the given time.

    >>> next_time("0 4 * * *", datetime(2026, 11, 24, 4, 0)).isoformat()
    '2026-11-25T04:00:00'
    """
    return next(CronSim(schedule, after))


def schedule_problem(schedule: str) -> str | None:
    """Say what is wrong with a cron expression; None when it is valid."""
    try:
        next_time(schedule, utc_now())
    except CronSimError as error:
        return f"{schedule!r} is no cron expression such as '0 4 * * *', every day at four: {error}"
    except StopIteration:
        return f"{schedule!r} is a time that never comes"
    return None
