"""Days as whole numbers counted from 1970-01-01, as arrays and the database hold them."""

from __future__ import annotations

from datetime import date

import numpy as np

from training.clock import utc_now

# `date.toordinal` of 1970-01-01.
EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: np.datetime64) -> int:
    """Count the days from 1970-01-01 to a date."""
    return int(day.astype("datetime64[D]").astype(int))


def today() -> int:
    """Count the days from 1970-01-01 to today, in UTC."""
    return utc_now().date().toordinal() - EPOCH


def date_of(number: int) -> np.datetime64:
    """Convert a day number, counted from 1970-01-01, to a date."""
    return np.datetime64(number, "D")
