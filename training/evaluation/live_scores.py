"""Errors, coverage and drift of live forecasts, computed from sums over forecast days with known counts."""

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
THURSDAY = 3  # the weekday of 1970-01-01 (day 0), with Monday as 0
# Drift compares the last week with the four weeks before it, for forecasts 1 to 7 days ahead.
RECENT_DAYS, EARLIER_DAYS = 7, 28
DAYS_AHEAD = 7
# Drift needs the forecasts whose last day is at most this many days before the end of the last week.
DRIFT_DAYS = RECENT_DAYS + EARLIER_DAYS + DAYS_AHEAD
# Least number of forecast days in each period for a measurement of drift.
LEAST_DAYS = 20

Sums = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Drift:
    """Changes of the last week; each is None when there are too few known days.

    Attributes
    ----------
    level : views of the last week divided by the medians forecast for it; 1 means as forecast
    weekly_shape : share of the views of the last four weeks that would have to move to another weekday to
        match the forecast weekly pattern, 0 to 1
    error : relative error of the last week divided by that of the four weeks before
    """

    level: float | None
    weekly_shape: float | None
    error: float | None


class LiveScores:
    """Sums over forecast days with known counts; errors, coverage and drift are computed from them."""

    def __init__(self) -> None:
        self._sums: Sums = {}
        nothing = MetForecasts.of(())
        self.add(score_sums(nothing) | drift_sums(nothing, 0))

    def add(self, sums: Sums, rows: slice = slice(None)) -> None:
        """Add the sums of some forecasts.

        Parameters
        ----------
        sums : result of `score_sums` or `drift_sums`
        rows : slice, default=all
            Which of the forecasts to add.
        """
        for name, values in sums.items():
            self._sums[name] = self._sums.get(name, 0.0) + values[rows].sum(axis=0)

    @property
    def n_forecasts(self) -> int:
        """Number of forecasts with at least one known day."""
        return int(self._sums["n_forecasts"])

    @property
    def n_days(self) -> int:
        """Number of forecast days with known counts."""
        return int(self._sums["n_days"])

    @property
    def mae(self) -> dict[str, float | None]:
        """Mean absolute error by horizon, in views a day; None where no day can be compared."""
        return self._by_horizon("errors", "n_both")

    @property
    def relative_error(self) -> dict[str, float | None]:
        """Error divided by that of the weekly copy, by horizon; below 1 is better than the copy."""
        return self._by_horizon("errors", "copy_errors")

    @property
    def coverage(self) -> dict[str, float | None]:
        """Share of known days within the intervals, by level; None where no day is known."""
        inside = self._sums["n_inside"].tolist()
        return {level: _ratio(n, self.n_days) for level, n in zip(LEVELS, inside, strict=True)}

    @property
    def drift(self) -> Drift:
        """Compare the last week with the weeks before."""
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
    """Give the sums for errors and coverage, with one row for each forecast."""

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
    """Give the sums for drift, with one row for each forecast.

    Parameters
    ----------
    met : forecasts; must include those with a last day of `end - DRIFT_DAYS` or later
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
    # Observed views, and the medians forecast for the same days.
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
    """Compare the errors of the last 7 days with those of the 28 days before, 1 to 7 days ahead.

    Each error is divided by that of the weekly copy. A week that is hard for every method therefore does not
    count as growth.

    Parameters
    ----------
    database : contains the forecasts and the counts
    today : the day after the last week

    Returns
    -------
    float or None
        Ratio of the two relative errors. None when a period has fewer than 20 forecast days, when the weekly
        copy has no error in a period, or when the earlier error is zero.
    """
    end = day_number(np.datetime64(today))
    scores = LiveScores()
    for piece in Forecasts(database).since(end - DRIFT_DAYS):
        scores.add(drift_sums(MetForecasts.of(piece), end))
    return scores.drift.error


def _moved(came: NDArray[np.float64], forecast: NDArray[np.float64]) -> float | None:
    """Share of views that would have to move to another weekday; None when a weekday has no forecast."""
    if not forecast.all() or not came.any():
        return None
    return float(np.abs(came / came.sum() - forecast / forecast.sum()).sum()) / 2


def _ratio(above: float, below: float) -> float | None:
    return above / below if below else None
