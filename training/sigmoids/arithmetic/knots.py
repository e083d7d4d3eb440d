"""Any piecewise linear curve as a constant plus sigmoids, constructed without training."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .coefficients import Coefficients

Floats = NDArray[np.floating[Any]]


def coefficients_through(
    x: ArrayLike, y: ArrayLike, activation: str, tolerance: float | None = None
) -> Coefficients:
    """Construct the sum that equals the piecewise linear curve through (x, y), constant outside of the knots.

    Parameters
    ----------
    x, y : array-like of shape (n_knots,)
        Coordinates of the knots; x must be strictly increasing.
    activation : {"hard_sigmoid", "relu", "sigmoid"}
        The first two give the exact curve, up to rounding; "sigmoid" gives a smooth curve close to it.
    tolerance : float, default=None
        With "sigmoid", the largest distance from the curve, in units of y. None means 1 % of the range of y.

    Raises
    ------
    ValueError
        When x and y have different shapes, fewer than two knots or infinite values, or x does not increase.
    """
    knots, values = np.asarray(x, float), np.asarray(y, float)
    if knots.ndim != 1 or knots.shape != values.shape or len(knots) < 2:
        raise ValueError(
            f"x and y take two knots at least, in one axis; found {knots.shape} and {values.shape}."
        )
    if not (np.isfinite(knots).all() and np.isfinite(values).all() and (np.diff(knots) > 0).all()):
        raise ValueError("x has to rise from knot to knot, and x and y have to be finite.")
    if activation == "hard_sigmoid":
        amplitudes, weights, offsets = _hard_sigmoids(knots, values)
    elif activation == "relu":
        amplitudes, weights, offsets = _relus(knots, values)
    else:
        span = float(np.ptp(values)) or 1.0
        amplitudes, weights, offsets = _sigmoids(
            knots, values, span / 100 if tolerance is None else tolerance
        )
    return Coefficients(values[:1], amplitudes[:, None], offsets, weights[:, None], np.zeros((1, 1)))


def _hard_sigmoids(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """One hard sigmoid for each piece: constant up to its first knot (z = -2) and from its second (z = 2)."""
    weights = 4.0 / np.diff(x)
    return np.diff(y), weights, -weights * (x[:-1] + x[1:]) / 2


def _relus(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """One kink for each knot; the amplitude is the change of slope there."""
    slopes = np.concatenate([[0.0], np.diff(y) / np.diff(x), [0.0]])
    return np.diff(slopes), np.ones_like(x), -x


def _sigmoids(x: Floats, y: Floats, tolerance: float) -> tuple[Floats, Floats, Floats]:
    """Approximate each piece by a staircase of equal smooth steps.

    With steps no higher than `tolerance`, the stair's midpoint rule is at most half of it from the curve
    smoothed by the logistic density of scale s; that one is at most |slope| · s · E|L| = |slope| · s · 2 ln 2
    from the curve, and s is chosen such that this is the other half.
    """
    heights = np.diff(y)
    steepest = float(np.abs(heights / np.diff(x)).max())
    if not steepest:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    scale = tolerance / (4.0 * math.log(2.0) * steepest)
    counts = np.ceil(np.abs(heights) / tolerance).astype(int)
    centres = [
        left + width * (np.arange(count) + 0.5) / count
        for left, width, count in zip(x[:-1], np.diff(x), counts, strict=True)
        if count
    ]
    positions = np.concatenate(centres)
    moving = counts > 0
    amplitudes = np.repeat(heights[moving] / counts[moving], counts[moving])
    return amplitudes, np.full(len(positions), 1.0 / scale), -positions / scale
