"""Days as whole numbers, counted from 1970-01-01: how arrays and the database hold them."""

from __future__ import annotations

from datetime import date

import numpy as np

from training.clock import Clock, utc_now

# What `date.toordinal` counts up to day 0.
EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: np.datetime64) -> int:
    """Give the days from 1970-01-01 to a date."""
    return int(day.astype("datetime64[D]").astype(int))


def today(clock: Clock = utc_now) -> int:
    """Give the days from 1970-01-01 to today, UTC."""
    return clock().date().toordinal() - EPOCH


def date_of(number: int) -> np.datetime64:
    """Give the date that is so many days after 1970-01-01."""
    return np.datetime64(number, "D")
