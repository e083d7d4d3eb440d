"""Records the progress of a fit, and decides when validation stops it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic.objective import Objective

Floats = NDArray[np.floating[Any]]


class Validation:
    """Early stopping: keeps the parameters with the smallest loss on rows that are not trained on.

    Parameters
    ----------
    objective : Objective
        The objective of the validation rows.
    patience : int
        Number of iterations without a relative decrease of `tol` after which to stop.
    tol : float
    """

    def __init__(self, objective: Objective, patience: int, tol: float) -> None:
        self.objective, self.patience, self.tol = objective, patience, tol
        self.best_loss = np.inf
        self.best: Floats | None = None
        self._bar = np.inf
        self._n_waited = 0

    def is_enough(self, flat: Floats) -> bool:
        loss = self.objective.mean_loss(flat)
        if loss < self.best_loss:
            self.best_loss, self.best = loss, flat.copy()
        if loss < self._bar * (1.0 - self.tol):
            self._bar, self._n_waited = loss, 0
        else:
            self._n_waited += 1
        return self._n_waited >= self.patience


class Monitor:
    """Records each iteration of a solver, and tells the solver when to stop.

    Parameters
    ----------
    loss_unit : float
        One unit of the standardised loss, in the user's units.
    callback : callable or None
        Called with (iteration, loss).
    verbose : bool
    validation : Validation or None
    """

    def __init__(
        self,
        loss_unit: float,
        callback: Callable[[int, float], None] | None,
        verbose: bool,
        validation: Validation | None = None,
    ) -> None:
        self.loss_unit, self.callback, self.verbose, self.validation = (
            loss_unit,
            callback,
            verbose,
            validation,
        )
        self.loss_curve: list[float] = []

    def iteration(self, loss: float, flat: Floats) -> bool:
        """Record the mean loss and the parameters of one iteration; return whether to stop."""
        self.loss_curve.append(loss * self.loss_unit)
        if self.verbose:
            print(f"iteration {len(self.loss_curve)}: loss {self.loss_curve[-1]:.6g}")
        if self.callback is not None:
            self.callback(len(self.loss_curve), self.loss_curve[-1])
        return self.validation is not None and self.validation.is_enough(flat)
