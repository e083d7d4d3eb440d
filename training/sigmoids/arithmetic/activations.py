"""Activations of the hidden layer, in a form that is fast to train.

Each activation is written a(z) = outer · u(inner · z) + shift, where u is centred on zero with slope 1 there.
The sigmoid is a scaled tanh, σ(z) = ½ tanh(z / 2) + ½; numpy's tanh is the fastest exact way to compute it.
Training works on u; the fitted attributes are those of a.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Activation:
    """One activation, as functions that work in place.

    Attributes
    ----------
    inner, outer, shift : float
        a(z) = outer · u(inner · z) + shift.
    always_on : float
        A value p with u(p) = 1, exactly.
    apply : callable
        Replaces p by u(p).
    slope : callable
        `slope(u, out)` writes du/dp, computed from u(p), into `out`.
    """

    name: str
    inner: float
    outer: float
    shift: float
    always_on: float
    apply: Callable[[Floats], None]
    slope: Callable[[Floats, Floats], None]

    def __call__(self, z: Floats) -> Floats:
        """Replace z by a(z), in place, and return it."""
        if self.inner != 1.0:
            z *= self.inner
        self.apply(z)
        if self.outer != 1.0:
            z *= self.outer
        if self.shift:
            z += self.shift
        return z


def _tanh(p: Floats) -> None:
    np.tanh(p, p)


def _tanh_slope(u: Floats, out: Floats) -> None:
    np.multiply(u, u, out=out)
    np.subtract(1.0, out, out=out)


def _clip(p: Floats) -> None:
    np.clip(p, -1.0, 1.0, out=p)


def _clip_slope(u: Floats, out: Floats) -> None:
    np.abs(u, out=out)
    np.less(out, 1.0, out=out, casting="unsafe")


def _rectify(p: Floats) -> None:
    np.maximum(p, 0.0, out=p)


def _rectify_slope(u: Floats, out: Floats) -> None:
    np.greater(u, 0.0, out=out, casting="unsafe")


SIGMOID = Activation("sigmoid", 0.5, 0.5, 0.5, 20.0, _tanh, _tanh_slope)
# Flat, slope, flat: 0 up to z = -2, 1 from z = 2, and the sigmoid's own tangent, ½ + z / 4, between them.
HARD_SIGMOID = Activation("hard_sigmoid", 0.5, 0.5, 0.5, 1.0, _clip, _clip_slope)
RELU = Activation("relu", 1.0, 1.0, 0.0, 1.0, _rectify, _rectify_slope)

ACTIVATIONS = {activation.name: activation for activation in (SIGMOID, HARD_SIGMOID, RELU)}
