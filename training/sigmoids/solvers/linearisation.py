"""The linearised sum of sigmoids at some θ: products with its Gauss-Newton matrix, which is never formed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic.objective import Objective
from ..arithmetic.parameters import Parameters

Floats = NDArray[np.floating[Any]]


class Linearisation:
    """The Gauss-Newton matrix Jᵀ H J of an objective at θ, where H is the loss's second derivative.

    A product costs about as much as a gradient (Schraudolph, 2002). The inputs, hidden units and weighted
    curvatures of all rows are kept in memory: n_rows · (n_features + n_sigmoids + n_outputs) numbers.
    """

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        n_rows, dtype = len(objective.rows), objective.rows.X.dtype
        self._units = np.empty((n_rows, objective.shape.n_sigmoids), dtype)
        self._curvature = np.empty((n_rows, objective.shape.n_outputs), dtype)
        self._inputs = np.ones((n_rows, objective.shape.n_features + 1), dtype)
        for block in objective.blocks():
            objective.rows.load_inputs(block, self._inputs[block])
        self._work = np.empty((2, objective.block_size, objective.shape.n_sigmoids), dtype)

    def at(self, parameters: Parameters) -> None:
        """Move to θ."""
        self.parameters = parameters
        for block in self.objective.blocks():
            self._units[block], self._curvature[block] = self.objective.units_and_curvature(parameters, block)

    def product(self, flat: Floats) -> Floats:
        """Multiply the Gauss-Newton matrix of the mean loss and the penalty by `flat`."""
        shape, dtype = self.objective.shape, flat.dtype
        direction, total = Parameters(shape, flat), Parameters.zeros(shape, dtype)
        for block in self.objective.blocks():
            self._add_block(block, direction, total)
        total.flat /= self.objective.total_weight
        if self.objective.penalty is not None:
            total.flat += self.objective.penalty.strength * flat
        return total.flat

    def _add_block(self, block: slice, direction: Parameters, total: Parameters) -> None:
        units, curvature = self._units[block], self._curvature[block]
        n_rows = len(units)
        inputs, (moved, slopes) = self._inputs[block], self._work[:, :n_rows]
        amplitudes, linear_term = self.parameters.amplitudes, self.objective.shape.linear_term
        self.objective.activation.slope(units, slopes)
        np.matmul(inputs, direction.hidden, out=moved)
        moved *= slopes
        change = moved @ amplitudes
        change += units @ direction.amplitudes
        change += inputs @ direction.output if linear_term else direction.output
        change *= curvature
        total.output += inputs.T @ change if linear_term else np.add.reduce(change, axis=0)
        total.amplitudes += units.T @ change
        if change.shape[1] == 1:
            slopes *= change
            total.hidden += (inputs.T @ slopes) * amplitudes.T
        else:
            slopes *= change @ amplitudes.T
            total.hidden += inputs.T @ slopes
