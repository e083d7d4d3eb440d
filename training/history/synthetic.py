"""Generated view histories: for the sample, for tests, and for the prior.

Each history is a random mix of components found in real ones. All components except the counting noise are in
logs, so they multiply. Scales are drawn log-uniformly over a decade or two, so no size is typical.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from training.history.calendar_features import WEEK
from training.history.series import History, Series

YEAR = 365.25

Float64 = NDArray[np.float64]
Generator = np.random.Generator


def generate_views(n_series: int, n_days: int, random_state: int | Generator = 0) -> Float64:
    """Generate daily counts of many series.

    Parameters
    ----------
    n_series : int
        Number of histories, each with its own level, trend, weekly and yearly shape, spikes, shifts and
        noise.
    n_days : int
        Number of days of each.
    random_state : int or Generator, default=0
        Seed; the same seed gives the same histories.

    Returns
    -------
    ndarray of shape (n_series, n_days)
        Whole numbers, from 0 to hundreds of millions.
    """
    rng = np.random.default_rng(random_state)
    logs = (
        _wandering_level(n_series, n_days, rng)
        + _fading_growth(n_series, n_days, rng)
        + _level_shifts(n_series, n_days, rng)
        + _weekly_profile(n_series, n_days, rng)
        + _yearly_season(n_series, n_days, rng)
        + _yearly_event(n_series, n_days, rng)
        + _holidays(n_series, n_days, rng)
        + _spikes(n_series, n_days, rng)
        + _viral_bursts(n_series, n_days, rng)
        + _noise(n_series, n_days, rng)
    )
    logs -= np.median(logs, axis=1, keepdims=True)
    logs += rng.uniform(np.log(2.0), np.log(1e6), (n_series, 1))
    return _count(logs, rng)


def generate_history(
    n_series: int, n_days: int, last_date: np.datetime64, random_state: int | Generator = 0
) -> History:
    """Generate a history like that of a channel: some series start late, and some days are missing.

    Parameters
    ----------
    n_series : int
    n_days : int
        Number of days of the longest series.
    last_date : datetime64[D]
        The last day of every series.
    random_state : int or Generator, default=0

    Returns
    -------
    History
        Series named `sample-001`, `sample-002`, …
    """
    rng = np.random.default_rng(random_state)
    views = generate_views(n_series, n_days, rng)
    starts_late = rng.random(n_series) < 0.2
    first_day = np.where(starts_late, rng.integers(0, n_days // 2, n_series), 0)
    missing_share = _sometimes(rng, 0.2, rng.uniform(0.0, 0.05, n_series))
    series = []
    for number, (days, first, share) in enumerate(zip(views, first_day, missing_share, strict=True), start=1):
        known = days[first:].copy()
        gaps = rng.random(len(known)) < share
        gaps[[0, -1]] = False
        known[gaps] = np.nan
        first_date = last_date - np.timedelta64(len(known) - 1, "D")
        series.append(Series(f"sample-{number:03}", first_date, known))
    return History(tuple(series))


def _log_uniform(rng: Generator, low: float, high: float, size: int | tuple[int, ...]) -> Float64:
    return np.exp(rng.uniform(np.log(low), np.log(high), size))


def _sometimes(rng: Generator, probability: float, values: Float64) -> Float64:
    return np.where(rng.random(values.shape) < probability, values, 0.0)


def _heavy_tailed(rng: Generator, degrees: Float64, scale: Float64, n_days: int) -> Float64:
    """Draw from Student's t distribution, scaled to a given standard deviation, one row for each series."""
    draws = rng.standard_t(degrees[:, None], (len(degrees), n_days))
    return np.asarray(draws * (scale / np.sqrt(degrees / (degrees - 2.0)))[:, None])


def _wandering_level(n: int, n_days: int, rng: Generator) -> Float64:
    """A random walk, for some series with reversion to the mean."""
    step = _log_uniform(rng, 0.003, 0.15, n)
    reversion = _sometimes(rng, 0.65, _log_uniform(rng, 1 / 300, 1 / 5, n))
    level = _heavy_tailed(rng, rng.choice([3.0, 5.0, 30.0], n), step, n_days)
    level[:, 0] = rng.standard_normal(n) * step / np.sqrt(np.maximum(2.0 * reversion, 1 / 150))
    return _remember(level, 1.0 - reversion)


def _fading_growth(n: int, n_days: int, rng: Generator) -> Float64:
    """Growth or decline that starts on some day and levels off (a damped trend)."""
    slope = _sometimes(rng, 0.5, rng.standard_normal(n) * _log_uniform(rng, 0.0005, 0.02, n))
    fading = _log_uniform(rng, 20.0, 1000.0, n)
    start = rng.uniform(0.0, 0.7 * n_days, n)
    elapsed = np.maximum(np.arange(n_days) - start[:, None], 0.0)
    return np.asarray((slope * fading)[:, None] * -np.expm1(-elapsed / fading[:, None]))


