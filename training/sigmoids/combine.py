"""Combine fitted sums, and add inputs to one, without changing what they predict."""

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
    """Make one sum of sigmoids that equals the weighted average of several.

    A weighted average of sums of sigmoids is a sum of all their sigmoids, with the amplitudes multiplied by
    the shares. An ensemble merged in this way predicts in one pass.

    Parameters
    ----------
    models : sequence of fitted SumOfSigmoidsRegressor
        All with the same activation, features, targets and quantiles.
    shares : array-like of shape (n_models,), default=None
        Weight of each model; the weights need not sum to one. None gives all models the same weight.

    Returns
    -------
    SumOfSigmoidsRegressor
        The fitted sum, with the first model's settings. Quantiles that cross are sorted after averaging.

    Raises
    ------
    ValueError
        When the models differ in activation, features, targets or quantiles, or the shares do not match them.
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
    """Add `n_inputs` features after the existing ones, with weights of zero.

    The prediction does not depend on the new features; a fit that starts from the result can learn them.
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
