"""Whether forecasts have become worse: live errors of the last week beside those of the four weeks before."""

from datetime import date

import numpy as np

from training.database.engine import Database
from training.database.forecasts import Forecasts
from training.database.packed import day_number
from training.evaluation.monitoring import MetForecast

RECENT_DAYS, EARLIER_DAYS = 7, 28
DAYS_AHEAD = 7
# Fewer forecast days than these tell nothing.
LEAST_DAYS = 20


def live_error_growth(database: Database, today: date) -> float | None:
    """Compare the errors of forecasts 1 to 7 days ahead of the last 7 days with those of the 28 days before.

    Each error is divided by that of copying what was seven days before, so that a week that is hard for
    everybody is no growth.

    Parameters
    ----------
    database : holds forecasts, and the days that have come since
    today : the day after the last of the last week

    Returns
    -------
    float or None
        How many times as large; None when either has fewer than 20 forecast days, or no error.
    """
    end = day_number(np.datetime64(today))
    recent, earlier = (
        _Errors(end - RECENT_DAYS, end),
        _Errors(end - RECENT_DAYS - EARLIER_DAYS, end - RECENT_DAYS),
    )
    for piece in Forecasts(database).since(earlier.first_day - DAYS_AHEAD):
        for forecast in piece:
            met = MetForecast.of(forecast)
            recent.add(met)
            earlier.add(met)
    before, now = earlier.relative(), recent.relative()
    return now / before if now is not None and before else None


class _Errors:
    """The errors on the days from `first_day` until before `end`, and those of the weekly copy."""

    def __init__(self, first_day: int, end: int) -> None:
        self.first_day = first_day
        self._end = end
        self._error = self._copy_error = 0.0
        self._n_days = 0

    def add(self, met: MetForecast) -> None:
        begin, end = (max(0, day - met.first_day) for day in (self.first_day, self._end))
        days = slice(begin, min(end, DAYS_AHEAD))
        self._n_days += int(met.both[days].sum())
        self._error += float(met.errors[days].sum())
        self._copy_error += float(met.copy_errors[days].sum())

    def relative(self) -> float | None:
        if self._n_days < LEAST_DAYS or not self._copy_error:
            return None
        return self._error / self._copy_error
