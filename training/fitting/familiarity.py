"""Decide for which windows the sum fitted to a history is used: for windows similar to the history's.

`own_sum` is the sum of sigmoids that was fitted to the user's history. For other windows, the prior is used.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from training.fitting.training_windows import SupervisedWindows, generated_windows
from training.model.forecast_model import ForecastModel
from training.model.own_sum import N_TRAITS, Familiarity, OwnSum
from training.model.quantile_sum import MEDIAN
from training.model.windows import CALENDAR_FEATURES, HORIZON_DAYS, N_FEATURES, Float32, Float64
from training.sigmoids.arithmetic.coefficients import Coefficients

# Quantiles that bound the usual range of an input.
RANGE = (0.005, 0.995)
# Lower bound for the standard deviation of an input, on the scale of a window.
SMALLEST_DEVIATION = 0.05
INVERSE_PENALTY = 0.1
# The error on generated windows may exceed the prior's by the share MOST_EXTRA_ERROR. The first number of
# LENIENCY that keeps to this limit is added to the offset of the logistic regression.
MOST_EXTRA_ERROR = 0.01
LENIENCY = (3.0, 2.0, 1.0, 0.0, -1.0, -2.0, -4.0, -8.0)
MOST_WINDOWS_TOLD_APART = 10_000
# Each generated series gives four windows.
GENERATED_SERIES = 1_500
GENERATED_SEED = 7
# Versions are evaluated on other generated windows: 10,000 of them.
JUDGING_SERIES = 2_500
JUDGING_SEED = 8


@lru_cache(maxsize=1)
def _generated() -> SupervisedWindows:
    return generated_windows(GENERATED_SERIES, np.random.default_rng(GENERATED_SEED))


def error_beside_prior(model: ForecastModel) -> float:
    """Measure a model's error on series that differ from its training history, relative to the prior's.

    Parameters
    ----------
    model : ForecastModel

    Returns
    -------
    float
        Mean absolute error on 10,000 generated windows of every level and kind, divided by that of the prior;
        1 for the prior itself. No model was fitted or calibrated on these windows.
    """
    if model.own_sum is None:
        return 1.0
    windows = generated_windows(JUDGING_SERIES, np.random.default_rng(JUDGING_SEED))
    prior = ForecastModel(model.coefficients, model.widths)
    return mean_absolute_error(model, windows) / mean_absolute_error(prior, windows)


def learn_familiarity(
    windows: SupervisedWindows, coefficients: Coefficients, random_state: int
) -> Familiarity:
    """Fit a logistic regression that separates a history's windows from generated windows.

    Parameters
    ----------
    windows : SupervisedWindows
        The windows of the history.
    coefficients : Coefficients
        The sum fitted to these windows; only inputs with nonzero weights are used.
    random_state : int
        Seed of the sample of at most 10,000 windows.

    Returns
    -------
    Familiarity
        Its threshold assumes that both kinds of windows are equally frequent.
    """
    X = windows.sample(MOST_WINDOWS_TOLD_APART, np.random.default_rng(random_state)).X
    lowest, highest = np.quantile(X, RANGE, axis=0).astype(np.float32)
    sees = np.logical_or(coefficients.weights.any(axis=0), coefficients.linear_weights.any(axis=1))
    sees &= np.arange(N_FEATURES) < CALENDAR_FEATURES.start
    inverse = np.where(sees, 1.0 / np.maximum(X.std(axis=0), SMALLEST_DEVIATION), 0.0).astype(np.float32)
    blank = Familiarity(lowest, highest, inverse, *_as_arrays(np.zeros(N_TRAITS), 0.0))
    of_own, of_generated = (blank.traits(inputs, blank.held(inputs)) for inputs in (X, _generated().X))
    scaler = StandardScaler().fit(np.concatenate([of_own, of_generated]))
    labels = np.repeat([1, 0], [len(of_own), len(of_generated)])
    told_apart = LogisticRegression(C=INVERSE_PENALTY, class_weight="balanced", max_iter=500)
    told_apart.fit(scaler.transform(np.concatenate([of_own, of_generated])), labels)
    slopes = told_apart.coef_[0] / scaler.scale_
    offset = float(told_apart.intercept_[0] - slopes @ scaler.mean_)
    return replace(blank, **dict(zip(("slopes", "offset"), _as_arrays(slopes, offset), strict=True)))


def with_own_sum(
    prior: ForecastModel, coefficients: Coefficients, windows: SupervisedWindows, random_state: int
) -> ForecastModel:
    """Add the sum that was fitted to a history to the prior, with share 1.

    Parameters
    ----------
    prior : ForecastModel
    coefficients : Coefficients
        The sum fitted to the history.
    windows : SupervisedWindows
        The windows that it was fitted on.
    random_state : int
        Seed of the sample of windows for `learn_familiarity`.

    Returns
    -------
    ForecastModel
        For windows similar to the history's, by the most lenient threshold, it uses the fitted sum only.
    """
    familiarity = _moved(learn_familiarity(windows, coefficients, random_state), LENIENCY[0])
    return replace(prior, own_sum=OwnSum(coefficients, np.ones(HORIZON_DAYS, np.float32), familiarity))


def with_shares(model: ForecastModel, shares: NDArray[np.floating]) -> ForecastModel:
    """Set the share of the sum fitted to the history, and a threshold that limits the error elsewhere.

    Parameters
    ----------
    model : ForecastModel
        A model with `own_sum`, as `with_own_sum` returns it.
    shares : ndarray of shape (28,)
        Share of this sum for windows similar to the history's, for each day ahead.

    Returns
    -------
    ForecastModel
        With the most lenient threshold that keeps the error on generated windows within `MOST_EXTRA_ERROR` of
        the prior's; with the strictest threshold if none does.
    """
    assert model.own_sum is not None
    own_sum = replace(model.own_sum, shares=shares.astype(np.float32))
    windows = _generated()
    allowed = (1.0 + MOST_EXTRA_ERROR) * mean_absolute_error(replace(model, own_sum=None), windows)
    for leniency in LENIENCY:
        familiarity = _moved(own_sum.familiarity, leniency - LENIENCY[0])
        tried = replace(model, own_sum=replace(own_sum, familiarity=familiarity))
        if mean_absolute_error(tried, windows) <= allowed:
            break
    return tried


def _moved(familiarity: Familiarity, by: float) -> Familiarity:
    return replace(familiarity, offset=(familiarity.offset + by).astype(np.float32))


def mean_absolute_error(model: ForecastModel, windows: SupervisedWindows) -> float:
    """Compute the mean absolute error of the medians, in units of each window's scale."""
    return float(np.nanmean(np.abs(windows.Y - model.scaled_quantiles(windows.X)[:, MEDIAN])))


def _as_arrays(slopes: Float64, offset: float) -> tuple[Float32, Float32]:
    return slopes.astype(np.float32), np.array([offset], np.float32)
