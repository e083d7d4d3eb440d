"""How forecasts did: those that were made from kept series, against the days that have come since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from training.database.forecasts import RememberedForecast
from training.database.stored_series import Key

HORIZONS = {"1": 1, "1-7": 7, "1-28": 28}
_WEEK = 7


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

    def add(self, forecast: RememberedForecast) -> None:
        """Count one forecast in."""
        ahead = np.arange(1, forecast.bands.shape[1] + 1)
        counts = forecast.counts.at(forecast.last_day + ahead)
        came = ~np.isnan(counts)
        if not came.any():
            return
        median, lower_80, upper_80, lower_95, upper_95 = forecast.bands
        # The weekly copy knows what the forecast knew: the last week before it, again and again.
        weeks = (ahead - 1) // _WEEK + 1
        copies = forecast.counts.at(forecast.last_day + ahead - weeks * _WEEK)
        self.n_forecasts += 1
        self.n_days += int(came.sum())
        for name, days in HORIZONS.items():
            both = came & ~np.isnan(copies) & (ahead <= days)
            self._n[name] += int(both.sum())
            self._errors[name] += float(np.abs(median - counts)[both].sum())
            self._copy_errors[name] += float(np.abs(copies - counts)[both].sum())
        for level, lower, upper in ("80", lower_80, upper_80), ("95", lower_95, upper_95):
            self._n_inside[level] += int(((counts >= lower) & (counts <= upper))[came].sum())

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
    """How the forecasts did, over all series and for each, and the days that nobody would have expected."""

    overall: LiveScores
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
    for piece in forecasts:
        for forecast in piece:
            overall.add(forecast)
            series[forecast.key].add(forecast)
            outside.update(_outside(forecast))
    days = sorted((day for day in outside.values() if day), key=lambda day: (-day.day, day.key))
    return Monitoring(overall, {key: scores for key, scores in series.items() if scores.n_days}, days)


def _outside(forecast: RememberedForecast) -> dict[tuple[Key, int], OutsideDay | None]:
    """For each day that has come, what lies outside; None for a day inside, which an earlier one was not."""
    days = forecast.last_day + np.arange(1, forecast.bands.shape[1] + 1)
    counts = forecast.counts.at(days)
    lower, upper = forecast.bands[3], forecast.bands[4]
    found: dict[tuple[Key, int], OutsideDay | None] = {}
    for i in np.flatnonzero(~np.isnan(counts)).tolist():
        day = int(days[i])
        is_outside = not lower[i] <= counts[i] <= upper[i]
        found[forecast.key, day] = (
            OutsideDay(
                forecast.key, day, float(counts[i]), float(lower[i]), float(upper[i]), forecast.last_day
            )
            if is_outside
            else None
        )
    return found
