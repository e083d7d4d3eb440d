"""What is held out of a history, and from which days on it is forecast."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from training.history.files import History, Series
from training.history.series import DAY

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]
T = TypeVar("T")

HORIZON_DAYS = 28
HELD_OUT_SHARE = 0.2
MOST_HELD_OUT_DAYS = 365
# Five and seven have no common divisor, so origins five days apart meet every weekday.
DAYS_BETWEEN_ORIGINS = 5
LEAST_MEAN_VIEWS = 10.0
# Settings of a history that has just started, by the days that it has.
NEW_DAYS = {"7 days": 7, "14 days": 14, "28 days": 28}
SETTINGS = ("pooled", "alone", *NEW_DAYS)
# Peers that learn from windows of 84 days and calibrate on a fifth of them need this many.
LEAST_FITTED_DAYS = 140


@dataclass(frozen=True)
class Split:
    """One history, its held-out end, and the series and origins that are scored there.

    Attributes
    ----------
    fitted : History
        The days before the held-out part, of all series: what a method is fitted on.
    scored : tuple of Series
        The series that count (at least ten views a day on average), with all their days.
    origins : ndarray of datetime64[D]
        First days of forecasts of 28 days; a method sees what lies before.
    """

    fitted: History
    scored: tuple[Series, ...]
    origins: Dates

    def one_by_one(self) -> Iterator["Split"]:
        """The same origins for each series, as if it were the only one."""
        for series in self.scored:
            alone = History((series,)).before(self.origins[0])
            yield Split(alone, (series,), self.origins)


def split(history: History, most_series: int | None = None) -> Split:
    """Hold out the last 20 % of the days, at most 365, with an origin every fifth day there."""
    n_days = int((history.last_date - history.first_date).astype(int)) + 1
    n_held_out = max(HORIZON_DAYS, min(MOST_HELD_OUT_DAYS, round(n_days * HELD_OUT_SHARE)))
    start = history.last_date - (n_held_out - 1) * DAY
    offsets = np.arange(0, n_held_out - HORIZON_DAYS + 1, DAYS_BETWEEN_ORIGINS)
    counted = tuple(s for s in history.series if _counts(s, start))
    return Split(history.before(start), tuple(drawn(counted, most_series)), start + offsets * DAY)


def splits(history: History, setting: str, most_series: int | None = None) -> list[Split]:
    """*pooled*: one split of all series. *alone*: one a series, of its first year only.

    *7 days*, *14 days*, *28 days*: one a series, of its first days and the 28 after them. With `most_series`,
    so many series are scored; *pooled*, all of them are there to learn from.
    """
    if setting == "pooled":
        return [split(history, most_series)]
    if setting == "alone":
        years = (split(History((first_year(series),))) for series in history.series)
        return drawn([year for year in years if year.scored], most_series)
    if setting in NEW_DAYS:
        n_known = NEW_DAYS[setting]
        busy = (series for series in history.series if _is_busy(series))
        long = [series for series in busy if len(series.views) >= n_known + HORIZON_DAYS]
        return [_beginning(series, n_known) for series in drawn(long, most_series)]
    raise ValueError(f'setting is "{setting}"; it is one of {", ".join(SETTINGS)}')


def drawn(candidates: Sequence[T], most: int | None) -> list[T]:
    """At most so many of them, drawn by a seed, in their order."""
    if most is None or len(candidates) <= most:
        return list(candidates)
    picked = np.random.default_rng(0).choice(len(candidates), most, replace=False)
    return [candidates[i] for i in sorted(picked)]


def first_year(series: Series) -> Series:
    """The first 365 days of a series."""
    return Series.trimmed(series.name, series.first_date, series.views[:365])


def views_before(series: Series, origin: np.datetime64) -> Floats:
    """What is known before `origin`, up to the day before it; days without a count are NaN."""
    n_days = series.index_of(origin)
    known = series.views[:n_days]
    return np.pad(known, (0, n_days - len(known)), constant_values=np.nan)


def views_from(series: Series, origin: np.datetime64) -> Floats:
    """The 28 days from `origin` on; NaN where there is no count."""
    start = series.index_of(origin)
    days = series.views[start : start + HORIZON_DAYS]
    return np.pad(days, (0, HORIZON_DAYS - len(days)), constant_values=np.nan)


def _beginning(series: Series, n_known: int) -> Split:
    days = Series.trimmed(series.name, series.first_date, series.views[: n_known + HORIZON_DAYS])
    origins = days.first_date + np.array([n_known]) * DAY
    return Split(History((days,)).before(origins[0]), (days,), origins)


def _counts(series: Series, start: np.datetime64) -> bool:
    n_fitted = series.index_of(start)
    return n_fitted >= LEAST_FITTED_DAYS and _is_busy(series)


def _is_busy(series: Series) -> bool:
    return float(np.nanmean(series.views)) >= LEAST_MEAN_VIEWS
