"""Estimate effects of events, from the residuals of log views after level and weekday are subtracted.

By backfitting: estimate level and weekday by running medians, which are robust to a few unusual days; then
the effects by weighted least squares that set small coefficients to 0; then the medians again, after the
effects are subtracted; and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from training.history.calendar_features import WEEK
from training.history.events import EventDays
from training.history.known_days import median_of_known
from training.history.series import History, Series
from training.model.event_effects import FIRST_OFFSET, LARGEST_LOG_EFFECT, OFFSETS, Effect, EventEffects
from training.model.windows import smallest_spread

LEVEL_DAYS = 5 * WEEK
PROFILE_WEEKS = 13
# A series needs this many known days; with fewer, level and weekday cannot be estimated.
FEWEST_DAYS = 56
# More days take longer than some seconds, and hardly change the effects.
MOST_DAYS = 200_000
ROUNDS = 4
SWEEPS = 50
# Larger residuals, in standard deviations, get less weight (Huber 1964).
HUBER = 2.5
# Effects of fewer standard errors than this are set to 0: of effects that are only noise, one in 80 stays.
LEAST_STANDARD_ERRORS = 2.5
# Effects smaller than half a percent are set to 0: they do not matter in practice.
LEAST = 0.005

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class _Observed:
    """The data of the regression.

    Attributes
    ----------
    logs : list of ndarray of shape (n_days,)
        Logs of (1 + views), for each series.
    rows : list of ndarray of int
        For each series, its known days that an event may affect, counted from its first day.
    days : ndarray of int, shape (n_all_rows,)
        The same days of all series, concatenated, as days since 1970.
    X : sparse array of shape (n_all_rows, n_events * n_offsets)
        Strength of each event at each offset, 0 to 1.
    """

    logs: list[Float64]
    rows: list[NDArray[np.int64]]
    days: NDArray[np.int64]
    X: sparse.csr_array


def fit_effects(
    history: History, names: tuple[str, ...] = (), holidays: Mapping[str, EventDays] | None = None
) -> EventEffects:
    """Estimate the effects of events on views; an event has the same effect in all series.

    Parameters
    ----------
    history : History
        Views, and the days of events.
    names : tuple of str, default=()
        The events to estimate. An event without days in the history gets the effect 0.
    holidays : mapping of str to EventDays, default=None
        Events that occur in all series on the same days.

    Returns
    -------
    EventEffects
        The effects of all names, and of the holidays whose effect is not 0.
    """
    holidays = holidays or {}
    columns = [*names, *holidays]
    pairs = [
        (series, {**history.events.get(series.name, {}), **holidays}) for series in _chosen(history, names)
    ]
    seen = [[_seen(series, events[name]) for series, events in pairs if name in events] for name in columns]
    largest = [max((float(days.values.max(initial=0.0)) for days in each), default=0.0) for each in seen]
    times = [_times(each) for each in seen]
    log_effects = np.zeros((len(columns), len(OFFSETS)))
    if any(times):
        observed = _observe(pairs, columns, largest, times)
        # As if each event had occurred once more without an effect: one that occurred once gets half of it.
        share = np.array(times) / (np.array(times) + 1)
        log_effects = share[:, None] * _backfit(observed).reshape(log_effects.shape)
    effects = {
        name: Effect(tuple(np.where(np.abs(logs) < LEAST, 0.0, np.round(logs, 5)).tolist()), most, n)
        for name, logs, most, n in zip(columns, log_effects, largest, times, strict=True)
    }
    return EventEffects(
        {name: effects[name] for name in names},
        {name: (effects[name], days) for name, days in holidays.items() if any(effects[name].log_effects)},
    )


def _chosen(history: History, names: tuple[str, ...]) -> list[Series]:
    """Choose long enough series, up to `MOST_DAYS` days: first those with events, then an even sample."""
    with_events: list[Series] = []
    others: list[Series] = []
    for series in history.series:
        if series.n_known >= FEWEST_DAYS:
            has_own = not history.events.get(series.name, {}).keys().isdisjoint(names)
            (with_events if has_own else others).append(series)
    # Evenly spaced among the sorted names, because series with similar names are often alike.
    step = 1 + sum(series.views.size for series in others) // MOST_DAYS
    ordered = with_events + [series for start in range(step) for series in others[start::step]]
    n_days = np.cumsum([series.views.size for series in ordered])
    return ordered[: max(1, int(np.searchsorted(n_days, MOST_DAYS, side="right")))]


def _first_day(series: Series) -> int:
    return int(series.first_date.astype(np.int64))


def _seen(series: Series, event: EventDays) -> EventDays:
    """Give the days of an event within the series that have a value above 0."""
    first = _first_day(series)
    inside = (event.days >= first) & (event.days < first + series.views.size) & (event.values > 0)
    return EventDays(event.days[inside], event.values[inside])


def _times(seen: list[EventDays]) -> int:
    """Count how often an event occurred; consecutive days count once, and so does a day in many series."""
    starts = [days.days[np.diff(days.days, prepend=np.iinfo(np.int32).min) > 1] for days in seen]
    return int(np.unique(np.concatenate([*starts, np.empty(0, np.int64)])).size)


def _observe(
    pairs: list[tuple[Series, dict[str, EventDays]]],
    columns: list[str],
    largest: list[float],
    times: list[int],
) -> _Observed:
    rows, days, parts = [], [], []
    for series, events in pairs:
        X = _felt(series, events, columns, largest, times)
        felt = np.flatnonzero((np.diff(X.indptr) > 0) & ~np.isnan(series.views))
        rows.append(felt)
        days.append(_first_day(series) + felt)
        parts.append(X[felt])
    logs = [np.log1p(series.views) for series, _ in pairs]
    return _Observed(logs, rows, np.concatenate(days), sparse.vstack(parts, format="csr"))


def _felt(
    series: Series, events: dict[str, EventDays], columns: list[str], largest: list[float], times: list[int]
) -> sparse.csr_array:
    """Give the strength of each event at each offset, 0 to 1, for each day of a series."""
    offsets = np.arange(len(OFFSETS))
    entries = [np.empty((3, 0))]
    for i, (name, most, n_times) in enumerate(zip(columns, largest, times, strict=True)):
        if name not in events or n_times == 0:
            continue
        event = events[name]
        # After a single occurrence, unusual days around the event may have any other cause.
        felt = offsets if n_times > 1 else offsets[[-FIRST_OFFSET]]
        day = event.days[:, None] + felt + FIRST_OFFSET - _first_day(series)
        column = np.broadcast_to(i * offsets.size + felt, day.shape)
        strength = np.broadcast_to(np.minimum(event.values / most, 1.0)[:, None], day.shape)
        inside = (day >= 0) & (day < series.views.size) & (strength > 0)
        entries.append(np.stack([day[inside], column[inside], strength[inside]]))
    day, column, strength = np.concatenate(entries, axis=1)
    shape = series.views.size, len(columns) * offsets.size
    return sparse.csr_array((strength, (day.astype(int), column.astype(int))), shape=shape)


def _backfit(observed: _Observed) -> Float64:
    """Estimate all effects jointly; shape (n_events * n_offsets,)."""
    X, ends = observed.X, np.cumsum([rows.size for rows in observed.rows])[:-1]
    days, date, n_series = np.unique(observed.days, return_inverse=True, return_counts=True)
    by_date = sparse.csr_array(
        (np.ones(date.size), (date, np.arange(date.size))), shape=(days.size, date.size)
    )
    coefficients = np.zeros(X.shape[1])
    for _ in range(ROUNDS):
        explained = np.split(X @ coefficients, ends)
        lefts, weights = zip(*map(_left, observed.logs, observed.rows, explained), strict=True)
        left = np.concatenate(lefts)
        # Series of one channel are correlated: n of them are worth about √n independent ones.
        weight = np.concatenate(weights) / np.sqrt(n_series[date])
        weighted = sparse.diags_array(weight) @ X
        gram, moment = (weighted.T @ X).toarray(), weighted.T @ left
        variances = 1.0 / np.maximum(np.diag(gram), 1e-12)
        coefficients = _proven(gram, moment, variances, coefficients)
        scores = (by_date @ (sparse.diags_array(left - X @ coefficients) @ weighted)).toarray()
        variances = np.maximum(variances, _clustered(scores) * variances**2)
        coefficients = _proven(gram, moment, variances, coefficients)
    return coefficients


def _clustered(scores: Float64) -> Float64:
    """Compute the sum of squared scores of dates, for cluster-robust variances (Liang and Zeger 1986).

    It is large when an effect rests on one unusual date, on which all series may have changed for another
    reason than the event.
    """
    n_dates = np.count_nonzero(scores, axis=0)
    return np.asarray((scores**2).sum(axis=0) * n_dates / np.maximum(n_dates - 1, 1))


def _left(logs: Float64, rows: NDArray[np.int64], explained: Float64) -> tuple[Float64, Float64]:
    """Compute the residuals of log views on the days with events, and the weight of each day."""
    without = logs.copy()
    without[rows] -= explained
    usual = _usual(without)
    left = logs - usual
    spread = _spread(np.delete(left, rows), usual)
    surprise = np.abs(left[rows] - explained) / spread
    return left[rows], HUBER / np.maximum(surprise, HUBER) / spread**2


def _usual(logs: Float64) -> Float64:
    """Estimate log views without events, by running medians of level and weekday."""
    level = _running_median(logs[:, None], LEVEL_DAYS)[:, 0]
    n_weeks = -(-logs.size // WEEK)
    weeks = np.full(n_weeks * WEEK, np.nan)
    weeks[: logs.size] = logs - level
    profile = _running_median(weeks.reshape(n_weeks, WEEK), PROFILE_WEEKS).ravel()[: logs.size]
    return np.asarray(level + np.nan_to_num(profile))


def _running_median(values: Float64, width: int) -> Float64:
    """Compute the median of known values in a window centred on each row, for each column; NaN if none."""
    half = width // 2
    padded = np.pad(values, ((half, half), (0, 0)), constant_values=np.nan)
    return median_of_known(np.lib.stride_tricks.sliding_window_view(padded, width, axis=0))


def _spread(left: Float64, usual: Float64) -> float:
    """Estimate the standard deviation of days without events, from the mean absolute deviation."""
    quiet = np.abs(left[~np.isnan(left)])
    least = smallest_spread(np.nanmedian(usual, keepdims=True))
    return max(1.25 * float(quiet.mean()) if quiet.size else 0.0, float(least[0]))


def _proven(gram: Float64, moment: Float64, variances: Float64, coefficients: Float64) -> Float64:
    """Solve weighted least squares by coordinate descent, with the non-negative garrote (Breiman 1995).

    The garrote sets coefficients that are small compared with their standard errors to 0, and hardly changes
    large ones.
    """
    estimates = coefficients.copy()
    informed = np.flatnonzero(np.diag(gram) > 0)
    # The day of the event comes first, so that the days around it explain only the rest.
    order = informed[np.argsort(np.abs(np.array(OFFSETS)[informed % len(OFFSETS)]), kind="stable")]
    for _ in range(SWEEPS):
        before = estimates.copy()
        for j in order:
            estimate = estimates[j] + (moment[j] - gram[j] @ estimates) / gram[j, j]
            doubt = LEAST_STANDARD_ERRORS**2 * variances[j] / max(estimate**2, 1e-12)
            estimates[j] = np.clip(estimate * max(0.0, 1.0 - doubt), -LARGEST_LOG_EFFECT, LARGEST_LOG_EFFECT)
        if np.abs(estimates - before).max() < 1e-6:
            break
    return estimates
