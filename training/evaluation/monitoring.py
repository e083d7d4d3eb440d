"""Monitoring: compare stored forecasts of kept series with the counts that are known now."""

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
    """Scores of all forecasts for the days of one week, 1 to 28 days ahead.

    Attributes
    ----------
    monday : the first day of the week, in days since 1970
    n_days : number of forecast days with known counts
    relative_error : error divided by that of the weekly copy; None where the copy's error is zero
    coverage : share of known days within the intervals, by level
    """

    monday: int
    n_days: int
    relative_error: float | None
    coverage: dict[str, float]


class _SumsByWeek:
    """Sums over forecast days for each calendar week."""

    _N_SUMS = 5

    def __init__(self) -> None:
        self._sums: dict[int, NDArray[np.float64]] = defaultdict(lambda: np.zeros(self._N_SUMS))

    def add(self, met: MetForecasts) -> None:
        mondays = met.days - (met.days + THURSDAY) % WEEK
        values = np.stack([met.came, met.errors, met.copy_errors, *met.inside.transpose(1, 0, 2)])
        for monday in np.unique(mondays[met.came]).tolist():
            self._sums[monday] += values[:, mondays == monday].sum(axis=1)

    def weeks(self) -> list[WeekScores]:
        """Give the scores, oldest week first; weeks without a known day are left out."""
        scores = []
        for monday, sums in sorted(self._sums.items()):
            n_days, error, copy_error, *inside = sums.tolist()
            coverage = {level: n / n_days for level, n in zip(LEVELS, inside, strict=True)}
            relative = error / copy_error if copy_error else None
            scores.append(WeekScores(monday, int(n_days), relative, coverage))
        return scores


@dataclass(frozen=True)
class OutsideDay:
    """A day whose count is outside the 95 % interval of the last forecast made before it.

    `day` and `forecast_from` (the last day of that forecast's history) are in days since 1970.
    """

    key: Key
    day: int
    count: float
    lower: float
    upper: float
    forecast_from: int


@dataclass(frozen=True)
class Monitoring:
    """Scores over all series, by week and by series; days outside the 95 % intervals, latest first."""

    overall: LiveScores
    weeks: list[WeekScores]
    series: dict[Key, LiveScores]
    outside: list[OutsideDay]


def monitor(forecasts: Iterable[list[RememberedForecast]], first_day: int, today: int) -> Monitoring:
    """Compare forecasts with the known counts.

    Parameters
    ----------
    forecasts : lists of forecasts, by series, and for each series in the order of their last days; drift
        needs those with a last day of `today - DRIFT_DAYS` or later
    first_day : all scores except drift use the forecasts whose last day is `first_day` or later, in days
        since 1970
    today : the day after the last week of drift, in days since 1970
    """
    overall = LiveScores()
    series: dict[Key, LiveScores] = defaultdict(LiveScores)
    # By series and day: a later forecast of the same day replaces an earlier one.
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
    """Compare each known day with its last forecast; give None when it is within the 95 % interval."""
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
