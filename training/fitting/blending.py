"""Average fitted sums of sigmoids, with weights chosen on held-out days."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from training.fitting.training_windows import SupervisedWindows
from training.model.forecast_model import ForecastModel
from training.model.quantile_sum import QUANTILES
from training.model.windows import HORIZON_DAYS, Float32, Float64
from training.sigmoids.arithmetic.coefficients import Coefficients

# Groups of days ahead with a common share: tomorrow, the rest of the week, the rest of four weeks.
DAYS_AHEAD = (slice(0, 1), slice(1, 7), slice(7, HORIZON_DAYS))
# Shares are chosen from multiples of 1 / SHARE_STEPS.
SHARE_STEPS = 10
# With this number of independent stretches of 28 days, shares are halfway between measured and equal ones.
SHARES_DOUBT = 10.0


def choose_shares(parts: Sequence[ForecastModel], windows: SupervisedWindows, n_stretches: float) -> Float64:
    """Choose the weight of each part in the average, by pinball loss on held-out windows.

    Each group of `DAYS_AHEAD` has its own shares, because the best model for tomorrow need not be the best
    for the fourth week. The best shares are shrunk towards equal shares, the more the fewer days were held
    out: equal shares are hard to improve on (the forecast combination puzzle; Smith and Wallis 2009).

    Parameters
    ----------
    parts : sequence of ForecastModel
    windows : SupervisedWindows
        Windows that the parts were not fitted on.
    n_stretches : float
        Number of independent stretches of 28 days in the windows, see `n_stretches`.

    Returns
    -------
    ndarray of shape (n_parts, 28)
        The shares; for each day ahead, they add up to 1.
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
    """Give each part the same share; shape (n_parts, 28)."""
    return np.full((n_parts, HORIZON_DAYS), 1 / n_parts)


def pinball_losses(quantiles: Float32, targets: Float32) -> Float64:
    """Compute the pinball loss of each day ahead, averaged over windows and summed over quantiles.

    Parameters
    ----------
    quantiles : ndarray of shape (n_windows, 5, 28)
    targets : ndarray of shape (n_windows, 28)
        NaN where unknown; such days are left out.

    Returns
    -------
    ndarray of shape (28,)
        0 for days ahead without a known target.
    """
    error = targets[:, None, :] - quantiles
    q = np.array(QUANTILES, dtype=np.float32)[:, None]
    total = np.nansum(np.maximum(q * error, (q - 1.0) * error), axis=(0, 1), dtype=np.float64)
    return np.asarray(total / np.maximum(np.count_nonzero(~np.isnan(targets), axis=0), 1))


def blend(sums: Sequence[Coefficients], shares: Float64, widths: Float64) -> ForecastModel:
    """Average fitted sums, with separate shares for each day ahead.

    Parameters
    ----------
    sums : sequence of Coefficients
    shares : ndarray of shape (n_sums, 28)
        Weight of each sum for each day ahead.
    widths : ndarray of shape (n_levels, 28)
        Factors for the half-widths of the result's intervals.

    Returns
    -------
    ForecastModel
    """
    shares_of_outputs = np.tile(shares, len(QUANTILES)).astype(np.float32)
    return ForecastModel(Coefficients.average(sums, shares_of_outputs), widths)
