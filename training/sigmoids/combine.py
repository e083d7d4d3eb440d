"""Fitted sums put together and extended: what they compute stays what it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .arithmetic.coefficients import Coefficients

if TYPE_CHECKING:
    from .estimator import SumOfSigmoidsRegressor


def merge(
    models: Sequence[SumOfSigmoidsRegressor], shares: ArrayLike | None = None
) -> SumOfSigmoidsRegressor:
    """One sum of sigmoids that equals the weighted average of several.

    A weighted average of sums of sigmoids is a sum of sigmoids: theirs side by side, with their amplitudes
    multiplied by the shares. So an ensemble predicts in one pass.

    Parameters
    ----------
    models : sequence of fitted SumOfSigmoidsRegressor
        With the same activation, features, targets and quantiles.
    shares : array-like of shape (n_models,), default=None
        What each model counts; they need not sum to one. None means an average of equals.

    Returns
    -------
    SumOfSigmoidsRegressor
        Fitted, with the first model's settings. Where quantiles cross, they are sorted after averaging.

    Raises
    ------
    ValueError
        When the models do not fit together.
    """
    if not models:
        raise ValueError("merge needs one fitted model at least.")
    first = models[0]
    for model in models[1:]:
        for attribute in ("activation", "n_features_in_", "n_outputs_", "loss", "quantiles"):
            ours, theirs = getattr(first, attribute), getattr(model, attribute)
            if tuple(np.atleast_1d(ours)) != tuple(np.atleast_1d(theirs)):
                raise ValueError(f"merge needs models of the same {attribute}; found {ours} and {theirs}.")
    portions = np.full(len(models), 1.0 / len(models)) if shares is None else np.asarray(shares, float)
    if portions.shape != (len(models),):
        raise ValueError(
            f"shares has shape {portions.shape}; it takes a share for each of {len(models)} models."
        )
    merged = Coefficients.average([model.coefficients_ for model in models], portions)
    return first.with_coefficients(merged, f"merged from {len(models)} models")


def add_inputs(model: SumOfSigmoidsRegressor, n_inputs: int) -> SumOfSigmoidsRegressor:
    """The same sum with `n_inputs` more features behind its own, whose weights are zero.

    It predicts as before, whatever the new features are; a fit that starts from it can learn what they tell.
    """
    s = model.coefficients_
    widened = Coefficients(
        s.constant,
        s.amplitudes,
        s.offsets,
        np.pad(s.weights, ((0, 0), (0, n_inputs))),
        np.pad(s.linear_weights, ((0, n_inputs), (0, 0))),
    )
    return model.with_coefficients(widened, f"widened by {n_inputs} features")
