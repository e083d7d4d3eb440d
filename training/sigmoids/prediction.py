"""Prediction with a fitted sum of sigmoids, whether it was trained, merged or built from knots."""

from __future__ import annotations

import math
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.metrics import d2_pinball_score
from sklearn.utils.validation import check_is_fitted, validate_data

from .arithmetic.activations import ACTIVATIONS
from .arithmetic.coefficients import Coefficients
from .arithmetic.compiled_sum import ROWS_AT_ONCE, CompiledSum
from .arithmetic.knots import coefficients_through

Floats = NDArray[np.floating[Any]]


COMPILED_ATTRIBUTES = frozenset(
    ("constant_", "amplitudes_", "offsets_", "weights_", "linear_weights_", "activation")
)


class BaseSumOfSigmoids(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """The part of the estimator that needs no training: prediction, components, coefficients."""

    activation: str
    loss: str
    quantiles: Any

    def predict(self, X: ArrayLike) -> Floats:
        """Predict the targets of the rows of X.

        Inputs so large that a sum would overflow are replaced by the largest that does not.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
            The shape of y. With several quantiles there is one more axis, for the quantiles in rising order.
        """
        compiled: CompiledSum | None = self.__dict__.get("_compiled")
        if compiled is not None and type(X) is np.ndarray and compiled.takes(X):
            outputs = compiled.outputs(X)
        else:
            outputs = self._outputs_of_anything(X)
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
        """Split the prediction into its terms.

        Returns
        -------
        ndarray of shape (n_samples, n_sigmoids + 2) or (n_samples, n_sigmoids + 2, n_outputs)
            The constant, the contribution cᵢ σ(bᵢ + wᵢ·x) of each sigmoid, and the linear term. The last axis
            exists only with several outputs.
        """
        parts = self.coefficients_.components(self._checked_inputs(X), ACTIVATIONS[self.activation])
        return parts[:, :, 0] if parts.shape[2] == 1 else parts

    @property
    def coefficients_(self) -> Coefficients:
        """All coefficients as one value."""
        check_is_fitted(self)
        return Coefficients(
            self.constant_, self.amplitudes_, self.offsets_, self.weights_, self.linear_weights_
        )

    @classmethod
    def from_knots(
        cls,
        x: ArrayLike,
        y: ArrayLike,
        *,
        activation: str = "hard_sigmoid",
        tolerance: float | None = None,
    ) -> Self:
        """Build the sum that equals the piecewise linear curve through knots, constant outside of them.

        Parameters
        ----------
        x, y : array-like of shape (n_knots,)
            Coordinates of the knots; x must be strictly increasing.
        activation : {"hard_sigmoid", "relu", "sigmoid"}, default="hard_sigmoid"
            The first two give the exact curve, up to rounding; "sigmoid" gives a smooth curve close to it.
        tolerance : float, default=None
            With "sigmoid", the largest distance from the curve, in units of y. None means 1 % of the range of
            y.

        Examples
        --------
        >>> from training.sigmoids import SumOfSigmoidsRegressor
        >>> SumOfSigmoidsRegressor.from_knots([0, 1, 3], [5, 7, 6]).predict([[-9], [0.5], [2], [9]]).tolist()
        [5.0, 6.0, 6.5, 6.0]
        """
        coefficients = coefficients_through(x, y, activation, tolerance)
        return cls(activation=activation).with_coefficients(coefficients, "built from knots")

    def with_coefficients(self, coefficients: Coefficients, stop_reason: str) -> Self:
        """Make a fitted estimator with these settings and the given coefficients.

        `stop_reason` becomes `stop_reason_`; it says where the coefficients come from.
        """
        model = clone(self).set_params(n_sigmoids=len(coefficients.offsets))
        model._set_coefficients(coefficients)
        model.n_features_in_ = coefficients.weights.shape[1]
        if hasattr(self, "feature_names_in_") and self.n_features_in_ == model.n_features_in_:
            model.feature_names_in_ = self.feature_names_in_
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
        self._compiled_sum()

    def _outputs_of_anything(self, X: ArrayLike) -> Floats:
        inputs = self._checked_inputs(X)
        compiled = self._compiled_sum()
        inputs = compiled.clipped(inputs)
        outputs = np.empty((len(inputs), self.n_outputs_), np.result_type(inputs, compiled.amplitudes))
        for start in range(0, len(inputs), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            outputs[rows] = compiled.outputs(inputs[rows])
        return outputs

    def _checked_inputs(self, X: ArrayLike) -> Floats:
        check_is_fitted(self)
        with np.errstate(over="ignore", invalid="ignore"):  # scikit-learn's check sums all entries of X
            return validate_data(self, X, dtype=(np.float64, np.float32), reset=False)  # type: ignore[no-any-return]

    def _compiled_sum(self) -> CompiledSum:
        compiled: CompiledSum | None = self.__dict__.get("_compiled")
        if compiled is None:
            has_names = "feature_names_in_" in self.__dict__
            compiled = CompiledSum.of(self.coefficients_, ACTIVATIONS[self.activation], has_names)
            self.__dict__["_compiled"] = compiled
        return compiled

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name in COMPILED_ATTRIBUTES:
            self.__dict__.pop("_compiled", None)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "_compiled"}

    def _sorted_quantiles(self, outputs: Floats, n_quantiles: int) -> Floats:
        per_quantile = outputs.reshape(len(outputs), n_quantiles, self._n_targets)
        rising = np.sort(per_quantile, axis=1).transpose(0, 2, 1)
        return rising[:, 0] if self._y_ndim == 1 else rising
