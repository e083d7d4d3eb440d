"""Limits on the days that a series, or all series together, may cover."""

import numpy as np

EARLIEST_DATE = np.datetime64("1900-01-01", "D")
LATEST_DATE = np.datetime64("2199-12-31", "D")
# A hundred years. A single mistyped year must not create a series of a million days.
LONGEST_SPAN_DAYS = 36_525
# Series may have gaps, but a small file must not need gigabytes of memory.
_FREE_DAYS = 10_000_000
_DAYS_PER_COUNT = 20


def span_problem(first_date: np.datetime64, last_date: np.datetime64) -> str | None:
    """Say what is wrong with the first and last day of a series; None when they are valid."""
    if np.isnat(first_date):
        return "the first date is missing"
    if first_date < EARLIEST_DATE or last_date > LATEST_DATE:
        return f"{first_date} to {last_date} is outside of {EARLIEST_DATE} to {LATEST_DATE}"
    if (last_date - first_date).astype(int) >= LONGEST_SPAN_DAYS:
        return f"{first_date} to {last_date} is more than 100 years; is one of these years mistyped?"
    return None


def spread_problem(n_days: int, n_counts: int) -> str | None:
    """Say so when series of `n_days` days in all have too few counts; None when they have enough."""
    if n_days > _FREE_DAYS + _DAYS_PER_COUNT * n_counts:
        return f"{n_counts} counts are spread over {n_days} days; nearly all days are missing"
    return None


def is_dense(n_days: int, n_counts: int) -> bool:
    """Whether adding `n_days` days with `n_counts` counts keeps a valid history valid."""
    return n_days <= _DAYS_PER_COUNT * n_counts