def _level_shifts(n: int, n_days: int, rng: Generator) -> Float64:
    rate = _sometimes(rng, 0.4, _log_uniform(rng, 1 / 600, 1 / 60, n))
    size = _log_uniform(rng, 0.1, 1.2, n)
    shifts = (rng.random((n, n_days)) < rate[:, None]) * rng.standard_normal((n, n_days)) * size[:, None]
    return np.asarray(np.cumsum(shifts, axis=1))


def _weekly_profile(n: int, n_days: int, rng: Generator) -> Float64:
    """A weekly profile of seven levels: a weekend effect plus a random shape.

    In some series it changes slowly to another profile, or applies in one season only, as in sports.
    """
    amplitude = _sometimes(rng, 0.9, _log_uniform(rng, 0.02, 0.8, n))
    weekend = np.repeat([0.0, 1.0], [5, 2]) * rng.standard_normal((n, 1)) * 1.5
    profile = rng.standard_normal((n, WEEK)) * rng.uniform(0.1, 1.0, (n, 1)) + weekend
    profile -= profile.mean(axis=1, keepdims=True)
    profile /= profile.std(axis=1, keepdims=True) + 1e-6
    other = rng.standard_normal((n, WEEK))
    other -= other.mean(axis=1, keepdims=True)
    drift = _sometimes(rng, 0.5, _log_uniform(rng, 0.05, 0.8, n))
    period = _log_uniform(rng, 100.0, 1000.0, (n, 1))
    swing = np.sin(2 * np.pi * (np.arange(n_days) / period + rng.random((n, 1)))) * drift[:, None]
    series = np.arange(n)[:, None]
    weekday = (np.arange(n_days) + rng.integers(0, WEEK, (n, 1))) % WEEK
    week = amplitude[:, None] * (profile[series, weekday] + swing * other[series, weekday])
    has_season = rng.random((n, 1)) < 0.3
    return np.asarray(np.where(has_season, week * 1.5 * _part_of_the_year(n, n_days, rng), week))


def _part_of_the_year(n: int, n_days: int, rng: Generator) -> Float64:
    """A season that begins and ends, gradually or at once, at the same time every year: 0 to 1."""
    wave = np.sin(2 * np.pi * (np.arange(n_days) / YEAR + rng.random((n, 1))))
    return expit(_log_uniform(rng, 1.5, 15.0, (n, 1)) * (wave - rng.uniform(-0.7, 0.7, (n, 1))))


def _yearly_season(n: int, n_days: int, rng: Generator) -> Float64:
    amplitude = 0.6 * _sometimes(rng, 0.6, _log_uniform(rng, 0.03, 1.0, n))
    day = np.arange(n_days) + rng.integers(0, 365, (n, 1))
    season = np.zeros((n, n_days))
    for harmonic in (1, 2, 3):
        sine, cosine = rng.standard_normal((2, n, 1)) / harmonic
        phase = 2 * np.pi * harmonic * day / YEAR
        season += sine * np.sin(phase) + cosine * np.cos(phase)
    return np.asarray(amplitude[:, None] * season)


def _yearly_event(n: int, n_days: int, rng: Generator) -> Float64:
    """A page that has views around one date a year."""
    height = _sometimes(rng, 0.12, _log_uniform(rng, 0.5, 4.0, n))
    width = _log_uniform(rng, 2.0, 30.0, (n, 1))
    from_event = (np.arange(n_days) + rng.integers(0, 365, (n, 1))) % 365 - 182
    return np.asarray(height[:, None] * np.exp(-0.5 * (from_event / width) ** 2))


def _holidays(n: int, n_days: int, rng: Generator) -> Float64:
    """Up to nine holidays a year, of one to four days, that differ from the days around them."""
    lifts = np.zeros((n, n_days))
    usual_size = _sometimes(rng, 0.5, _log_uniform(rng, 0.05, 0.6, n))
    n_holidays = rng.integers(0, 10, n)
    for number in range(9):
        since = (np.arange(n_days) - rng.integers(0, 365, (n, 1))) % 365
        size = rng.standard_normal(n) * usual_size * (number < n_holidays)
        lifts += np.where(since < rng.integers(1, 5, (n, 1)), size[:, None], 0.0)
    return lifts


