"""The scikit-learn face of a sum of sigmoids: checks what comes in, trains, keeps what was learned."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin, _fit_context, clone
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from .activations import ACTIVATIONS
from .adam import SCHEDULES
from .checks import checked_targets, checked_weights
from .coefficients import Coefficients
from .knots import coefficients_through
from .training import Training

Floats = NDArray[np.floating[Any]]


class SumOfSigmoidsRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """y = b + Σᵢ cᵢ σ(bᵢ + Σⱼ wᵢⱼ xⱼ): one hidden layer of sigmoids, fitted to data.

    Enough sigmoids approximate any continuous curve; more of them allow more bends. Several outputs share the
    sigmoids. Inputs and targets are standardised while training, so that neither their units nor their
    offsets matter, and the coefficients are given in the units of the data.

    Parameters
    ----------
    n_sigmoids : int, default=100
        Number of sigmoids. Must be in `[0, inf)`; 0 leaves the constant, and the linear term if there is one.
    activation : {"sigmoid", "hard_sigmoid", "relu"}, default="sigmoid"
        σ: the sigmoid 1 / (1 + exp(-z)); the hard sigmoid min(max(½ + z / 4, 0), 1), flat, slope, flat; or
        max(z, 0), two of which make a hard sigmoid.
    loss : {"squared_error", "absolute_error", "huber", "quantile"}, default="squared_error"
        L(θ) is its mean over all rows and targets: e², |e|, e²/2 up to `huber_delta` and linear beyond, or
        the pinball loss of `quantiles`.
    quantiles : sequence of float in (0, 1), default=(0.5,)
        With `loss="quantile"`, the quantiles to estimate. There is one output for each quantile and target,
        and what `predict` returns never crosses.
    huber_delta : float, default=1.0
        With `loss="huber"`, the error from which on it grows linearly, in units of the target.
    linear_term : bool, default=False
        Add v·x.
    alpha : float, default=1e-4
        Strength of the penalty ½ alpha (Σc² + Σw² + Σv²), in standardised units.
    pull_to : {"zero", "start"}, default="zero"
        What the penalty pulls towards: zero, or the coefficients that the fit started from (see `fit` and
        `warm_start`), then including the constant and the bᵢ.
    solver : {"auto", "adam"}, default="auto"
        "adam": Adam on minibatches.
    learning_rate : float, default=0.005
        Size of the first steps.
    learning_rate_schedule : {"cosine", "linear", "constant"}, default="cosine"
        How the steps shrink, to zero at `max_iter` unless constant.
    batch_size : int, default=512
        Rows in a minibatch.
    max_iter : int or None, default=None
        Epochs for "adam". None means as many as take about 10,000 steps, within 10 to 400.
    early_stopping : bool, default=False
        Hold `validation_fraction` of the rows out, and stop when their loss has not become smaller by
        `tol` (relatively) for `n_iter_no_change` epochs; the best coefficients met are kept.
    validation_fraction : float, default=0.1
    n_iter_no_change : int, default=10
    tol : float, default=1e-4
    warm_start : bool, default=False
        Start from the last fit's coefficients.
    random_state : int, RandomState instance or None, default=None
        Decides the random start, the minibatches and the validation rows.
    callback : callable or None, default=None
        Called as `callback(iteration, loss)` after each epoch.
    verbose : bool, default=False
        Print the loss after each epoch.

    Attributes
    ----------
    constant_ : ndarray of shape (n_outputs,)
        b. With quantiles, output q · n_targets + t estimates quantile q of target t.
    amplitudes_ : ndarray of shape (n_sigmoids, n_outputs)
        The cᵢ.
    offsets_ : ndarray of shape (n_sigmoids,)
        The bᵢ.
    weights_ : ndarray of shape (n_sigmoids, n_features)
        The wᵢⱼ.
    linear_weights_ : ndarray of shape (n_features, n_outputs)
        v; zero without a linear term.
    loss_curve_ : list of float
        The mean loss of each epoch, in units of the target, without the penalty.
    gradient_norm_ : float
        Length of the gradient of the loss with its penalty where the fit ended, in standardised units.
    n_iter_ : int
        Number of epochs.
    stop_reason_ : str
        Why the fit ended.
    n_outputs_ : int
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Only when the features have names.

    References
    ----------
    Hung-yi Lee, Machine Learning 2021, lecture 1.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_sigmoids": [Interval(Integral, 0, None, closed="left")],
        "activation": [StrOptions(set(ACTIVATIONS))],
        "loss": [StrOptions({"squared_error", "absolute_error", "huber", "quantile"})],
        "quantiles": ["array-like"],
        "huber_delta": [Interval(Real, 0, None, closed="neither")],
        "linear_term": ["boolean"],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "pull_to": [StrOptions({"zero", "start"})],
        "solver": [StrOptions({"auto", "adam"})],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "learning_rate_schedule": [StrOptions(set(SCHEDULES))],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left"), None],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "callback": [callable, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        n_sigmoids: int = 100,
        *,
        activation: str = "sigmoid",
        loss: str = "squared_error",
        quantiles: Sequence[float] = (0.5,),
        huber_delta: float = 1.0,
        linear_term: bool = False,
        alpha: float = 1e-4,
        pull_to: str = "zero",
        solver: str = "auto",
        learning_rate: float = 0.005,
        learning_rate_schedule: str = "cosine",
        batch_size: int = 512,
        max_iter: int | None = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        tol: float = 1e-4,
        warm_start: bool = False,
        random_state: int | np.random.RandomState | None = None,
        callback: Callable[[int, float], None] | None = None,
        verbose: bool = False,
    ) -> None:
        self.n_sigmoids = n_sigmoids
        self.activation = activation
        self.loss = loss
        self.quantiles = quantiles
        self.huber_delta = huber_delta
        self.linear_term = linear_term
        self.alpha = alpha
        self.pull_to = pull_to
        self.solver = solver
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.warm_start = warm_start
        self.random_state = random_state
        self.callback = callback
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        start: SumOfSigmoidsRegressor | None = None,
    ) -> Self:
        """Find the coefficients that make the loss small.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            NaN where a target is not known: it is left out of the loss.
        sample_weight : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
        start : SumOfSigmoidsRegressor, default=None
            A fitted sum to start from, with as many sigmoids, features and outputs. None means a random
            start, or with `warm_start` the last fit.

        Returns
        -------
        self
        """
        rows = self._check_rows(X, y, sample_weight, reset=True)
        if start is None and self.warm_start and hasattr(self, "amplitudes_"):
            start = self
        self._training = Training(self, *rows, None if start is None else start.coefficients_)
        self._training.run()
        self._learned()
        return self

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Go over these rows once with Adam, at a constant learning rate, from where the last call ended.

        Units are those of the first call's rows.
        """
        first_call = not hasattr(self, "_training")
        rows = self._check_rows(X, y, sample_weight, reset=first_call)
        if first_call:
            self._training = Training(self, *rows, None)
        else:
            self._training.continue_with(self, *rows)
        self._training.run_epoch()
        self._learned()
        return self

    def predict(self, X: ArrayLike) -> Floats:
        """The sum of sigmoids at the rows of X.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
            Like y. With several quantiles a last axis is added for them, rising.
        """
        check_is_fitted(self)
        inputs = validate_data(self, X, dtype=(np.float64, np.float32), reset=False)
        outputs = self.coefficients_.outputs(inputs, ACTIVATIONS[self.activation])
        n_quantiles = len(self.quantiles) if self.loss == "quantile" else 1
        if n_quantiles > 1:
            per_quantile = outputs.reshape(len(outputs), n_quantiles, -1)
            outputs = np.sort(per_quantile, axis=1).transpose(0, 2, 1)
            return outputs[:, 0] if self._y_ndim == 1 else outputs
        return outputs.ravel() if self._y_ndim == 1 else outputs

    def components(self, X: ArrayLike) -> Floats:
        """What the prediction is the sum of.

        Returns
        -------
        ndarray of shape (n_samples, n_sigmoids + 2) or (n_samples, n_sigmoids + 2, n_outputs)
            The constant, each sigmoid's contribution cᵢ σ(bᵢ + wᵢ·x), and the linear term's. The last axis is
            there when there are several outputs.
        """
        check_is_fitted(self)
        inputs = validate_data(self, X, dtype=(np.float64, np.float32), reset=False)
        parts = self.coefficients_.components(inputs, ACTIVATIONS[self.activation])
        return parts[:, :, 0] if parts.shape[2] == 1 else parts

    @classmethod
    def from_knots(
        cls,
        x: ArrayLike,
        y: ArrayLike,
        *,
        activation: str = "hard_sigmoid",
        tolerance: float | None = None,
    ) -> Self:
        """The sum that is the piecewise linear curve through knots, and flat beyond the first and the last.

        Parameters
        ----------
        x, y : array-like of shape (n_knots,)
            Knots, x rising.
        activation : {"hard_sigmoid", "relu", "sigmoid"}, default="hard_sigmoid"
            The first two give the curve itself, to rounding; "sigmoid" gives a smooth curve near it.
        tolerance : float, default=None
            With "sigmoid", the largest distance from the curve, in units of y. None means 1 % of y's range.

        Examples
        --------
        >>> SumOfSigmoidsRegressor.from_knots([0, 1, 3], [5, 7, 6]).predict([[-9], [0.5], [2], [9]]).tolist()
        [5.0, 6.0, 6.5, 6.0]
        """
        coefficients = coefficients_through(x, y, activation, tolerance)
        return cls(activation=activation).with_coefficients(coefficients, "built from knots")

    def with_coefficients(self, coefficients: Coefficients, stop_reason: str) -> Self:
        """A fitted estimator with these settings and those coefficients.

        `stop_reason` becomes `stop_reason_`: where the coefficients come from.
        """
        model = clone(self).set_params(n_sigmoids=len(coefficients.offsets))
        model._set_coefficients(coefficients)
        model.n_features_in_ = coefficients.weights.shape[1]
        model._y_ndim = getattr(self, "_y_ndim", 1)
        model.loss_curve_, model.gradient_norm_, model.n_iter_ = [], math.nan, 0
        model.stop_reason_ = stop_reason
        return model  # type: ignore[no-any-return]

    @property
    def coefficients_(self) -> Coefficients:
        """All that was learned, as one value."""
        check_is_fitted(self)
        return Coefficients(
            self.constant_, self.amplitudes_, self.offsets_, self.weights_, self.linear_weights_
        )

    def _check_rows(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, reset: bool
    ) -> tuple[Floats, Floats, Floats | None]:
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but the target y is None."
            )
        inputs: Floats = validate_data(self, X, dtype=(np.float64, np.float32), order="C", reset=reset)
        targets, self._y_ndim = checked_targets(y, inputs)
        return inputs, targets, checked_weights(sample_weight, inputs, targets)

    def _learned(self) -> None:
        training = self._training
        self._set_coefficients(training.coefficients())
        self.loss_curve_ = training.loss_curve
        self.gradient_norm_ = training.gradient_norm
        self.n_iter_ = len(training.loss_curve)
        self.stop_reason_ = training.stop_reason

    def _set_coefficients(self, coefficients: Coefficients) -> None:
        self.constant_ = coefficients.constant
        self.amplitudes_ = coefficients.amplitudes
        self.offsets_ = coefficients.offsets
        self.weights_ = coefficients.weights
        self.linear_weights_ = coefficients.linear_weights
        self.n_outputs_ = len(coefficients.constant)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
