"""Compare many stored forecasts with the counts that are known now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from training.database.forecasts import BANDS, RememberedForecast
from training.database.stored_series import Key
from training.history.calendar_features import WEEK
from training.model.windows import HORIZON_DAYS

_AHEAD = np.arange(1, HORIZON_DAYS + 1)


@dataclass(frozen=True)
class MetForecasts:
    """Stored forecasts and the known counts of their days.

    Without another shape, arrays have the shape (n_forecasts, 28), with a column for each day ahead.

    Attributes
    ----------
    keys : key of each forecast's series, shape (n_forecasts,)
    last_days : last day of the history of each forecast, in days since 1970, shape (n_forecasts,)
    days : the forecast days, in days since 1970
    counts : observed views, NaN where unknown or not forecast
    bands : the forecasts, shape (n_forecasts, 5, 28), in the form of `RememberedForecast`
    came : whether the count of the day is known
    both : whether the count and the weekly copy's forecast are both known
    errors, copy_errors : absolute errors of the median and of the weekly copy, in views; 0 where `both` is
        False
    inside : whether the count is known and within the 80 and 95 % intervals, shape (n_forecasts, 2, 28)
    """

    keys: NDArray[np.object_]
    last_days: NDArray[np.int64]
    days: NDArray[np.int64]
    counts: NDArray[np.float64]
    bands: NDArray[np.float64]
    came: NDArray[np.bool_]
    both: NDArray[np.bool_]
    errors: NDArray[np.float64]
    copy_errors: NDArray[np.float64]
    inside: NDArray[np.bool_]

    @classmethod
    def of(cls, forecasts: Sequence[RememberedForecast]) -> MetForecasts:
        """Compare forecasts with the known counts of their series."""
        n = len(forecasts)
        keys = np.empty(n, dtype=object)
        bands = np.full((n, len(BANDS), HORIZON_DAYS), np.nan)
        # Counts from the last week of the history on. The weekly copy repeats that week.
        known = np.empty((n, WEEK + HORIZON_DAYS))
        for i, forecast in enumerate(forecasts):
            keys[i] = forecast.key
            bands[i, :, : forecast.bands.shape[1]] = forecast.bands
            known[i] = forecast.counts.at(forecast.last_day + np.arange(1 - WEEK, HORIZON_DAYS + 1))
        last_days = np.array([forecast.last_day for forecast in forecasts], dtype=np.int64)
        median = bands[:, 0]
        counts = np.where(np.isnan(median), np.nan, known[:, WEEK:])
        copies = known[:, (_AHEAD - 1) % WEEK]
        came = ~np.isnan(counts)
        both = came & ~np.isnan(copies)
        return cls(
            keys,
            last_days,
            last_days[:, None] + _AHEAD,
            counts,
            bands,
            came,
            both,
            np.where(both, np.abs(median - counts), 0.0),
            np.where(both, np.abs(copies - counts), 0.0),
            (counts[:, None] >= bands[:, 1::2]) & (counts[:, None] <= bands[:, 2::2]),
        )

    def since(self, first_day: int) -> MetForecasts:
        """Select the forecasts whose last day is `first_day` or later, in days since 1970."""
        chosen = self.last_days >= first_day
        return MetForecasts(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    def by_series(self) -> list[tuple[Key, slice]]:
        """Give the rows of each series; rows of the same series must be consecutive."""
        starts = [i for i, key in enumerate(self.keys) if i == 0 or key != self.keys[i - 1]]
        ends = [*starts[1:], len(self.keys)]
        return [(self.keys[start], slice(start, end)) for start, end in zip(starts, ends, strict=False)]
