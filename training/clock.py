"""The time of the system, or of the clock that a caller brings instead, and how it is written down."""

from collections.abc import Callable
from datetime import UTC, datetime

# Returns the time, aware of its zone.
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the system's time."""
    return datetime.now(UTC)


def iso_time(time: datetime) -> str:
    """Write a time down in UTC, ISO 8601, to the second.

    >>> iso_time(datetime(2026, 11, 24, 8, 15, 3, 999, tzinfo=UTC))
    '2026-11-24T08:15:03+00:00'
    """
    return time.astimezone(UTC).isoformat(timespec="seconds")
