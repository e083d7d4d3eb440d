"""Forecasts of the held-out days by a model that was fitted without them; scores are computed from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.evaluation.baselines import Predict
from training.evaluation.origins import days_after, known_until, origins_of, scorable_series
from training.evaluation.relative_errors import relative_errors
from training.history.known_days import mean_of_known, median_of_known, ratio
from training.history.series import DAY, History, Series
from training.model.forecast_model import LEVELS
from training.model.forecaster import Forecaster
from training.model.naive import weekly_copy
from training.model.windows import HORIZON_DAYS, Days, Float64

# Each forecast takes two kilobytes. The scores of a sample of this size differ by less than 0.1 %.
MOST_FORECASTS = 200_000


@dataclass(frozen=True)
class HeldOutForecasts:
    """Forecasts from several origins, and the observed views.

    Attributes
    ----------
    series : tuple of Series
        All scorable series, or a random sample when there are too many.
    n_scorable : int
        Number of scorable series.
    origins : ndarray of datetime64[D], shape (n_origins,)
        The first day of each forecast.
    truth, copy, median : ndarray of shape (n_origins, n_series, 28)
        Views a day: observed (NaN where unknown), as the weekly copy forecasts them, and the model's median.
    lower, upper : ndarray of shape (n_origins, n_levels, n_series, 28)
        Ends of the model's intervals, in views a day.
    """

    series: tuple[Series, ...]
    n_scorable: int
    origins: Days
    truth: Float64
    copy: Float64
    median: Float64
    lower: Float64
    upper: Float64

    @property
    def n_left_out(self) -> int:
        """Number of scorable series that are not in the sample."""
        return self.n_scorable - len(self.series)

    def forecast_by(self, predict: Predict) -> Float64:
        """Forecast the same days from the same origins with another method.

        Parameters
        ----------
        predict : callable
            Takes the views up to an origin, one array for each series, and their last dates; returns
            forecasts of shape (n_series, 28).

        Returns
        -------
        ndarray of shape (n_origins, n_series, 28)
        """
        series = list(self.series)
        return np.stack(
            [predict(known_until(series, o), np.full(len(series), o - DAY)) for o in self.origins]
        )

    def mean_views(self) -> Float64:
        """Mean views a day of each series on the held-out days, (n_series,); NaN where none is known."""
        return mean_of_known(self.truth, (0, 2))

    def errors(self, forecast: Float64, n_days: int = HORIZON_DAYS) -> Float64:
        """Mean absolute error of each series over the first `n_days` days ahead.

        Parameters
        ----------
        forecast : ndarray of shape (n_origins, n_series, 28)
            `median`, `copy`, or a result of `forecast_by`.
        n_days : int, default=28

        Returns
        -------
        ndarray of shape (n_series,)
            In views a day; NaN where no day is known.
        """
        return mean_of_known(np.abs(forecast - self.truth)[:, :, :n_days], (0, 2))

    def relative_errors(self, forecast: Float64, n_days: int = HORIZON_DAYS) -> Float64:
        """Divide `errors` by those of the weekly copy; shape (n_series,), NaN where no day is known."""
        return relative_errors(
            self.errors(forecast, n_days), self.errors(self.copy, n_days), self.mean_views()
        )

    def typical_error(self, forecast: Float64) -> Float64:
        """Median over the series of the mean absolute error divided by the series' mean views, by day ahead.

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
        return median_of_known(ratio(error, self.mean_views()[:, None]).T)

    def inside(self) -> NDArray[np.bool_]:
        """Whether a day is known and within its interval, shape (n_origins, n_levels, n_series, 28)."""
        truth = self.truth[:, None]
        return (truth >= self.lower) & (truth <= self.upper)

    def coverage(self) -> dict[int, float]:
        """Share of the known days within the intervals, by level in percent."""
        shares = self.inside().sum(axis=(0, 2, 3)) / np.count_nonzero(~np.isnan(self.truth))
        return dict(zip(LEVELS, shares.tolist(), strict=True))

    def coverage_by_day(self) -> dict[int, Float64]:
        """Coverage by level and day ahead, arrays of shape (28,); NaN where no day is known."""
        n_known = (~np.isnan(self.truth)).sum(axis=(0, 1))
        shares = ratio(self.inside().sum(axis=(0, 2)).astype(float), n_known.astype(float)[None])
        return dict(zip(LEVELS, shares, strict=True))


def forecast_held_out(
    model: Forecaster, history: History, first_origin: np.datetime64, most_forecasts: int = MOST_FORECASTS
) -> HeldOutForecasts | None:
    """Forecast the held-out days from several origins, each time from the days before the origin.

    Parameters
    ----------
    model : Forecaster
        Fitted on days before `first_origin`.
    history : History
        Includes the held-out days; `scorable_series` selects the series.
    first_origin : datetime64[D]
        The first origin; the others follow every five days.
    most_forecasts : int, default=200,000
        Largest number of forecasts, n_origins * n_series; beyond it, a random sample of the series is used.

    Returns
    -------
    HeldOutForecasts or None
        None when no series is scorable, or no count is known for the first day of any forecast.
    """
    scorable = scorable_series(history, first_origin)
    if not scorable:
        return None
    origins = origins_of(history, first_origin)
    n_series = max(most_forecasts // len(origins), 1)
    series = [scorable[i] for i in _sample(len(scorable), n_series)]
    truth = np.stack([days_after(series, o) for o in origins])
    if np.isnan(truth[:, :, 0]).all():
        return None
    # Events are planned, so their days are known at every origin.
    events = history.events_of(series)
    forecasts, copies = [], []
    for origin in origins:
        views = known_until(series, origin)
        last_dates = np.full(len(series), origin - DAY)
        forecasts.append(model.predict(views, last_dates, HORIZON_DAYS, events=events))
        copies.append(weekly_copy(views))
    return HeldOutForecasts(
        tuple(series),
        len(scorable),
        origins,
        truth=truth,
        copy=np.stack(copies),
        median=np.stack([forecast.median for forecast in forecasts]),
        lower=np.stack([forecast.lower for forecast in forecasts]),
        upper=np.stack([forecast.upper for forecast in forecasts]),
    )


def _sample(n: int, at_most: int) -> NDArray[np.intp]:
    if n <= at_most:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).choice(n, at_most, replace=False))
