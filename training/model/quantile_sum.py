"""Evaluate a sum of sigmoids whose outputs are quantiles of the next 28 days, on the scale of a window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.model.windows import HORIZON_DAYS, N_FEATURES, Float32
from training.sigmoids.arithmetic.activations import SIGMOID
from training.sigmoids.arithmetic.coefficients import Coefficients
from training.sigmoids.arithmetic.compiled_sum import CompiledSum

# The learned quantiles, in increasing order.
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
MEDIAN = QUANTILES.index(0.5)
N_OUTPUTS = HORIZON_DAYS * len(QUANTILES)


class QuantileSum:
    """A sum of sigmoids with outputs ordered by day, so that the first days can be evaluated alone.

    Parameters
    ----------
    coefficients : Coefficients
        Must be valid for `check_coefficients`; outputs ordered by quantile, then by day.
    """

    def __init__(self, coefficients: Coefficients) -> None:
        day_by_day = np.arange(N_OUTPUTS).reshape(len(QUANTILES), HORIZON_DAYS).T.ravel()
        whole = CompiledSum.of(coefficients.select(outputs=day_by_day), SIGMOID)
        self._first_days = [whole.first_outputs(n * len(QUANTILES)) for n in range(HORIZON_DAYS + 1)]

    def outputs(self, X: Float32, n_days: int) -> Float32:
        """Evaluate the quantiles of the first days ahead.

        Parameters
        ----------
        X : ndarray of float32, shape (n_windows, n_features)
            As `windows.features` returns them.
        n_days : int
            0 to 28.

        Returns
        -------
        ndarray of float32, shape (n_windows, n_days, 5)
            Quantiles on the window's scale; they may cross.
        """
        outputs: Float32 = self._first_days[n_days].outputs(X).reshape(len(X), n_days, len(QUANTILES))
        return outputs


def check_coefficients(coefficients: Coefficients) -> None:
    """Raise `ValueError` unless there are `N_FEATURES` features, 5 * 28 outputs, and finite numbers only."""
    n_sigmoids = len(coefficients.offsets)
    shapes: dict[str, tuple[int, ...]] = {
        "weights": (n_sigmoids, N_FEATURES),
        "offsets": (n_sigmoids,),
        "amplitudes": (n_sigmoids, N_OUTPUTS),
        "constant": (N_OUTPUTS,),
        "linear_weights": (N_FEATURES, N_OUTPUTS),
    }
    for name, shape in shapes.items():
        check_array(name, getattr(coefficients, name), shape)


def check_array(name: str, array: NDArray[np.floating], shape: tuple[int, ...]) -> None:
    """Raise `ValueError` unless an array has the given shape and finite numbers only."""
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}; it must be {shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a number that is not finite")
