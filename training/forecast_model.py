"""The fitted forecaster: one sum of sigmoids and its calibration, as plain arrays.

This is what `store` saves and what the service runs for every request: numpy only, nothing to learn here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.windows import (
    HORIZON_DAYS,
    LONG_CONTEXT_DAYS,
    MINIMUM_DAYS,
    N_FEATURES,
    Days,
    Float32,
    Float64,
    Scale,
    features,
    latest_days,
    views_from_logs,
)

LEVELS = (80, 95)
# The quantiles that bound the intervals of LEVELS, and the median between them, in rising order.
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
MEDIAN = QUANTILES.index(0.5)
MAXIMUM_HORIZON_DAYS = 365
# How much of its half-width at day 28 a block of days hands on to the next. A random walk would hand on all
# of it; views come back to their level in part, and so 0.9 covers generated histories best.
CARRIED_WIDTH = 0.9

_N_OUTPUTS = HORIZON_DAYS * len(QUANTILES)


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of several series, in views a day.

    Attributes
    ----------
    median : ndarray of shape (n_series, horizon)
    lower, upper : ndarray of shape (n_levels, n_series, horizon)
        Bounds of the central intervals, in the order of the levels asked for.
    """

    median: Float64
    lower: Float64
    upper: Float64


@dataclass(frozen=True)
class ForecastModel:
    """A sum of sigmoids that maps a scaled window to quantiles of the 28 days that follow.

    Outputs are ordered quantile by quantile, and within a quantile day by day.

    Parameters
    ----------
    weights : ndarray of shape (n_features, n_sigmoids)
        The wᵢⱼ.
    offsets : ndarray of shape (n_sigmoids,)
        The bᵢ.
    amplitudes : ndarray of shape (n_sigmoids, 5 * 28)
        The cᵢ.
    constant : ndarray of shape (5 * 28,)
        The b.
    linear_weights : ndarray of shape (n_features, 5 * 28)
        The linear term's v.
    widths : ndarray of shape (n_levels, 28)
        What conformal calibration multiplies each interval's half-widths with, day by day.

    Raises
    ------
    ValueError
        When shapes do not fit together or a number is not finite.
    """

    weights: Float32
    offsets: Float32
    amplitudes: Float32
    constant: Float32
    linear_weights: Float32
    widths: Float64

    def __post_init__(self) -> None:
        n_sigmoids = len(self.offsets)
        for name, shape in {
            "weights": (N_FEATURES, n_sigmoids),
            "offsets": (n_sigmoids,),
            "amplitudes": (n_sigmoids, _N_OUTPUTS),
            "constant": (_N_OUTPUTS,),
            "linear_weights": (N_FEATURES, _N_OUTPUTS),
            "widths": (len(LEVELS), HORIZON_DAYS),
        }.items():
            array = getattr(self, name)
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}; it must be {shape}")
            if not np.isfinite(array).all():
                raise ValueError(f"{name} holds a number that is not finite")

    def predict(
        self, views: Sequence[Float64], last_dates: Days, horizon: int, levels: Sequence[int] = LEVELS
    ) -> Forecasts:
        """Forecast the days after each series.

        Parameters
        ----------
        views : sequence of n_series arrays of shape (n_days_i,)
            Counts a day, 7 days at the least; the last 420 are used. NaN marks a missing day.
        last_dates : ndarray of datetime64[D], shape (n_series,)
            The calendar day of each series' last entry.
        horizon : int
            Days to forecast, 1 to 365. Beyond 28 days the median is fed back as if it were observed, and the
            half-widths of the parts add up in quadrature, as those of a walk that is drawn back a little.
        levels : sequence of int, default=(80, 95)
            Which central intervals, in percent; a subset of `LEVELS`.

        Returns
        -------
        Forecasts

        Raises
        ------
        ValueError
            When a series is too short or empty, the horizon out of range, or a level not available.
        """
        if not 1 <= horizon <= MAXIMUM_HORIZON_DAYS:
            raise ValueError(f"horizon is {horizon}; it must be 1 to {MAXIMUM_HORIZON_DAYS} days")
        if unknown := set(levels) - set(LEVELS):
            raise ValueError(f"level {min(unknown)} is not available; this model has {LEVELS}")
        if (n_days := min((len(days) for days in views), default=MINIMUM_DAYS)) < MINIMUM_DAYS:
            raise ValueError(f"a series is {n_days} days long; {MINIMUM_DAYS} are needed")
        median, half_widths, highest = self._roll(latest_days(views), last_dates, horizon)
        half_widths = half_widths[:, :, [LEVELS.index(level) for level in levels]]
        return Forecasts(
            views_from_logs(median, highest),
            _by_level(views_from_logs(median[:, None] - half_widths[0], highest)),
            _by_level(views_from_logs(median[:, None] + half_widths[1], highest)),
        )

    def _roll(self, window: Float64, dates: Days, horizon: int) -> tuple[Float64, Float64, Float64]:
        """Predict block after block, in logs.

        Returns the median (n, horizon), the half-widths (lower and upper, n, n_levels, horizon), and
        the largest log of each window that was observed (n,).
        """
        medians: list[Float64] = []
        half_widths: list[Float64] = []
        observed: Scale | None = None
        for _ in range(0, horizon, HORIZON_DAYS):
            X, scale = features(window, dates)
            # A window of medians is smoother than life, so widths keep to the spread that was observed.
            observed = observed or scale
            scaled = self.scaled_quantiles(X).astype(np.float64)
            from_median = scaled - scaled[:, [MEDIAN]]
            block = np.stack([-from_median[:, MEDIAN - 1 :: -1], from_median[:, MEDIAN + 1 :]])
            block *= self.widths * observed.spread[:, None, None]
            if half_widths:
                block = np.hypot(block, CARRIED_WIDTH * half_widths[-1][..., -1:])
            half_widths.append(block)
            medians.append(scaled[:, MEDIAN] * scale.spread[:, None] + scale.center[:, None])
            window = np.hstack([window, views_from_logs(medians[-1], observed.highest)])[
                :, -LONG_CONTEXT_DAYS:
            ]
            dates = dates + np.timedelta64(HORIZON_DAYS, "D")
        assert observed is not None
        return (
            np.concatenate(medians, axis=1)[:, :horizon],
            np.concatenate(half_widths, axis=3)[..., :horizon],
            observed.highest,
        )

    def scaled_quantiles(self, X: Float32) -> Float32:
        """Evaluate the sum of sigmoids.

        Parameters
        ----------
        X : ndarray of float32, shape (n_windows, n_features)
            As `windows.features` makes them.

        Returns
        -------
        ndarray of float32, shape (n_windows, 5, 28)
            Quantiles on the window's scale, in rising order: crossing ones are sorted, which never makes a
            quantile worse (Chernozhukov, Fernández-Val, Galichon 2010).
        """
        hidden: Float32 = X @ self.weights
        hidden += self.offsets
        # σ(x) = (1 + tanh(x/2)) / 2 cannot overflow.
        hidden *= 0.5
        np.tanh(hidden, out=hidden)
        hidden *= 0.5
        hidden += 0.5
        outputs = hidden @ self.amplitudes
        outputs += X @ self.linear_weights
        outputs += self.constant
        quantiles: Float32 = outputs.reshape(len(X), len(QUANTILES), HORIZON_DAYS)
        quantiles.sort(axis=1)
        return quantiles

    def to_arrays(self) -> dict[str, NDArray[np.floating]]:
        """Return everything that was learned, as plain arrays by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.floating]]) -> ForecastModel:
        """Rebuild a model from what `to_arrays` returned.

        Parameters
        ----------
        arrays : mapping of str to ndarray

        Raises
        ------
        ValueError
            When an array is missing, unknown, or does not fit the others.
        """
        expected = set(cls.__dataclass_fields__)
        if set(arrays) != expected:
            raise ValueError(f"the model has arrays {sorted(arrays)}; it must have {sorted(expected)}")
        return cls(**{name: np.asarray(array) for name, array in arrays.items()})


def _by_level(bounds: Float64) -> Float64:
    """(n_series, n_levels, horizon) to (n_levels, n_series, horizon)."""
    return bounds.transpose(1, 0, 2)
