"""How forecasts did: those that were made from kept series, against the days that have come since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.database.forecasts import RememberedForecast
from training.database.stored_series import Key
from training.evaluation.live_scores import LEVELS, THURSDAY, LiveScores, drift_sums, score_sums
from training.evaluation.met_forecasts import MetForecasts
from training.history.calendar_features import WEEK
from training.model.windows import HORIZON_DAYS


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


class _SumsByWeek:
    """Sums over forecasts for each week that was forecast."""

    _N_SUMS = 5

    def __init__(self) -> None:
        self._sums: dict[int, NDArray[np.float64]] = defaultdict(lambda: np.zeros(self._N_SUMS))

    def add(self, met: MetForecasts) -> None:
        mondays = met.days - (met.days + THURSDAY) % WEEK
        values = np.stack([met.came, met.errors, met.copy_errors, *met.inside.transpose(1, 0, 2)])
        for monday in np.unique(mondays[met.came]).tolist():
            self._sums[monday] += values[:, mondays == monday].sum(axis=1)

    def weeks(self) -> list[WeekScores]:
        """Give the scores, oldest first; weeks of which no day has come are left out."""
        scores = []
        for monday, sums in sorted(self._sums.items()):
            n_days, error, copy_error, *inside = sums.tolist()
            coverage = {level: n / n_days for level, n in zip(LEVELS, inside, strict=True)}
            relative = error / copy_error if copy_error else None
            scores.append(WeekScores(monday, int(n_days), relative, coverage))
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


def monitor(forecasts: Iterable[list[RememberedForecast]], first_day: int, today: int) -> Monitoring:
    """Compare forecasts with the days that have come.

    Parameters
    ----------
    forecasts : in pieces, those of a series together and in the order of their last days; drift is told from
        those of `DRIFT_DAYS` before `today` on
    first_day : the first last day of the forecasts that all but drift is told from, in days since 1970
    today : the day after the last week that drift looks at
    """
    overall = LiveScores()
    series: dict[Key, LiveScores] = defaultdict(LiveScores)
    # By series and day, so that the last forecast before a day is the one that counts.
    outside: dict[tuple[Key, int], OutsideDay | None] = {}
    by_week = _SumsByWeek()
    for piece in forecasts:
        all_met = MetForecasts.of(piece)
        met = all_met.since(first_day)
        for part, sums in (all_met, drift_sums(all_met, today)), (met, score_sums(met)):
            overall.add(sums)
            for key, rows in part.by_series():
                series[key].add(sums, rows)
        by_week.add(met)
        outside.update(_last_forecasts(met))
    days = sorted((day for day in outside.values() if day), key=lambda day: (-day.day, day.key))
    known = {key: scores for key, scores in series.items() if scores.n_days}
    return Monitoring(overall, by_week.weeks(), known, days)


def _last_forecasts(met: MetForecasts) -> Iterator[tuple[tuple[Key, int], OutsideDay | None]]:
    """For each day that has come, what the last forecast before it says: None when it lies inside."""
    until_next = np.full(met.last_days.size, HORIZON_DAYS)
    for _, rows in met.by_series():
        until_next[rows][:-1] = np.diff(met.last_days[rows])
    is_last = met.days - met.last_days[:, None] <= until_next[:, None]
    for i, j in np.argwhere(met.came & is_last).tolist():
        key, day = met.keys[i], int(met.days[i, j])
        if met.inside[i, 1, j]:
            yield (key, day), None
        else:
            count, (lower, upper) = met.counts[i, j], met.bands[i, 3:, j].tolist()
            yield (key, day), OutsideDay(key, day, float(count), lower, upper, int(met.last_days[i]))
