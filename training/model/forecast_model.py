"""The fitted model: sums of sigmoids and their calibration, as plain arrays.

`store` saves it, and every forecast runs it. It uses numpy only; fitting is done in `fitting`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from training.history.events import SeriesEvents
from training.history.series import History
from training.model.adaptive_intervals import NO_FACTORS, widen
from training.model.forecasts import Forecasts
from training.model.interval_levels import (
    LARGEST_LEVEL,
    NO_GROWTH,
    SMALLEST_LEVEL,
    far_ceiling,
    grown_half_widths,
    interval_columns,
    other_levels,
    same_weekdays,
)
from training.model.missing_days import Factors, n_missing_at_end, predict_from_last_counts
from training.model.own_sum import OwnSum
from training.model.quantile_sum import QuantileSum, check_array, check_coefficients
from training.model.totals import ALL_ALIKE, TotalWidths
from training.model.weekly_copy import draw_to_copy
from training.model.windows import (
    CONTEXT_DAYS,
    HORIZON_DAYS,
    LONG_CONTEXT_DAYS,
    MINIMUM_DAYS,
    Days,
    Float32,
    Float64,
    Scale,
    features,
    latest_days,
    views_from_logs,
)
from training.sigmoids.arithmetic.coefficients import Coefficients

# Levels of the learned intervals, in percent; the learned quantiles are their ends and the median.
LEVELS = (80, 95)
MAXIMUM_HORIZON_DAYS = 365

_OF_TOTALS = ("total_factors", "total_correlations", "total_own_factors")
_CALIBRATION = {"widths", "far_growth", *_OF_TOTALS}
_ARRAYS = {*_CALIBRATION, *Coefficients.__dataclass_fields__}
_OWN = "own_"


@dataclass(frozen=True)
class ForecastModel:
    """Sums of sigmoids that map a scaled window to quantiles of the next 28 days.

    Outputs are ordered by quantile, then by day.

    Parameters
    ----------
    coefficients : Coefficients
        The prior: the sum that was fitted on generated histories, with `N_FEATURES` features and 5 * 28
        outputs.
    widths : ndarray of shape (n_levels, 28)
        Factors of the half-widths of each interval by day ahead, from conformal calibration.
    own_sum : OwnSum or None, default=None
        The sum that was fitted on the history, for windows similar to those of the history.
    total_widths : TotalWidths, default=ALL_ALIKE
        Factors for the intervals of totals; by default, half-widths add up.
    far_growth : ndarray of shape (n_levels, 9)
        Growth factors of the half-widths at each of `GROWTH_DAYS`; by default 1, no growth.

    Raises
    ------
    ValueError
        When shapes do not match, a number is not finite, or `far_growth` is not positive.
    """

    coefficients: Coefficients
    widths: Float64
    own_sum: OwnSum | None = None
    total_widths: TotalWidths = ALL_ALIKE
    far_growth: Float64 = field(default_factory=NO_GROWTH.copy)

    def __post_init__(self) -> None:
        check_coefficients(self.coefficients)
        check_array("widths", self.widths, (len(LEVELS), HORIZON_DAYS))
        check_array("far_growth", self.far_growth, NO_GROWTH.shape)
        if (self.far_growth <= 0).any():
            raise ValueError("far_growth must be positive")

    @property
    def known_events(self) -> tuple[str, ...]:
        """Names of the events whose days `predict` uses: none."""
        return ()

    def predict(
        self,
        views: Sequence[Float64],
        last_dates: Days,
        horizon: int,
        levels: Sequence[int] = LEVELS,
        events: Sequence[SeriesEvents] | None = None,
        width_factors: Float64 | None = None,
    ) -> Forecasts:
        """Forecast the days after each series.

        Parameters
        ----------
        views : sequence of n_series arrays of shape (n_days_i,)
            Views a day, at least 7 days; the last 420 are used. NaN marks a missing day. When up to 27 days
            at the end are missing, the forecast starts from the last count, see `missing_days`.
        last_dates : ndarray of datetime64[D], shape (n_series,)
            The date of each series' last entry.
        horizon : int
            Days to forecast, 1 to 365. Beyond 28 days, the forecast is recursive: medians become inputs. The
            half-widths are then those of the fourth week times the growth measured on the history and on
            generated histories.
        levels : sequence of int, default=(80, 95)
            Levels of the central intervals, 50 to 99 percent; 80 and 95 are learned, others derived.
        events : sequence of n_series mappings, default=None
            Ignored; `EventModel` uses it.
        width_factors : ndarray of shape (n_series, 2, 2), default=None
            Factors of the half-widths at 80 and 95 %, 1 and 14 days ahead, from `adaptive_intervals`.

        Returns
        -------
        Forecasts

        Raises
        ------
        ValueError
            When a series has fewer than 7 days, or the horizon or a level is out of range.
        """
        if not 1 <= horizon <= MAXIMUM_HORIZON_DAYS:
            raise ValueError(f"horizon is {horizon}; it must be 1 to {MAXIMUM_HORIZON_DAYS} days")
        for level in levels:
            if not SMALLEST_LEVEL <= level <= LARGEST_LEVEL:
                raise ValueError(f"level {level} is not one of {SMALLEST_LEVEL} to {LARGEST_LEVEL}")
        lengths = [len(days) for days in views] or [MINIMUM_DAYS]
        if (n_days := min(lengths)) < MINIMUM_DAYS:
            raise ValueError(f"a series is {n_days} days long; {MINIMUM_DAYS} are needed")
        return self._predict(tuple(levels), views, last_dates, horizon, width_factors)

    def _predict(
        self, levels: tuple[int, ...], views: Sequence[Float64], dates: Days, horizon: int, factors: Factors
    ) -> Forecasts:
        reaches_back = max(map(len, views), default=0) > CONTEXT_DAYS or horizon > HORIZON_DAYS
        window = latest_days(views, LONG_CONTEXT_DAYS if reaches_back else CONTEXT_DAYS)
        if np.count_nonzero(np.isnan(window[:, -1])) and (n_missing := n_missing_at_end(views)).any():
            predict = partial(self._predict, levels)
            return predict_from_last_counts(predict, views, dates, horizon, factors, n_missing)
        nests = self._may_cross or factors is not None
        is_learned = not nests and set(levels) <= set(LEVELS)
        columns = interval_columns(levels if is_learned else LEVELS, LEVELS)
        logs, highest, own_share = self._roll(window, dates, horizon, columns)
        if nests:
            widen(logs, LEVELS, NO_FACTORS if factors is None else factors)
        if not is_learned:
            logs = logs @ other_levels(levels)
        if horizon > HORIZON_DAYS:
            far = logs[:, HORIZON_DAYS:]
            np.minimum(far, far_ceiling(window), out=far)
        return Forecasts(views_from_logs(logs, highest), own_share)

    def _roll(
        self, window: Float64, dates: Days, horizon: int, columns: NDArray[np.intp]
    ) -> tuple[Float64, Float64, Float32]:
        """Predict in blocks of 28 days, in logs of (1 + views).

        Returns the quantiles in `columns`, the median first, of shape (n, horizon, n_columns); the largest
        log in each observed window, (n,); and the own sum's share for the observed windows, (n,).
        """
        blocks: list[Float64] = []
        fourth_week: Float64 | None = None
        observed: Scale | None = None
        first_share: Float32 | None = None
        for begun in range(0, horizon, HORIZON_DAYS):
            n_days = min(HORIZON_DAYS, horizon - begun)
            X, scale = features(window, dates)
            # Medians vary less than observed days, so widths use the spread of the observed window.
            observed = observed or scale
            quantiles, own_share = self._quantiles(X, n_days)
            first_share = own_share if first_share is None else first_share
            scaled = quantiles[..., columns].astype(np.float64)
            median = scaled[..., :1].copy()
            scaled -= median
            scaled *= self._factors[:n_days, columns] * observed.spread[:, None, None]
            if fourth_week is None:
                fourth_week = scaled
            else:
                scaled = fourth_week[:, same_weekdays(begun, n_days)]
                scaled *= self._growth(first_share, slice(begun, begun + n_days))[..., columns]
            median *= scale.spread[:, None, None]
            median += scale.center[:, None, None]
            blocks.append(scaled + median)
            if n_days < horizon - begun:
                following = views_from_logs(median[..., 0], observed.highest)
                window = np.hstack([window, following])[:, -LONG_CONTEXT_DAYS:]
                dates = dates + np.timedelta64(HORIZON_DAYS, "D")
        assert observed is not None
        assert first_share is not None
        logs = blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=1)
        return logs, observed.highest, first_share

    @cached_property
    def _prior(self) -> QuantileSum:
        return QuantileSum(self.coefficients)

    def _quantiles(self, X: Float32, n_days: int) -> tuple[Float32, Float32]:
        """Give the sorted quantiles of the first days on the window's scale, and the own sum's share."""
        quantiles = self._prior.outputs(X, n_days)
        own_share = np.zeros(len(X), np.float32) if self.own_sum is None else self.own_sum.draw(quantiles, X)
        draw_to_copy(quantiles, X)
        # Quantiles rarely cross, and this check takes a quarter of the time of sorting.
        if np.count_nonzero(quantiles[..., 1:] < quantiles[..., :-1]):
            quantiles.sort(axis=-1)
        return quantiles, own_share

    @cached_property
    def _factors(self) -> Float64:
        """Factors of the quantiles' distances from the median, of shape (28, 5)."""
        return np.stack([*self.widths[::-1], np.ones(HORIZON_DAYS), *self.widths], axis=1)

    @cached_property
    def _may_cross(self) -> bool:
        """Whether an interval of 80 % may be wider than that of 95 %: each has factors of its own."""
        return any((of_80 > of_95).any() for of_80, of_95 in (self.widths, self.far_growth))

    @cached_property
    def _usual_growth(self) -> Float64:
        """Growth factors of the half-widths by day ahead, from `far_growth`, of shape (393, 5)."""
        return grown_half_widths(self.far_growth, MAXIMUM_HORIZON_DAYS + HORIZON_DAYS)

    def _growth(self, own_share: Float32, days: slice) -> Float64:
        """Growth factors of each window's half-widths on the given days, of shape (n or 1, n_days, 5)."""
        power = np.ones(1) if self.own_sum is None else 1.0 + own_share * (self.own_sum.growth_power - 1.0)
        return np.asarray(self._usual_growth[days] ** power[:, None, None])

    def scaled_quantiles(self, X: Float32) -> Float32:
        """Evaluate the sums of sigmoids.

        Parameters
        ----------
        X : ndarray of float32, shape (n_windows, n_features)
            As `windows.features` returns them.

        Returns
        -------
        ndarray of float32, shape (n_windows, 5, 28)
            Quantiles on the window's scale, in increasing order. Quantiles that cross are sorted; this never
            increases their error (Chernozhukov, Fernández-Val, Galichon 2010).
        """
        return self._quantiles(X, HORIZON_DAYS)[0].swapaxes(1, 2)

    def without_events(self, history: History) -> History:
        """Return the history unchanged, because this model has no events."""
        return history

    def to_document(self) -> None:
        """Return None, because this model has no events."""

    def to_arrays(self) -> dict[str, NDArray[np.floating]]:
        """Return all arrays of the model by name; `weights` has the shape (n_features, n_sigmoids)."""
        weights = np.ascontiguousarray(self.coefficients.weights.T)
        arrays = {**vars(self.coefficients), "weights": weights, "widths": self.widths}
        arrays["far_growth"] = self.far_growth
        arrays["total_factors"] = self.total_widths.factors
        arrays["total_correlations"] = self.total_widths.correlations
        arrays["total_own_factors"] = self.total_widths.own_factors
        arrays_of_own = {} if self.own_sum is None else self.own_sum.to_arrays()
        return arrays | {f"{_OWN}{name}": array for name, array in arrays_of_own.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.floating]]) -> ForecastModel:
        """Rebuild a model from a result of `to_arrays`.

        Parameters
        ----------
        arrays : mapping of str to ndarray

        Raises
        ------
        ValueError
            When an array is missing or unknown, or its shape or values are not valid.
        """
        of_own = {name.removeprefix(_OWN): array for name, array in arrays.items() if name.startswith(_OWN)}
        if (names := {name for name in arrays if not name.startswith(_OWN)}) != _ARRAYS:
            raise ValueError(f"the model has arrays {sorted(names)}; it must have {sorted(_ARRAYS)}")
        of_sum = {name: arrays[name] for name in _ARRAYS - _CALIBRATION} | {"weights": arrays["weights"].T}
        own_sum = OwnSum.from_arrays(of_own) if of_own else None
        measured = {name: arrays[name].astype(np.float64) for name in _CALIBRATION}
        totals = TotalWidths(*(measured[name] for name in _OF_TOTALS))
        return cls(Coefficients(**of_sum), measured["widths"], own_sum, totals, measured["far_growth"])
