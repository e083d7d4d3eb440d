"""The loss of a sum of sigmoids on rows of data, and its gradient: the arithmetic that solvers share."""

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

    Buffers for `block_size` rows are made once; one `Objective` serves one thread.

    Parameters
    ----------
    shape, activation, loss : what is computed
        The loss in standardised units.
    rows : Rows
        The training data.
    output_weights : ndarray of shape (n_outputs,) or None
        How much each output's loss counts; None when all count 1.
    penalty : Penalty or None
    block_size : int
        How many rows are worked on at once.
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
        """L and the mean loss alone, over all rows; the gradient of L is written into `gradient`."""
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
        """All rows, a buffer's worth at a time."""
        starts = range(0, len(self.rows), self.block_size)
        return [slice(start, min(start + self.block_size, len(self.rows))) for start in starts]

    def units_and_curvature(self, parameters: Parameters, block: slice) -> tuple[Floats, Floats]:
        """What the units give at some rows, and the weighted second derivative of the loss there.

        Both are buffers that the next call overwrites.
        """
        n_rows = self._forward(parameters, block)
        curvature = self.loss.curvature(self._residual[:n_rows])
        self._weigh(curvature)
        return self._units[:n_rows], curvature

    def accumulate(self, parameters: Parameters, selection: Selection, gradient: Parameters) -> float:
        """The sum of weighted losses over the selected rows; its gradient is written into `gradient`."""
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
                # slope · amplitudesᵀ is an outer product, whose second factor can wait for the sum over rows.
                back *= slope
                np.matmul(inputs.T, back, out=gradient.hidden)
                gradient.hidden *= parameters.amplitudes.T
            else:
                back *= np.matmul(slope, parameters.amplitudes.T, out=units)
                np.matmul(inputs.T, back, out=gradient.hidden)
        return total

    def _losses(self, parameters: Parameters, selection: Selection) -> tuple[float, int]:
        """The sum of weighted losses; leaves the inputs, the units and the weighted slopes in the buffers."""
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
        """Load the selected rows and write prediction - target into the residual's buffer."""
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
        """(n_rows, n_outputs) seen as (n_rows, n_quantiles, n_targets)."""
        return outputs.reshape(len(outputs), -1, self._targets.shape[1])


def _length(selection: Selection, n_rows: int) -> int:
    if isinstance(selection, slice):
        return len(range(*selection.indices(n_rows)))
    return len(selection)
