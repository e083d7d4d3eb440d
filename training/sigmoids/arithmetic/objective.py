"""The loss of a sum of sigmoids on rows of data, and its gradient, for all solvers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import Activation
from .losses import Loss
from .parameters import Parameters, Shape
from .rows import Rows, Selection

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Penalty:
    """½ Σ strength (θ - centre)², which pulls θ towards `centre`, or towards zero when it is None."""

    strength: Floats
    centre: Floats | None

    def add_gradient(self, flat: Floats, gradient: Floats) -> float:
        """Add this penalty's gradient at θ = `flat` to `gradient`, and return its value."""
        distance = flat if self.centre is None else flat - self.centre
        pull = distance * self.strength
        gradient += pull
        return 0.5 * float(np.vdot(pull, distance))


class Objective:
    """L(θ): the weighted mean loss over every known target, in standardised units, plus the penalty.

    Buffers for `block_size` rows are allocated once, so an `Objective` must not be shared between threads.

    Parameters
    ----------
    shape, activation, loss : the function and its loss
        The loss in standardised units.
    rows : Rows
        The training data.
    output_weights : ndarray of shape (n_outputs,) or None
        Weight of each output's loss; None when all are 1.
    penalty : Penalty or None
    block_size : int
        Number of rows that are processed at a time.
    """

    def __init__(
        self,
        shape: Shape,
        activation: Activation,
        loss: Loss,
        rows: Rows,
        *,
        output_weights: Floats | None = None,
        penalty: Penalty | None = None,
        block_size: int = 512,
    ) -> None:
        self.shape, self.activation, self.loss, self.rows = shape, activation, loss, rows
        self.output_weights, self.penalty = output_weights, penalty
        self.block_size = min(block_size, len(rows))
        dtype = rows.X.dtype
        n_targets = rows.Y.shape[1]
        n_quantiles = shape.n_outputs // n_targets
        self.total_weight: float = rows.total_weight * n_quantiles
        self._inputs = np.ones((self.block_size, shape.n_features + 1), dtype)
        self._targets = np.empty((self.block_size, n_targets), dtype)
        self._units = np.empty((self.block_size, shape.n_sigmoids), dtype)
        self._unit_slopes = np.empty_like(self._units)
        self._residual = np.empty((self.block_size, shape.n_outputs), dtype)
        self._slope = np.empty_like(self._residual)
        self._linear = np.empty_like(self._residual)

    def value_and_gradient(self, flat: Floats, gradient: Floats) -> tuple[float, float]:
        """Write the gradient of L over all rows into `gradient`; return L and the loss without penalty."""
        parameters = Parameters(self.shape, flat)
        block_gradient = Parameters.zeros(self.shape, flat.dtype)
        gradient[:] = 0.0
        total = 0.0
        for block in self.blocks():
            total += self.accumulate(parameters, block, block_gradient)
            gradient += block_gradient.flat
        gradient /= self.total_weight
        loss = total / self.total_weight
        penalty = self.penalty.add_gradient(flat, gradient) if self.penalty is not None else 0.0
        return loss + penalty, loss

    def mean_loss(self, flat: Floats) -> float:
        """The weighted mean loss over all rows, without the penalty."""
        parameters = Parameters(self.shape, flat)
        total = sum(self._losses(parameters, block)[0] for block in self.blocks())
        return total / self.total_weight

    def blocks(self) -> list[slice]:
        """Split all rows into blocks that fit into the buffers."""
        starts = range(0, len(self.rows), self.block_size)
        return [slice(start, min(start + self.block_size, len(self.rows))) for start in starts]

    def units_and_curvature(self, parameters: Parameters, block: slice) -> tuple[Floats, Floats]:
        """Give the outputs of the hidden units at some rows, and the weighted second derivative of the loss.

        Both are buffers; the next call overwrites them.
        """
        n_rows = self._forward(parameters, block)
        curvature = self.loss.curvature(self._residual[:n_rows])
        self._weigh(curvature)
        return self._units[:n_rows], curvature

    def accumulate(self, parameters: Parameters, selection: Selection, gradient: Parameters) -> float:
        """Sum the weighted losses over the selected rows; the gradient is written into `gradient`."""
        total, n_rows = self._losses(parameters, selection)
        inputs, units, slope = self._inputs[:n_rows], self._units[:n_rows], self._slope[:n_rows]
        if self.shape.linear_term:
            np.matmul(inputs.T, slope, out=gradient.output)
        else:
            np.add.reduce(slope, axis=0, out=gradient.output[0])
        if self.shape.n_sigmoids:
            np.matmul(units.T, slope, out=gradient.amplitudes)
            back = self._unit_slopes[:n_rows]
            self.activation.slope(units, back)
            if self.shape.n_outputs == 1:
                # slope · amplitudesᵀ is an outer product; its second factor can be applied after the sum over
                # rows.
                back *= slope
                np.matmul(inputs.T, back, out=gradient.hidden)
                gradient.hidden *= parameters.amplitudes.T
            else:
                back *= np.matmul(slope, parameters.amplitudes.T, out=units)
                np.matmul(inputs.T, back, out=gradient.hidden)
        return total

    def _losses(self, parameters: Parameters, selection: Selection) -> tuple[float, int]:
        """Sum the weighted losses; inputs, hidden units and weighted slopes stay in the buffers."""
        n_rows = self._forward(parameters, selection)
        residual, slope = self._residual[:n_rows], self._slope[:n_rows]
        self.loss.slope(residual, slope)
        if self._weights is None and self.output_weights is None:
            return self.loss.value(residual, slope, slope), n_rows
        weighted = self._linear[:n_rows]
        np.copyto(weighted, slope)
        self._weigh(weighted)
        total = self.loss.value(residual, slope, weighted)
        self._slope, self._linear = self._linear, self._slope
        return total, n_rows

    def _weigh(self, outputs: Floats) -> None:
        """Multiply by the weights of the outputs and of the rows loaded last."""
        if self.output_weights is not None:
            outputs *= self.output_weights
        if self._weights is not None:
            self._per_target(outputs)[...] *= self._weights[:, None, :]

    def _forward(self, parameters: Parameters, selection: Selection) -> int:
        """Load the selected rows, and write prediction - target into the buffer of residuals."""
        n_rows = _length(selection, len(self.rows))
        inputs, targets, units = self._inputs[:n_rows], self._targets[:n_rows], self._units[:n_rows]
        self._weights = self.rows.load(selection, inputs, targets)
        residual = self._residual[:n_rows]
        np.matmul(inputs, parameters.hidden, out=units)
        self.activation.apply(units)
        np.matmul(units, parameters.amplitudes, out=residual)
        if self.shape.linear_term:
            linear = self._linear[:n_rows]
            np.matmul(inputs, parameters.output, out=linear)
            residual += linear
        else:
            residual += parameters.output[0]
        self._per_target(residual)[...] -= targets[:, None, :]
        return n_rows

    def _per_target(self, outputs: Floats) -> Floats:
        """View (n_rows, n_outputs) as (n_rows, n_quantiles, n_targets)."""
        return outputs.reshape(len(outputs), -1, self._targets.shape[1])


def _length(selection: Selection, n_rows: int) -> int:
    if isinstance(selection, slice):
        return len(range(*selection.indices(n_rows)))
    return len(selection)
