"""How good forecasts are: errors, intervals and what the difference between two methods is worth.

Arithmetic on arrays of views a day; which days were held out is `splits`' business.
Arrays are one series' (n_origins, 28) forecasts or held-out views; a held-out day without a count is NaN
and is left out.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HORIZONS: Mapping[str, slice] = MappingProxyType({"1": slice(0, 1), "1-7": slice(0, 7), "1-28": slice(0, 28)})

# A forecast that is exactly right everywhere would make a geometric mean over series zero on its own.
SMALLEST_RATIO = 1e-3


def mean_absolute_error(actual: Floats, forecast: Floats) -> float:
    """Mean of |actual - forecast| over origins and days, in views a day; NaN when no day is known."""
    known = np.isfinite(actual)
    return float(np.abs(actual - forecast)[known].mean()) if known.any() else np.nan


def geometric_mean_of_ratios(errors: Sequence[float], copy_errors: Sequence[float]) -> float:
    """Geometric mean over series of a method's error by the weekly copy's, 1 is as good as the copy.

    Series on which the weekly copy is never wrong (constant ones) have no ratio and are left out.
    """
    logs = _log_ratios(np.asarray(errors), np.asarray(copy_errors))
    return float(np.exp(np.mean(logs))) if len(logs) else np.nan


def weighted_absolute_percentage_error(actual: Sequence[Floats], forecast: Sequence[Floats]) -> float:
    """WAPE: all absolute errors by all views, over series, origins and days."""
    errors = sum(float(np.nansum(np.abs(a - f))) for a, f in zip(actual, forecast, strict=True))
    views = sum(float(np.nansum(a)) for a in actual)
    return errors / views if views > 0 else np.nan


def seasonal_scale(views: Floats, season: int = 7) -> float:
    """Mean absolute change to the same weekday a week later, in the days fitted on, in views a day."""
    changes = np.abs(views[season:] - views[:-season])
    return float(np.nanmean(changes)) if np.isfinite(changes).any() else np.nan


def interval_score(actual: Floats, lower: Floats, upper: Floats, level: int) -> float:
    """Mean interval score of central `level` % intervals, in views a day; smaller is better.

    Width, plus 2/alpha times how far a held-out day lies outside (Gneiting and Raftery 2007, section 6.2).
    """
    alpha = 1 - level / 100
    outside = np.maximum(lower - actual, 0) + np.maximum(actual - upper, 0)
    return float(np.nanmean(upper - lower + 2 / alpha * outside)) if np.isfinite(actual).any() else np.nan


def mean_scaled_interval_score(scores: Sequence[float], scales: Sequence[float]) -> float:
    """Mean over series of the interval score by `seasonal_scale`, as in the M4 competition."""
    score, scale = np.asarray(scores), np.asarray(scales)
    usable = np.isfinite(score) & (scale > 0)
    return float(np.mean(score[usable] / scale[usable])) if usable.any() else np.nan


def coverage(actual: Sequence[Floats], lower: Sequence[Floats], upper: Sequence[Floats]) -> float:
    """Share of known held-out days inside the interval, over series, origins and days; 0 to 1."""
    parts = zip(actual, lower, upper, strict=True)
    inside = np.concatenate([((low <= a) & (a <= high))[np.isfinite(a)] for a, low, high in parts])
    return float(inside.mean()) if len(inside) else np.nan


def difference_interval(
    actual: Sequence[Floats],
    forecast: Sequence[Floats],
    other: Sequence[Floats],
    n_draws: int = 2000,
    random_state: int = 0,
) -> tuple[float, float, float]:
    """How much larger a method's MAE is than another's, in geometric mean over series, with a 95 % interval.

    -0.1 means 10 % smaller. The interval is a percentile bootstrap over series; of a single series, over
    blocks of six origins in a circle (30 days, because neighbouring origins forecast the same days).

    Returns
    -------
    tuple of difference, lower end, upper end
    """
    rng = np.random.default_rng(random_state)
    if len(actual) > 1:
        errors = [mean_absolute_error(a, f) for a, f in zip(actual, forecast, strict=True)]
        others = [mean_absolute_error(a, f) for a, f in zip(actual, other, strict=True)]
        logs = _log_ratios(np.asarray(errors), np.asarray(others))
        if not len(logs):
            return np.nan, np.nan, np.nan
        draws = logs[rng.integers(len(logs), size=(n_draws, len(logs)))].mean(axis=1)
        centre = logs.mean()
    else:
        errors, others = (np.nansum(np.abs(actual[0] - f[0]), axis=1) for f in (forecast, other))
        picked = _circular_blocks(len(errors), 6, n_draws, rng)
        draws = np.log(errors[picked].sum(axis=1) / others[picked].sum(axis=1))
        centre = np.log(errors.sum() / others.sum())
    low, high = np.expm1(np.quantile(draws, [0.025, 0.975]))
    return float(np.expm1(centre)), float(low), float(high)


def _log_ratios(errors: Floats, others: Floats) -> Floats:
    usable = np.isfinite(errors) & (others > 0)
    return np.log(np.maximum(errors[usable] / others[usable], SMALLEST_RATIO))


def _circular_blocks(n: int, length: int, n_draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """(n_draws, n) positions made of blocks of neighbours, the end joined to the start."""
    n_blocks = -(-n // length)
    starts = rng.integers(n, size=(n_draws, n_blocks, 1))
    return ((starts + np.arange(length)) % n).reshape(n_draws, -1)[:, :n]
