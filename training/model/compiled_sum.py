"""The sum of sigmoids with its arrays arranged for evaluation, which is most of what a forecast costs.

`forecast_model` makes one when a model first forecasts; what is saved stays as it was learned.
"""

import numpy as np

from training.model.windows import Float32, Float64


class ReadySum:
    """Quantiles of the next days, day by day, so that the first days are a prefix and cost only their share.

    σ(x) = (1 + tanh(x/2)) / 2 cannot overflow; its halves are multiplied into the arrays once.

    Parameters
    ----------
    weights : ndarray of shape (n_features, n_sigmoids)
    offsets : ndarray of shape (n_sigmoids,)
    amplitudes : ndarray of shape (n_sigmoids, n_quantiles * horizon)
        Quantile by quantile, and within a quantile day by day; so are the next two.
    constant : ndarray of shape (n_quantiles * horizon,)
    linear_weights : ndarray of shape (n_features, n_quantiles * horizon)
    n_quantiles : int
    """

    def __init__(
        self,
        weights: Float32,
        offsets: Float32,
        amplitudes: Float32,
        constant: Float32,
        linear_weights: Float32,
        n_quantiles: int,
    ) -> None:
        self._n_quantiles = n_quantiles
        self._half_weights = np.ascontiguousarray(weights * np.float32(0.5))
        self._half_offsets = offsets * np.float32(0.5)
        half_amplitudes = 0.5 * amplitudes.astype(np.float64)
        self._half_amplitudes = _day_by_day(half_amplitudes, n_quantiles)
        self._constant = _day_by_day(constant + half_amplitudes.sum(axis=0), n_quantiles)
        self._linear_weights = _day_by_day(linear_weights, n_quantiles)

    def quantiles(self, X: Float32, n_days: int) -> Float32:
        """Evaluate the first days.

        Parameters
        ----------
        X : ndarray of float32, shape (n_windows, n_features)
        n_days : int

        Returns
        -------
        ndarray of float32, shape (n_windows, n_days, n_quantiles)
            In rising order: crossing quantiles are sorted, which never makes one worse (Chernozhukov,
            Fernández-Val, Galichon 2010).
        """
        hidden: Float32 = X @ self._half_weights
        hidden += self._half_offsets
        np.tanh(hidden, out=hidden)
        n_outputs = n_days * self._n_quantiles
        outputs = hidden @ self._half_amplitudes[:, :n_outputs]
        outputs += X @ self._linear_weights[:, :n_outputs]
        outputs += self._constant[:n_outputs]
        quantiles: Float32 = outputs.reshape(len(X), n_days, self._n_quantiles)
        # Few cross, and looking costs a quarter of sorting.
        if np.count_nonzero(quantiles[..., 1:] < quantiles[..., :-1]):
            quantiles.sort(axis=-1)
        return quantiles


def _day_by_day(outputs: Float32 | Float64, n_quantiles: int) -> Float32:
    """(..., quantile by quantile) to (..., day by day), contiguous."""
    by_quantile = outputs.reshape(*outputs.shape[:-1], n_quantiles, -1)
    return by_quantile.swapaxes(-1, -2).reshape(outputs.shape).astype(np.float32)
