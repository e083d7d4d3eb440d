"""What a fitted sum of sigmoids can do, however its coefficients came about."""

from __future__ import annotations

import math
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.metrics import d2_pinball_score
from sklearn.utils.validation import check_is_fitted, validate_data

from .activations import ACTIVATIONS
from .coefficients import Coefficients

Floats = NDArray[np.floating[Any]]

ROWS_AT_ONCE = 512  # their units stay in the processor's cache


class FittedSum(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Prediction, its parts, and coefficients as a value."""

    activation: str
    loss: str
    quantiles: Any

    def predict(self, X: ArrayLike) -> Floats:
        """The sum of sigmoids at the rows of X.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
            Like y. With several quantiles a last axis is added for them, rising.
        """
        inputs = self._checked_inputs(X)
        if len(inputs) <= ROWS_AT_ONCE:
            outputs = self._outputs(inputs)
        else:
            outputs = np.empty((len(inputs), self.n_outputs_), np.result_type(inputs, self.weights_))
            for start in range(0, len(inputs), ROWS_AT_ONCE):
                rows = slice(start, start + ROWS_AT_ONCE)
                outputs[rows] = self._outputs(inputs[rows])
        n_quantiles = self.n_outputs_ // self._n_targets
        if n_quantiles > 1:
            return self._sorted_quantiles(outputs, n_quantiles)
        return outputs[:, 0] if self._y_ndim == 1 else outputs

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """R² of the prediction; with several quantiles, the mean of their D² pinball scores."""
        if self.n_outputs_ == self._n_targets:
            return float(super().score(X, y, sample_weight))
        predicted = self.predict(X)
        scores = [
            d2_pinball_score(y, predicted[..., i], sample_weight=sample_weight, alpha=quantile)
            for i, quantile in enumerate(sorted(self.quantiles))
        ]
        return float(np.mean(scores))

    def components(self, X: ArrayLike) -> Floats:
        """What the prediction is the sum of.

        Returns
        -------
        ndarray of shape (n_samples, n_sigmoids + 2) or (n_samples, n_sigmoids + 2, n_outputs)
            The constant, each sigmoid's contribution cᵢ σ(bᵢ + wᵢ·x), and the linear term's. The last axis is
            there when there are several outputs.
        """
        parts = self.coefficients_.components(self._checked_inputs(X), ACTIVATIONS[self.activation])
        return parts[:, :, 0] if parts.shape[2] == 1 else parts

    @property
    def coefficients_(self) -> Coefficients:
        """All that was learned, as one value."""
        check_is_fitted(self)
        return Coefficients(
            self.constant_, self.amplitudes_, self.offsets_, self.weights_, self.linear_weights_
        )

    def with_coefficients(self, coefficients: Coefficients, stop_reason: str) -> Self:
        """A fitted estimator with these settings and those coefficients.

        `stop_reason` becomes `stop_reason_`: where the coefficients come from.
        """
        model = clone(self).set_params(n_sigmoids=len(coefficients.offsets))
        model._set_coefficients(coefficients)
        model.n_features_in_ = coefficients.weights.shape[1]
        model._y_ndim = getattr(self, "_y_ndim", 1)
        model._n_targets = getattr(self, "_n_targets", 1)
        model.loss_curve_, model.gradient_norm_, model.n_iter_ = [], math.nan, 0
        model.stop_reason_ = stop_reason
        return model  # type: ignore[no-any-return]

    def _set_coefficients(self, coefficients: Coefficients) -> None:
        self.constant_ = coefficients.constant
        self.amplitudes_ = coefficients.amplitudes
        self.offsets_ = coefficients.offsets
        self.weights_ = coefficients.weights
        self.linear_weights_ = coefficients.linear_weights
        self.n_outputs_ = len(coefficients.constant)
        self._has_linear_term = bool(coefficients.linear_weights.any())

    def _checked_inputs(self, X: ArrayLike) -> Floats:
        """X as scikit-learn validates it, in a microsecond where it is plainly as it should be."""
        if (
            type(X) is np.ndarray
            and X.ndim == 2
            and "weights_" in self.__dict__
            and X.dtype == self.weights_.dtype
            and X.shape[1] == self.n_features_in_
            and len(X)
            and "feature_names_in_" not in self.__dict__
            and np.count_nonzero(np.isfinite(X)) == X.size
        ):
            return X
        check_is_fitted(self)
        return validate_data(self, X, dtype=(np.float64, np.float32), reset=False)  # type: ignore[no-any-return]

    def _outputs(self, X: Floats) -> Floats:
        units = np.dot(X, self.weights_.T)
        units += self.offsets_
        outputs: Floats = np.dot(ACTIVATIONS[self.activation](units), self.amplitudes_)
        outputs += self.constant_
        if self._has_linear_term:
            outputs += np.dot(X, self.linear_weights_)
        return outputs

    def _sorted_quantiles(self, outputs: Floats, n_quantiles: int) -> Floats:
        per_quantile = outputs.reshape(len(outputs), n_quantiles, self._n_targets)
        rising = np.sort(per_quantile, axis=1).transpose(0, 2, 1)
        return rising[:, 0] if self._y_ndim == 1 else rising
