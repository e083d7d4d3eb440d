"""Series whose last days have no count yet: they are forecast from their last count on.

An export is often some days late. To the model, a missing day is a copy of the day a week before, so it would
be as sure as if these days were known. The forecast therefore starts after the last count, is that much
longer, and its first days, which have passed, are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from training.history.series import DAY
from training.model.forecasts import Forecasts
from training.model.windows import HORIZON_DAYS, Days, Float64

# Factors of the half-widths of some series, see `adaptive_intervals`; None where there are none.
Factors = Float64 | None
# Forecasts series from their last entry on: views, last dates, horizon, factors.
Predict = Callable[[Sequence[Float64], Days, int, Factors], Forecasts]


def n_missing_at_end(views: Sequence[Float64]) -> NDArray[np.int64]:
    """Count the days without a count at the end of each series.

    Parameters
    ----------
    views : sequence of n_series arrays of shape (n_days_i,)
        Views a day, NaN where a day is missing.

    Returns
    -------
    ndarray of shape (n_series,)
        At most 27; 0 when none of the last 28 days has a count, because too little is known then.
    """
    counts = np.zeros(len(views), np.int64)
    for number, days in enumerate(views):
        known = np.flatnonzero(~np.isnan(days[-HORIZON_DAYS:]))
        if known.size:
            counts[number] = min(len(days), HORIZON_DAYS) - 1 - known[-1]
    return counts


def predict_from_last_counts(
    predict: Predict,
    views: Sequence[Float64],
    last_dates: Days,
    horizon: int,
    factors: Factors,
    n_missing: NDArray[np.int64],
) -> Forecasts:
    """Forecast the days after each series, from its last count on.

    Parameters
    ----------
    predict : callable
    views, last_dates, horizon, factors
        As in `ForecastModel.predict`; at least one series.
    n_missing : ndarray of shape (n_series,)
        The result of `n_missing_at_end`.

    Returns
    -------
    Forecasts
    """
    parts = []
    for n in np.unique(n_missing).tolist():
        which = np.flatnonzero(n_missing == n)
        known = [views[i][: len(views[i]) - n] for i in which.tolist()]
        of_these = None if factors is None else factors[which]
        made = predict(known, last_dates[which] - n * DAY, horizon + n, of_these)
        parts.append((which, made.views[:, n:], made.own_share))
    order = np.argsort(np.concatenate([which for which, _, _ in parts]))
    of_views, of_shares = (np.concatenate([part[i] for part in parts]) for i in (1, 2))
    return Forecasts(of_views[order], of_shares[order])
