"""How good live forecasts are, and whether that drifts: sums over forecasts whose days have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from training.database.engine import Database
from training.database.forecasts import Forecasts
from training.evaluation.met_forecasts import MetForecasts
from training.history.calendar_features import WEEK
from training.history.days import day_number

HORIZONS = {"1": 1, "1-7": 7, "1-28": 28}
LEVELS = ("80", "95")
THURSDAY = 3  # the weekday of day 0, counted from Monday
# Drift compares the last week with the four weeks before, by forecasts of the next week.
RECENT_DAYS, EARLIER_DAYS = 7, 28
DAYS_AHEAD = 7
# The first forecasts that can tell of drift have a last day so long before the day after the last week.
DRIFT_DAYS = RECENT_DAYS + EARLIER_DAYS + DAYS_AHEAD
# Fewer forecast days than these tell nothing of drift.
LEAST_DAYS = 20

Sums = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Drift:
    """What has changed; each is None where too few days have come.

    Attributes
    ----------
    level : the views of the last week, divided by the medians that were forecast for it: 1 is as expected
    weekly_shape : the share of views that came on other weekdays than forecast, of the last four weeks
    error : the relative error of the last week, divided by that of the four weeks before
    """

    level: float | None
    weekly_shape: float | None
    error: float | None


class LiveScores:
    """Sums over forecast days that have come, from which errors, coverage and drift are told."""

    def __init__(self) -> None:
        self._sums: Sums = {}
        nothing = MetForecasts.of(())
        self.add(score_sums(nothing) | drift_sums(nothing, 0))

    def add(self, sums: Sums, rows: slice = slice(None)) -> None:
        """Count some forecasts in, by their sums."""
        for name, values in sums.items():
            self._sums[name] = self._sums.get(name, 0.0) + values[rows].sum(axis=0)

    @property
    def n_forecasts(self) -> int:
        """Forecasts of which at least one day has come."""
        return int(self._sums["n_forecasts"])

    @property
    def n_days(self) -> int:
        """Forecast days that have come."""
        return int(self._sums["n_days"])

    @property
    def mae(self) -> dict[str, float | None]:
        """Mean absolute error by days ahead; None where no day has come."""
        return self._by_horizon("errors", "n_both")

    @property
    def relative_error(self) -> dict[str, float | None]:
        """The error divided by that of copying what was seven days before: below 1 is better."""
        return self._by_horizon("errors", "copy_errors")

    @property
    def coverage(self) -> dict[str, float | None]:
        """Share of days inside of the intervals, by level."""
        inside = self._sums["n_inside"].tolist()
        return {level: _ratio(n, self.n_days) for level, n in zip(LEVELS, inside, strict=True)}

    @property
    def drift(self) -> Drift:
        """What has changed lately."""
        enough = self._sums["n_recent"] >= LEAST_DAYS, self._sums["n_earlier"] >= LEAST_DAYS
        (recent, earlier), (recent_copy, earlier_copy) = (
            self._sums[name].tolist() for name in ("drift_errors", "drift_copy_errors")
        )
        now, before = _ratio(recent, recent_copy), _ratio(earlier, earlier_copy)
        return Drift(
            _ratio(*self._sums["recent_views"].tolist()) if enough[0] else None,
            _moved(*self._sums["views_by_weekday"]),
            _ratio(now, before) if all(enough) and now is not None and before is not None else None,
        )

    def _by_horizon(self, above: str, below: str) -> dict[str, float | None]:
        sums = zip(HORIZONS, self._sums[above].tolist(), self._sums[below].tolist(), strict=True)
        return {horizon: _ratio(a, b) for horizon, a, b in sums}


def score_sums(met: MetForecasts) -> Sums:
    """For each forecast, what its errors and its coverage are told from."""

    def by_horizon(values: NDArray[np.generic]) -> NDArray[np.float64]:
        return np.stack([values[:, :days].sum(axis=1) for days in HORIZONS.values()], axis=1)

    return {
        "n_forecasts": met.came.any(axis=1).astype(float),
        "n_days": met.came.sum(axis=1),
        "n_both": by_horizon(met.both),
        "errors": by_horizon(met.errors),
        "copy_errors": by_horizon(met.copy_errors),
        "n_inside": met.inside.sum(axis=2),
    }


def drift_sums(met: MetForecasts, end: int) -> Sums:
    """For each forecast, what drift is told from.

    Parameters
    ----------
    met : forecasts, of at least `DRIFT_DAYS` before `end` on
    end : the day after the last week, in days since 1970
    """
    days = met.days[:, :DAYS_AHEAD]
    is_recent = (days >= end - RECENT_DAYS) & (days < end)
    is_earlier = (days >= end - RECENT_DAYS - EARLIER_DAYS) & (days < end - RECENT_DAYS)
    in_four_weeks = (days >= end - EARLIER_DAYS) & (days < end)

    def both_parts(values: NDArray[np.float64]) -> NDArray[np.float64]:
        near = values[:, :DAYS_AHEAD]
        return np.stack([(near * is_recent).sum(axis=1), (near * is_earlier).sum(axis=1)], axis=1)

    came, both = met.came[:, :DAYS_AHEAD], met.both[:, :DAYS_AHEAD]
    # What came, and what was forecast for those days.
    views = np.stack([met.counts, met.bands[:, 0]], axis=1)[:, :, :DAYS_AHEAD]
    views = np.where(came[:, None], views, 0.0)
    weekdays = (days + THURSDAY) % WEEK
    of_weekdays = [in_four_weeks & (weekdays == weekday) for weekday in range(WEEK)]
    return {
        "n_recent": (both & is_recent).sum(axis=1),
        "n_earlier": (both & is_earlier).sum(axis=1),
        "drift_errors": both_parts(met.errors),
        "drift_copy_errors": both_parts(met.copy_errors),
        "recent_views": (views * is_recent[:, None]).sum(axis=2),
        "views_by_weekday": np.stack(
            [(views * chosen[:, None]).sum(axis=2) for chosen in of_weekdays], axis=2
        ),
    }


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
    scores = LiveScores()
    for piece in Forecasts(database).since(end - DRIFT_DAYS):
        scores.add(drift_sums(MetForecasts.of(piece), end))
    return scores.drift.error


def _moved(came: NDArray[np.float64], forecast: NDArray[np.float64]) -> float | None:
    """The share of views that would have to move to other weekdays; None when a weekday is missing."""
    if not forecast.all() or not came.any():
        return None
    return float(np.abs(came / came.sum() - forecast / forecast.sum()).sum()) / 2


def _ratio(above: float, below: float) -> float | None:
    return above / below if below else None
