"""The scikit-learn estimator of a sum of sigmoids: checks its input, fits, and stores the result."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import _fit_context
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from .checks import checked_targets, checked_weights
from .fitting import Fit
from .prediction import BaseSumOfSigmoids
from .restarts import best_fit
from .settings import PARAMETER_CONSTRAINTS, check_settings
from .solvers.stop_reasons import MAX_ITER

Floats = NDArray[np.floating[Any]]


class SumOfSigmoidsRegressor(BaseSumOfSigmoids):
    """y = b + Σᵢ cᵢ σ(bᵢ + Σⱼ wᵢⱼ xⱼ): one hidden layer of sigmoids, fitted to data.

    With enough sigmoids it approximates any continuous curve; more sigmoids allow more bends. All outputs
    share the sigmoids. Inputs and targets are standardised for training, so the result does not depend on
    their units or offsets; the coefficients are in the units of the data.

    Parameters
    ----------
    n_sigmoids : int, default=100
        Number of sigmoids, in `[0, inf)`; with 0, only the constant and the linear term (if any) remain.
    activation : {"sigmoid", "hard_sigmoid", "relu"}, default="sigmoid"
        σ: the sigmoid 1 / (1 + exp(-z)); the hard sigmoid min(max(½ + z / 4, 0), 1), flat, slope, flat; or
        max(z, 0), two of which make a hard sigmoid.
    loss : {"squared_error", "absolute_error", "huber", "quantile"}, default="squared_error"
        L(θ) is its mean over all rows and targets: e², |e|, e²/2 up to `huber_delta` and linear beyond, or
        the pinball loss of `quantiles`. Targets in larger units have larger errors, so they count for more.
    quantiles : sequence of float in (0, 1), default=(0.5,)
        With `loss="quantile"`, the quantiles to estimate. There is one output for each quantile and target;
        `predict` returns them sorted, so they never cross.
    huber_delta : float, default=1.0
        With `loss="huber"`, the error above which the loss grows linearly, in units of the target.
    linear_term : bool, default=False
        Whether to add a linear term v·x.
    alpha : float, default=1e-4
        Strength of the penalty alpha / n_samples · (Σc² + Σw² + Σv²), in standardised units. With squared
        error this is the alpha of `Ridge`, which is weighed against the sum of squared errors.
    pull_to : {"zero", "start"}, default="zero"
        What the penalty pulls the coefficients to: zero, or the coefficients that the fit started from (see
        `fit` and `warm_start`). With "start", the constant and the bᵢ are included.
    solver : {"auto", "adam", "lbfgs", "gauss_newton", "gd"}, default="auto"
        "adam": Adam on minibatches, for any loss and any number of rows.
        "lbfgs": L-BFGS on all rows at once; for squared and Huber errors.
        "gauss_newton": Gauss-Newton on all rows at once, for squared and Huber errors; the fastest when
        there are more unknowns than targets. It starts from pairs of sigmoids that cancel.
        "gd": gradient descent with a fixed step, as in the lecture.
        "auto": "lbfgs" for a smooth loss, fewer unknowns than targets and a small problem; else "adam".
    learning_rate : float or None, default=None
        Step size of "gd", and of the first steps of "adam". None means 0.01 for "adam" and 0.1 for "gd".
    learning_rate_schedule : {"cosine", "linear", "constant"}, default="cosine"
        How Adam's steps shrink: to zero at `max_iter`, or not at all with "constant".
    batch_size : int, default=512
        Number of rows in a minibatch of Adam.
    max_iter : int or None, default=None
        Epochs of "adam", iterations of the others. None means about 10,000 steps of "adam", in 10 to 2,000
        epochs; 10,000 iterations of "gd", 1,000 of "lbfgs", 100 of "gauss_newton".
    tol : float, default=1e-4
        A fit stops when the gradient, in standardised units, is shorter than this; not for "adam". With
        `early_stopping`, the relative decrease of the validation loss that counts as progress.
    early_stopping : bool, default=False
        Hold `validation_fraction` of the rows out, and stop when the loss on them has not decreased by `tol`
        for `n_iter_no_change` iterations; the coefficients with the smallest validation loss are kept.
    validation_fraction : float, default=0.1
    n_iter_no_change : int, default=10
    n_restarts : int, default=1
        Number of random starts. The best fit is kept: by the loss with its penalty or, with `early_stopping`,
        by the validation loss.
    n_jobs : int or None, default=None
        Number of restarts that run in parallel, as in joblib.
    warm_start : bool, default=False
        Start from the last fit's coefficients.
    random_state : int, RandomState instance or None, default=None
        Seed of the random start, the minibatches and the validation rows.
    callback : callable or None, default=None
        Called as `callback(iteration, loss)` after each iteration or epoch.
    verbose : bool, default=False
        Whether to print the loss after each iteration or epoch.

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
        The mean loss of each iteration or epoch, in units of the target, without the penalty.
    gradient_norm_ : float
        Length of the gradient of the penalised loss at the end of the fit, in standardised units.
    n_iter_ : int
        Number of iterations or epochs.
    stop_reason_ : str
        Why the fit ended.
    n_outputs_ : int
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Only when the features have names.

    References
    ----------
    Hung-yi Lee, Machine Learning 2021, lecture 1.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.linspace(-3, 3, 200)[:, None]
    >>> y = np.sin(X[:, 0])
    >>> model = SumOfSigmoidsRegressor(10, solver="lbfgs", tol=1e-3, random_state=0).fit(X, y)
    >>> round(model.score(X, y), 3)
    1.0
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = PARAMETER_CONSTRAINTS

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
        learning_rate: float | None = None,
        learning_rate_schedule: str = "cosine",
        batch_size: int = 512,
        max_iter: int | None = None,
        tol: float = 1e-4,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        n_restarts: int = 1,
        n_jobs: int | None = None,
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
        self.tol = tol
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.n_restarts = n_restarts
        self.n_jobs = n_jobs
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
        """Fit the coefficients to data.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            NaN marks an unknown target, which does not enter the loss.
        sample_weight : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
        start : SumOfSigmoidsRegressor, default=None
            A fitted sum to start from, with the same numbers of sigmoids, features and outputs. None means a
            random start or, with `warm_start`, the last fit.

        Returns
        -------
        self
        """
        rows = self._check_rows(X, y, sample_weight, reset=True)
        if start is None and self.warm_start and hasattr(self, "amplitudes_"):
            start = self
        self._last_fit = best_fit(self, *rows, None if start is None else start.coefficients_)
        self._learned()
        if self.stop_reason_ == MAX_ITER:
            warnings.warn(
                f"The gradient has not vanished after {self.n_iter_} iterations (its length is "
                f"{self.gradient_norm_:.2g}, tol is {self.tol:g}). Raise max_iter or tol, or take "
                "another solver.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Run one epoch of Adam on these rows, at a constant learning rate, from where the last call ended.

        Standardised units are those of the first call's rows.
        """
        first_call = not hasattr(self, "n_features_in_")
        rows = self._check_rows(X, y, sample_weight, reset=first_call)
        if hasattr(self, "_last_fit"):
            self._last_fit.continue_with(self, *rows)
        else:
            start = None if first_call else self.coefficients_
            self._last_fit = Fit(self, *rows, start, check_random_state(self.random_state))
        self._last_fit.run_epoch()
        self._learned()
        return self

    def _check_rows(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, reset: bool
    ) -> tuple[Floats, Floats, Floats | None]:
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but the target y is None."
            )
        check_settings(self)
        with np.errstate(over="ignore", invalid="ignore"):  # scikit-learn's check sums all entries of X
            dtype = (np.float64, np.float32) if reset else self.weights_.dtype
            inputs: Floats = validate_data(self, X, dtype=dtype, order="C", reset=reset)
        targets, self._y_ndim = checked_targets(y, inputs)
        return inputs, targets, checked_weights(sample_weight, inputs, targets)

    def _learned(self) -> None:
        fit = self._last_fit
        fit.forget_rows()
        self._set_coefficients(fit.coefficients())
        self._n_targets = fit.n_targets
        self.loss_curve_ = list(fit.monitor.loss_curve)
        self.gradient_norm_ = fit.gradient_norm
        self.n_iter_ = len(self.loss_curve_)
        self.stop_reason_ = fit.stop_reason

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
