"""The held-out twin's forecasts of the held-out days, day by day and series by series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.evaluation.baselines import weekly_copy
from training.evaluation.origins import days_after, known_until, origins_of, scorable_series
from training.evaluation.scores import forecast_from
from training.history.known_days import mean_of_known, median_of_known, ratio
from training.history.series import History, Series
from training.model.forecast_model import LEVELS, ForecastModel
from training.model.windows import Days, Float64

# So many are forecast in about a second, and more would not change a curve.
MOST_FORECASTS = 10_000


@dataclass(frozen=True)
class HeldOutForecasts:
    """Forecasts from many origins, and what came.

    Attributes
    ----------
    series : tuple of Series
        All that count, or a random sample of them when they are many.
    n_scorable : int
        How many there were to choose from.
    origins : ndarray of datetime64[D], shape (n_origins,)
        The first day of each forecast.
    truth, copy, median : ndarray of shape (n_origins, n_series, 28)
        The views that came, NaN where unknown; the weekly copy's forecast of them; the model's.
    lower, upper : ndarray of shape (n_origins, n_levels, n_series, 28)
    """

    series: tuple[Series, ...]
    n_scorable: int
    origins: Days
    truth: Float64
    copy: Float64
    median: Float64
    lower: Float64
    upper: Float64

    def relative_errors(self) -> Float64:
        """Mean absolute error of each series, divided by the weekly copy's; NaN where that made none."""
        own, copy = (
            mean_of_known(np.abs(forecast - self.truth), (0, 2)) for forecast in (self.median, self.copy)
        )
        return ratio(own, copy)

    def errors_by_origin(self, series: int) -> Float64:
        """Mean absolute error of each forecast of a series, in views a day; NaN where no day is known."""
        return mean_of_known(np.abs(self.median - self.truth)[:, series], 1)

    def typical_error(self, forecast: Float64) -> Float64:
        """Error by day ahead in shares of a series' mean views, of the series in the middle.

        Parameters
        ----------
        forecast : ndarray of shape (n_origins, n_series, 28)
            `median` or `copy`.

        Returns
        -------
        ndarray of shape (28,)
            NaN where no day is known.
        """
        error = mean_of_known(np.abs(forecast - self.truth), 0)
        return median_of_known(ratio(error, mean_of_known(self.truth, (0, 2))[:, None]).T)

    def coverage(self) -> dict[int, Float64]:
        """Share of the known days inside of the intervals of each level, by day ahead."""
        known = ~np.isnan(self.truth)
        truth = self.truth[:, None]
        inside = ((truth >= self.lower) & (truth <= self.upper)).sum(axis=(0, 2))
        shares = ratio(inside.astype(float), known.sum(axis=(0, 1)).astype(float)[None])
        return dict(zip(LEVELS, shares, strict=True))


def forecast_held_out(
    model: ForecastModel, history: History, first_origin: np.datetime64, most_forecasts: int = MOST_FORECASTS
) -> HeldOutForecasts | None:
    """Forecast the held-out days again and again, as `backtest` does.

    Parameters
    ----------
    model : ForecastModel
        Fitted on days before `first_origin`.
    history : History
        With the held-out days.
    first_origin : datetime64[D]
    most_forecasts : int, default=10,000
        A sample of the series is forecast when there would be more.

    Returns
    -------
    HeldOutForecasts or None
        None when no series has a week before `first_origin`.
    """
    scorable = scorable_series(history, first_origin)
    if not scorable:
        return None
    origins = origins_of(history, first_origin)
    n_series = max(most_forecasts // len(origins), 1)
    series = [scorable[i] for i in _sample(len(scorable), n_series)]
    events = history.events_of(series)
    forecasts = [forecast_from(model, series, events, o) for o in origins]
    return HeldOutForecasts(
        tuple(series),
        len(scorable),
        origins,
        truth=np.stack([days_after(series, o) for o in origins]),
        copy=np.stack([weekly_copy(known_until(series, o)) for o in origins]),
        median=np.stack([one.median for one in forecasts]),
        lower=np.stack([one.lower for one in forecasts]),
        upper=np.stack([one.upper for one in forecasts]),
    )


def _sample(n: int, at_most: int) -> NDArray[np.intp]:
    if n <= at_most:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).choice(n, at_most, replace=False))
