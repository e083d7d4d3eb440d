"""Where a fit starts when nothing is given."""

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
LARGEST_PENALTY = 0.1  # of the loss where the fit starts


def random_start(shape: Shape, random: np.random.RandomState, dtype: np.dtype[Any]) -> Parameters:
    """Units spread over standardised inputs, small amplitudes, no linear term.

    The slopes are scaled by the number of inputs (LeCun et al., Efficient BackProp, 1998, §4.6), and do not
    depend on the rows, so that rows with weight k start as k copies of them would.
    """
    parameters = Parameters.zeros(shape, dtype)
    n_inputs, n_sigmoids = max(shape.n_features, 1), max(shape.n_sigmoids, 1)
    parameters.hidden[:-1] = random.standard_normal(parameters.hidden[:-1].shape) / math.sqrt(n_inputs)
    parameters.hidden[-1] = random.standard_normal(shape.n_sigmoids)
    small = 0.1 / math.sqrt(n_sigmoids)
    parameters.amplitudes[:] = random.standard_normal(parameters.amplitudes.shape) * small
    return parameters


def cancelling_start(shape: Shape, random: np.random.RandomState, whitening: Whitening) -> Parameters:
    """Sigmoids in pairs that cancel, with large amplitudes: f is zero, and moves quickly with θ.

    Around such a start the sum is nearly linear in θ (Chizat, Oyallon and Bach, On lazy training in
    differentiable programming, 2019), which is what Gauss-Newton's steps take it for.
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
    """Make slopes and amplitudes smaller, in place, until the penalty is small beside the loss.

    Where the penalty of a cancelling start is about what a fit can gain, or more, the first steps leap past
    every minimum but the constant.
    """
    value, loss = objective.value_and_gradient(parameters.flat, np.empty_like(parameters.flat))
    penalty, largest = value - loss, LARGEST_PENALTY * loss
    if penalty > largest:
        shrinkage = math.sqrt(largest / penalty)
        parameters.hidden[:-1] *= shrinkage
        parameters.amplitudes *= shrinkage
