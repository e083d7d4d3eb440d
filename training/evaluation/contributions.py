"""What each group of inputs contributes: how much the error grows when other windows' values replace it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.fitting.training_windows import SupervisedWindows
from training.model.forecaster import Forecaster
from training.model.quantile_sum import MEDIAN
from training.model.windows import FEATURE_GROUPS, Float32, Float64
from training.store.scores import HORIZONS

# Over fewer windows, the luck of the shuffle is larger than what is measured.
FEWEST_WINDOWS = 30
MOST_WINDOWS = 2_000
# Of a shuffle each; their mean is shown.
REPEATS = 3


@dataclass(frozen=True)
class Contributions:
    """How much the error grows without a group of inputs.

    Attributes
    ----------
    growth : dict of str to ndarray of shape (3,)
        By group, for 1, 1-7 and 1-28 days ahead: 0.2 says that the error is 20 % larger. NaN where no day is
        known.
    n_windows : int
    """

    growth: dict[str, Float64]
    n_windows: int


def contributions(model: Forecaster, windows: SupervisedWindows) -> Contributions | None:
    """Measure the permutation importance of each group of inputs.

    The group's columns are shuffled among the windows, all of them together: they keep their values and tell
    of another window (Breiman 2001, "Random forests"; as a ratio of errors, Fisher, Rudin and Dominici 2019,
    "All models are wrong, but many are useful"). What one group shares with another counts for neither: the
    model reads it from the one that is left.

    Parameters
    ----------
    model : Forecaster
    windows : SupervisedWindows
        Held out from what the model was fitted on.

    Returns
    -------
    Contributions or None
        None when there are too few windows to tell.
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
    """Mean absolute error on the windows' own scales, for each of the horizons."""
    error = np.abs(windows.Y - model.scaled_quantiles(X)[:, MEDIAN])
    known = ~np.isnan(error)
    total, n_known = np.where(known, error, 0.0).sum(axis=0), known.sum(axis=0)
    return np.array([total[:n].sum() / max(n_known[:n].sum(), 1) for n in HORIZONS.values()])