def _spikes(n: int, n_days: int, rng: Generator) -> Float64:
    """Bursts that decay fast at first, then slowly: at random, at upload days, or after an announcement."""
    rate = _sometimes(rng, 0.75, _log_uniform(rng, 1 / 400, 1 / 12, n))
    size = _log_uniform(rng, 0.1, 1.5, n) * np.where(rng.random(n) < 0.15, -1.0, 1.0)
    bursts = (rng.random((n, n_days)) < rate[:, None]) * rng.exponential(1.0, (n, n_days)) * size[:, None]
    is_regular = rng.random(n) < 0.2
    period = rng.integers(3, 30, n)
    on_schedule = (np.arange(n_days) + rng.integers(0, 30, (n, 1))) % period[:, None] == 0
    upload = _log_uniform(rng, 0.1, 1.2, (n, 1)) * rng.gamma(4.0, 0.25, (n, n_days))
    bursts += np.where(is_regular[:, None] & on_schedule, upload, 0.0)
    lift = np.sign(bursts) * np.expm1(np.abs(bursts))

    fast = _log_uniform(rng, 0.4, 20.0, n)
    slow = fast * rng.uniform(3.0, 10.0, n)
    slow_share = _sometimes(rng, 0.5, rng.uniform(0.05, 0.4, n))
    after = _decay(lift, np.exp(-1 / fast), 1.0 - slow_share) + _decay(lift, np.exp(-1 / slow), slow_share)
    build_up = np.exp(-1 / _log_uniform(rng, 0.5, 6.0, n))
    is_announced = (rng.random(n) < 0.2).astype(np.float64)
    before = _decay(lift[:, ::-1], build_up, 0.5 * is_announced)[:, ::-1]
    # The day of the burst itself is already included in `after`.
    before -= 0.5 * is_announced[:, None] * lift
    return _signed_log(after) + _signed_log(before)


def _decay(bursts: Float64, keep: Float64, share: Float64) -> Float64:
    """Add an exponential tail after each burst: each day keeps a part of the day before."""
    return _remember(bursts * share[:, None], keep)


def _signed_log(lift: Float64) -> Float64:
    return np.asarray(np.sign(lift) * np.log1p(np.abs(lift)))


def _viral_bursts(n: int, n_days: int, rng: Generator) -> Float64:
    """Rare, large bursts that decay as a power of time (Crane and Sornette 2008)."""
    rate = _sometimes(rng, 0.35, _log_uniform(rng, 1 / 500, 1 / 60, n))
    size = _log_uniform(rng, 0.3, 4.0, n)
    heights = (rng.random((n, n_days)) < rate[:, None]) * rng.exponential(1.0, (n, n_days)) * size[:, None]
    lift = np.expm1(np.minimum(heights, 5.0))
    power, pause = rng.uniform(0.5, 1.8, (n, 1)), _log_uniform(rng, 0.3, 4.0, (n, 1))
    after = np.zeros((n, n_days))
    for elapsed in range(min(60, n_days)):
        after[:, elapsed:] += lift[:, : n_days - elapsed] * (1.0 + elapsed / pause) ** -power
    return np.log1p(after)


def _noise(n: int, n_days: int, rng: Generator) -> Float64:
    """Day-to-day noise, larger on some weekdays and in some months, and possibly autocorrelated."""
    noise = _heavy_tailed(rng, rng.choice([2.5, 4.0, 30.0], n), _log_uniform(rng, 0.01, 0.45, n), n_days)
    by_weekday = (
        rng.standard_normal((n, WEEK)) * _sometimes(rng, 0.5, _log_uniform(rng, 0.1, 0.8, n))[:, None]
    )
    weekday = (np.arange(n_days) + rng.integers(0, WEEK, (n, 1))) % WEEK
    wandering = (
        rng.standard_normal((n, n_days)) * _sometimes(rng, 0.4, _log_uniform(rng, 0.03, 0.3, n))[:, None]
    )
    wandering = _remember(wandering, 1.0 - _log_uniform(rng, 1 / 100, 1 / 5, n))
    noise *= np.exp(np.clip(by_weekday[np.arange(n)[:, None], weekday] + wandering, -2.5, 2.5))
    return _remember(noise, _sometimes(rng, 0.5, rng.uniform(0.0, 0.7, n)))


def _remember(steps: Float64, share: Float64) -> Float64:
    """An autoregression of order one: each day keeps a share of the day before."""
    for day in range(1, steps.shape[1]):
        steps[:, day] += share * steps[:, day - 1]
    return steps


def _count(logs: Float64, rng: Generator) -> Float64:
    """Draw whole counts: Poisson for small counts; rounded for large ones, where its spread is negligible."""
    rates = np.exp(np.clip(logs, -6.0, 20.0))
    is_small = rates < 1e4
    return np.where(is_small, rng.poisson(np.where(is_small, rates, 0.0)), np.round(rates))
