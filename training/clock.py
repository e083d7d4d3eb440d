"""The current time, and its format. Callers may replace the clock, for example in tests."""

from collections.abc import Callable
from datetime import UTC, datetime

# Returns the current time, with a time zone.
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the current time of the system, in UTC."""
    return datetime.now(UTC)


def iso_time(time: datetime) -> str:
    """Format a time in UTC by ISO 8601, with seconds but without fractions.

    >>> iso_time(datetime(2026, 11, 24, 8, 15, 3, 999, tzinfo=UTC))
    '2026-11-24T08:15:03+00:00'
    """
    return time.astimezone(UTC).isoformat(timespec="seconds")
