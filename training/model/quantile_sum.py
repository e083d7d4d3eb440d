"""The quantiles of the next 28 days as one sum of sigmoids gives them, on the scale of a window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.model.windows import HORIZON_DAYS, N_FEATURES, Float32
from training.sigmoids.arithmetic.activations import SIGMOID
from training.sigmoids.arithmetic.coefficients import Coefficients
from training.sigmoids.arithmetic.compiled_sum import CompiledSum

# The quantiles that are learned, in rising order.
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
MEDIAN = QUANTILES.index(0.5)
N_OUTPUTS = HORIZON_DAYS * len(QUANTILES)


class QuantileSum:
    """A sum of sigmoids in the form that is evaluated: day by day, so that the first days are a prefix.

    Parameters
    ----------
    coefficients : Coefficients
        As `check_coefficients` wants them.
    """

    def __init__(self, coefficients: Coefficients) -> None:
        day_by_day = np.arange(N_OUTPUTS).reshape(len(QUANTILES), HORIZON_DAYS).T.ravel()
        whole = CompiledSum.of(coefficients.select(outputs=day_by_day), SIGMOID)
        self._first_days = [whole.first_outputs(n * len(QUANTILES)) for n in range(HORIZON_DAYS + 1)]

    def outputs(self, X: Float32, n_days: int) -> Float32:
        """Evaluate the first days.

        Parameters
        ----------
        X : ndarray of float32, shape (n_windows, n_features)
            As `windows.features` makes them.
        n_days : int

        Returns
        -------
        ndarray of float32, shape (n_windows, n_days, 5)
            The quantiles; they may cross.
        """
        outputs: Float32 = self._first_days[n_days].outputs(X).reshape(len(X), n_days, len(QUANTILES))
        return outputs


def check_coefficients(coefficients: Coefficients) -> None:
    """Raise `ValueError` unless there is a weight for each feature, an output for each quantile and day."""
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
    """Raise `ValueError` unless an array has a shape, and finite numbers in it."""
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}; it must be {shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a number that is not finite")
