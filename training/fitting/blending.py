"""Averages fitted sums, with weights that are chosen on held-out days."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from training.fitting.training_windows import SupervisedWindows
from training.model.forecast_model import ForecastModel
from training.model.quantile_sum import QUANTILES
from training.model.windows import HORIZON_DAYS, Float32, Float64
from training.sigmoids.arithmetic.coefficients import Coefficients

# Days ahead that have one share together: tomorrow, the rest of the week, the rest of four weeks.
DAYS_AHEAD = (slice(0, 1), slice(1, 7), slice(7, HORIZON_DAYS))
# Shares are tried in tenths.
SHARE_STEPS = 10
# Measured on so many independent stretches of 28 days, shares count as much as the equal ones assumed before.
SHARES_DOUBT = 10.0


def choose_shares(parts: Sequence[ForecastModel], windows: SupervisedWindows, n_stretches: float) -> Float64:
    """Choose what each part counts in the average, by pinball loss on held-out windows.

    Days ahead are weighed in groups: what knows best tomorrow need not know best what comes in four weeks.
    The best shares are drawn towards equal ones, the more so the less was held out: a plain average is hard
    to beat (the forecast combination puzzle; Smith and Wallis 2009).

    Parameters
    ----------
    parts : sequence of ForecastModel
    windows : SupervisedWindows
        Held out from what the parts were fitted on.
    n_stretches : float
        How many independent stretches of 28 days the windows come from.

    Returns
    -------
    ndarray of shape (n_parts, 28)
        They sum to one, day by day.
    """
    predictions = [part.scaled_quantiles(windows.X) for part in parts]
    grid = [
        np.array(tenths) / SHARE_STEPS
        for tenths in itertools.product(range(SHARE_STEPS + 1), repeat=len(parts))
        if sum(tenths) == SHARE_STEPS
    ]
    losses = np.array(
        [
            pinball_losses(np.tensordot(np.float32(candidate), predictions, axes=1), windows.Y)
            for candidate in grid
        ]
    )
    shares = np.empty((len(parts), HORIZON_DAYS))
    for days in DAYS_AHEAD:
        shares[:, days] = grid[int(np.argmin(losses[:, days].sum(axis=1)))][:, None]
    return (n_stretches * shares + SHARES_DOUBT / len(parts)) / (n_stretches + SHARES_DOUBT)


def equal_shares(n_parts: int) -> Float64:
    """The same share for each part, of shape (n_parts, 28)."""
    return np.full((n_parts, HORIZON_DAYS), 1 / n_parts)


def pinball_losses(quantiles: Float32, targets: Float32) -> Float64:
    """Mean pinball loss of (n_windows, 5, 28) quantiles, day by day; unknown targets do not count."""
    error = targets[:, None, :] - quantiles
    q = np.array(QUANTILES, dtype=np.float32)[:, None]
    total = np.nansum(np.maximum(q * error, (q - 1.0) * error), axis=(0, 1), dtype=np.float64)
    return np.asarray(total / np.maximum(np.count_nonzero(~np.isnan(targets), axis=0), 1))


def blend(sums: Sequence[Coefficients], shares: Float64, widths: Float64) -> ForecastModel:
    """Average fitted sums, day by day.

    Parameters
    ----------
    sums : sequence of Coefficients
    shares : ndarray of shape (n_sums, 28)
        What each sum counts for each day ahead.
    widths : ndarray of shape (n_levels, 28)
        The result's.

    Returns
    -------
    ForecastModel
    """
    shares_of_outputs = np.tile(shares, len(QUANTILES)).astype(np.float32)
    return ForecastModel(Coefficients.average(sums, shares_of_outputs), widths)
