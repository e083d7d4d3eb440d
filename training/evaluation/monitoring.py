"""How forecasts did: those that were made from kept series, against the days that have come since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.database.forecasts import RememberedForecast
from training.database.stored_series import Key

HORIZONS = {"1": 1, "1-7": 7, "1-28": 28}
_WEEK = 7
_THURSDAY = 3  # the weekday of day 0, counted from Monday


@dataclass(frozen=True)
class MetForecast:
    """A forecast beside the days that have come; all arrays by days ahead.

    Attributes
    ----------
    first_day : the first day that it forecast, in days since 1970
    came : whether a day's count is known
    both : whether that which was seven days before is known too, of what the forecast knew
    errors, copy_errors : of the median and of the weekly copy, in views; 0 where not both are known
    inside : for each level, whether the count came and lies inside of the interval
    """

    first_day: int
    came: NDArray[np.bool_]
    both: NDArray[np.bool_]
    errors: NDArray[np.float64]
    copy_errors: NDArray[np.float64]
    inside: dict[str, NDArray[np.bool_]]

    @classmethod
    def of(cls, forecast: RememberedForecast) -> MetForecast:
        """Compare a forecast with the counts."""
        ahead = np.arange(1, forecast.bands.shape[1] + 1)
        counts = forecast.counts.at(forecast.last_day + ahead)
        median, lower_80, upper_80, lower_95, upper_95 = forecast.bands
        # The weekly copy knows what the forecast knew: the last week before it, again and again.
        weeks = (ahead - 1) // _WEEK + 1
        copies = forecast.counts.at(forecast.last_day + ahead - weeks * _WEEK)
        came = ~np.isnan(counts)
        both = came & ~np.isnan(copies)
        return cls(
            forecast.last_day + 1,
            came,
            both,
            np.where(both, np.abs(median - counts), 0.0),
            np.where(both, np.abs(copies - counts), 0.0),
            {
                "80": (counts >= lower_80) & (counts <= upper_80),
                "95": (counts >= lower_95) & (counts <= upper_95),
            },
        )


@dataclass
class LiveScores:
    """Sums over forecast days that have come, from which errors and coverage are told.

    Attributes
    ----------
    n_forecasts : forecasts of which at least one day has come
    n_days : forecast days that have come
    """

    n_forecasts: int = 0
    n_days: int = 0
    _errors: dict[str, float] = field(default_factory=lambda: dict.fromkeys(HORIZONS, 0.0))
    _copy_errors: dict[str, float] = field(default_factory=lambda: dict.fromkeys(HORIZONS, 0.0))
    _n: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HORIZONS, 0))
    _n_inside: dict[str, int] = field(default_factory=lambda: {"80": 0, "95": 0})

    def add(self, met: MetForecast) -> None:
        """Count one forecast in."""
        n_came = int(met.came.sum())
        if not n_came:
            return
        self.n_forecasts += 1
        self.n_days += n_came
        for name, days in HORIZONS.items():
            self._n[name] += int(met.both[:days].sum())
            self._errors[name] += float(met.errors[:days].sum())
            self._copy_errors[name] += float(met.copy_errors[:days].sum())
        for level, inside in met.inside.items():
            self._n_inside[level] += int(inside.sum())

    @property
    def mae(self) -> dict[str, float | None]:
        """Mean absolute error by days ahead; None where no day has come."""
        return {name: self._errors[name] / n if n else None for name, n in self._n.items()}

    @property
    def relative_error(self) -> dict[str, float | None]:
        """The error divided by that of copying what was seven days before: below 1 is better."""
        copies = self._copy_errors
        return {name: self._errors[name] / copies[name] if copies[name] else None for name in HORIZONS}

    @property
    def coverage(self) -> dict[str, float | None]:
        """Share of days inside of the intervals, by level."""
        return {level: n / self.n_days if self.n_days else None for level, n in self._n_inside.items()}


@dataclass(frozen=True)
class WeekScores:
    """How all forecasts of the days of one week did, 1 to 28 days ahead.

    Attributes
    ----------
    monday : the first day of the week, in days since 1970
    n_days : forecast days that have come
    relative_error : the error divided by that of the weekly copy; None where the copy has none
    coverage : share of days inside of the intervals, by level
    """

    monday: int
    n_days: int
    relative_error: float | None
    coverage: dict[str, float]


class _SumsByDay:
    """Sums over forecasts for each day that was forecast, in arrays that grow as days come."""

    _ROWS = 5

    def __init__(self) -> None:
        self._first_day = 0
        self._sums: NDArray[np.float64] = np.zeros((self._ROWS, 0))

    def add(self, met: MetForecast) -> None:
        rows = np.stack([met.came, met.errors, met.copy_errors, *met.inside.values()])
        start = self._reach(met.first_day, met.came.size)
        self._sums[:, start : start + met.came.size] += rows

    def _reach(self, first_day: int, n_days: int) -> int:
        """Make room for some days, and say where they begin."""
        if not self._sums.size:
            self._first_day = first_day
        before = max(0, self._first_day - first_day)
        after = max(0, first_day + n_days - self._first_day - self._sums.shape[1])
        if before or after:
            self._sums = np.pad(self._sums, ((0, 0), (before, after)))
            self._first_day -= before
        return first_day - self._first_day

    def weeks(self) -> list[WeekScores]:
        """Add the days up by week, oldest first; weeks of which no day has come are left out."""
        days = self._first_day + np.arange(self._sums.shape[1])
        mondays = days - (days + _THURSDAY) % _WEEK
        scores = []
        for monday in np.unique(mondays).tolist():
            n_days, error, copy_error, *inside = self._sums[:, mondays == monday].sum(axis=1).tolist()
            if n_days:
                coverage = {level: n / n_days for level, n in zip(("80", "95"), inside, strict=True)}
                scores.append(
                    WeekScores(monday, int(n_days), error / copy_error if copy_error else None, coverage)
                )
        return scores


@dataclass(frozen=True)
class OutsideDay:
    """A day that lies outside of the 95 % interval of the last forecast that was made before it."""

    key: Key
    day: int
    count: float
    lower: float
    upper: float
    forecast_from: int


@dataclass(frozen=True)
class Monitoring:
    """How the forecasts did, over all series, by week and by series; and the days that nobody expected."""

    overall: LiveScores
    weeks: list[WeekScores]
    series: dict[Key, LiveScores]
    outside: list[OutsideDay]


def monitor(forecasts: Iterable[list[RememberedForecast]]) -> Monitoring:
    """Compare forecasts with the days that have come.

    Parameters
    ----------
    forecasts : in pieces, those of a series in the order of their last days
    """
    overall = LiveScores()
    series: dict[Key, LiveScores] = defaultdict(LiveScores)
    # By series and day, so that the last forecast before a day is the one that counts.
    outside: dict[tuple[Key, int], OutsideDay | None] = {}
    by_day = _SumsByDay()
    for piece in forecasts:
        for forecast in piece:
            met = MetForecast.of(forecast)
            overall.add(met)
            series[forecast.key].add(met)
            by_day.add(met)
            outside.update(_outside(forecast))
    days = sorted((day for day in outside.values() if day), key=lambda day: (-day.day, day.key))
    known = {key: scores for key, scores in series.items() if scores.n_days}
    return Monitoring(overall, by_day.weeks(), known, days)


def _outside(forecast: RememberedForecast) -> dict[tuple[Key, int], OutsideDay | None]:
    """For each day that has come, what lies outside; None for a day inside, which an earlier one was not."""
    days = forecast.last_day + np.arange(1, forecast.bands.shape[1] + 1)
    counts = forecast.counts.at(days)
    lower, upper = forecast.bands[3], forecast.bands[4]
    outside: dict[tuple[Key, int], OutsideDay | None] = {}
    for i in np.flatnonzero(~np.isnan(counts)).tolist():
        day = int(days[i])
        is_outside = not lower[i] <= counts[i] <= upper[i]
        outside[forecast.key, day] = (
            OutsideDay(
                forecast.key, day, float(counts[i]), float(lower[i]), float(upper[i]), forecast.last_day
            )
            if is_outside
            else None
        )
    return outside
