"""Remembered forecasts beside the days that have come, many at once."""

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
    """Forecasts beside the days that have come; a row a forecast, and in it a column for each day ahead.

    Attributes
    ----------
    keys, last_days : the series of each, and the last day that it knew, in days since 1970
    days : the days that they are about
    counts : what came, NaN where nothing did
    bands : the forecasts, shape (n_forecasts, 5, 28), as `RememberedForecast` has them
    came : whether a day's count is known
    both : whether that which was seven days before is known too, of what the forecast knew
    errors, copy_errors : of the median and of the weekly copy, in views; 0 where not both are known
    inside : whether a count came that lies in the intervals of 80 and 95 %, shape (n_forecasts, 2, 28)
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
        """Compare forecasts with the counts."""
        n = len(forecasts)
        keys = np.empty(n, dtype=object)
        bands = np.full((n, len(BANDS), HORIZON_DAYS), np.nan)
        # From the last week that each forecast knew on: the copy of it is set against every week to come.
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
        """Those whose last day is not before a day."""
        chosen = self.last_days >= first_day
        return MetForecasts(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    def by_series(self) -> list[tuple[Key, slice]]:
        """Which rows are each series', in their order; those of a series stand together."""
        starts = [i for i, key in enumerate(self.keys) if i == 0 or key != self.keys[i - 1]]
        ends = [*starts[1:], len(self.keys)]
        return [(self.keys[start], slice(start, end)) for start, end in zip(starts, ends, strict=False)]
