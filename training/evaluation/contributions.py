"""Permutation importance of each group of inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.fitting.training_windows import SupervisedWindows
from training.model.forecaster import Forecaster
from training.model.quantile_sum import MEDIAN
from training.model.windows import FEATURE_GROUPS, Float32, Float64
from training.store.scores import HORIZONS

# With fewer windows, the noise of the shuffle is larger than the effect.
FEWEST_WINDOWS = 30
MOST_WINDOWS = 2_000
# Number of shuffles; their mean is reported.
REPEATS = 3


@dataclass(frozen=True)
class Contributions:
    """Relative growth of the error when a group of inputs is shuffled.

    Attributes
    ----------
    growth : dict of str to ndarray of shape (3,)
        For each group, at 1, 1-7 and 1-28 days ahead: 0.2 means that the error is 20 % larger. NaN where no
        target is known or the error without shuffling is zero.
    n_windows : int
        Number of windows that were used.
    """

    growth: dict[str, Float64]
    n_windows: int


def contributions(model: Forecaster, windows: SupervisedWindows) -> Contributions | None:
    """Measure the permutation importance of each group of inputs.

    All columns of a group are shuffled among the windows with the same permutation (Breiman 2001, "Random
    forests"; as a ratio of errors, Fisher, Rudin and Dominici 2019, "All models are wrong, but many are
    useful"). Information that is in two groups counts for neither, because the model still has it from the
    other group.

    Parameters
    ----------
    model : Forecaster
    windows : SupervisedWindows
        Windows that the model was not fitted on.

    Returns
    -------
    Contributions or None
        None when there are fewer than 30 windows.
    """
    if len(windows) < FEWEST_WINDOWS:
        return None
    rng = np.random.default_rng(0)
    intact = _errors(model, windows.X, windows)
    growth = {}
    for name, columns in FEATURE_GROUPS.items():
        shuffled = np.zeros(len(HORIZONS))
        for _ in range(REPEATS):
            X = windows.X.copy()
            X[:, columns] = X[rng.permutation(len(X)), columns]
            shuffled += _errors(model, X, windows) / REPEATS
        growth[name] = np.divide(shuffled, intact, out=np.full_like(intact, np.nan), where=intact > 0) - 1.0
    return Contributions(growth, len(windows))


def _errors(model: Forecaster, X: Float32, windows: SupervisedWindows) -> Float64:
    """Mean absolute error of the median on the scales of the windows, for each of `HORIZONS`: (3,)."""
    error = np.abs(windows.Y - model.scaled_quantiles(X)[:, MEDIAN])
    known = ~np.isnan(error)
    total, n_known = np.where(known, error, 0.0).sum(axis=0), known.sum(axis=0)
    return np.array([total[:n].sum() / max(n_known[:n].sum(), 1) for n in HORIZONS.values()])
