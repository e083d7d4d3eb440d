"""Random starting points of a fit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic.objective import Objective
from ..arithmetic.parameters import Parameters, Shape
from .whitening import Whitening

Floats = NDArray[np.floating[Any]]

PAIR_AMPLITUDE = 10.0
PAIR_SLOPE = 3.0
LARGEST_PENALTY = 0.1  # relative to the loss at the start


def random_start(shape: Shape, random: np.random.RandomState, dtype: np.dtype[Any]) -> Parameters:
    """Draw units spread over standardised inputs, with small amplitudes and no linear term.

    The slopes are scaled by the number of inputs (LeCun et al., Efficient BackProp, 1998, §4.6). They do not
    depend on the rows, so a row with weight k gives the same start as k copies of it.
    """
    parameters = Parameters.zeros(shape, dtype)
    n_inputs, n_sigmoids = max(shape.n_features, 1), max(shape.n_sigmoids, 1)
    parameters.hidden[:-1] = random.standard_normal(parameters.hidden[:-1].shape) / math.sqrt(n_inputs)
    parameters.hidden[-1] = random.standard_normal(shape.n_sigmoids)
    small = 0.1 / math.sqrt(n_sigmoids)
    parameters.amplitudes[:] = random.standard_normal(parameters.amplitudes.shape) * small
    return parameters


def cancelling_start(shape: Shape, random: np.random.RandomState, whitening: Whitening) -> Parameters:
    """Draw sigmoids in cancelling pairs with large amplitudes: f is zero, but changes quickly with θ.

    Around such a start the sum is nearly linear in θ (Chizat, Oyallon and Bach, On lazy training in
    differentiable programming, 2019), as Gauss-Newton steps assume.
    """
    parameters = Parameters.zeros(shape, whitening.matrix.dtype)
    n_pairs = shape.n_sigmoids // 2
    slopes = random.standard_normal((shape.n_features, n_pairs)) * (PAIR_SLOPE / math.sqrt(shape.n_features))
    offsets = random.standard_normal(n_pairs)
    signs = random.choice([-PAIR_AMPLITUDE, PAIR_AMPLITUDE], (n_pairs, shape.n_outputs))
    for half, amplitudes in ((slice(0, n_pairs), signs), (slice(n_pairs, 2 * n_pairs), -signs)):
        parameters.hidden[:-1, half] = whitening.matrix @ slopes
        parameters.hidden[-1, half] = offsets
        parameters.amplitudes[half] = amplitudes
    return parameters


def shrink_to_loss(parameters: Parameters, objective: Objective) -> None:
    """Shrink slopes and amplitudes in place until the penalty is small relative to the loss.

    When the penalty of a cancelling start exceeds what a fit can gain, the first steps jump past every
    minimum except the constant.
    """
    value, loss = objective.value_and_gradient(parameters.flat, np.empty_like(parameters.flat))
    penalty, largest = value - loss, LARGEST_PENALTY * loss
    if penalty > largest:
        shrinkage = math.sqrt(largest / penalty)
        parameters.hidden[:-1] *= shrinkage
        parameters.amplitudes *= shrinkage
