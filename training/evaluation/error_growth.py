"""Whether forecasts have become worse: live errors of the last week beside those of the four weeks before."""

from datetime import date

import numpy as np

from training.database.engine import Database
from training.database.forecasts import Forecasts, RememberedForecast
from training.database.packed import day_number

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
            recent.add(forecast)
            earlier.add(forecast)
    before, now = earlier.relative(), recent.relative()
    return now / before if now is not None and before else None


class _Errors:
    """The errors on the days from `first_day` until before `end`, and those of the weekly copy."""

    def __init__(self, first_day: int, end: int) -> None:
        self.first_day = first_day
        self._end = end
        self._error = self._copy_error = 0.0
        self._n_days = 0

    def add(self, forecast: RememberedForecast) -> None:
        ahead = np.arange(1, min(DAYS_AHEAD, forecast.bands.shape[1]) + 1)
        days = forecast.last_day + ahead
        counts, copies = forecast.counts.at(days), forecast.counts.at(days - 7)
        both = ~np.isnan(counts) & ~np.isnan(copies) & (days >= self.first_day) & (days < self._end)
        self._n_days += int(both.sum())
        self._error += float(np.abs(forecast.bands[0, : ahead.size] - counts)[both].sum())
        self._copy_error += float(np.abs(copies - counts)[both].sum())

    def relative(self) -> float | None:
        if self._n_days < LEAST_DAYS or not self._copy_error:
            return None
        return self._error / self._copy_error
