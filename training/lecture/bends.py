"""Steps of the lecture about sigmoids: hard and smooth sigmoids, and sums of them fitted to real days."""

from __future__ import annotations

from typing import Any

import numpy as np

from training.history.known_days import Float64
from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.arithmetic.activations import HARD_SIGMOID, SIGMOID

# Number of days to fit a curve to, and numbers of sigmoids to fit.
SHOWN_DAYS = 28
NUMBERS = (0, 1, 2, 3, 5, 8, 13, 21, 34)
# Largest number of iterations: enough for a close fit, and few enough that some fits do not converge, which
# the lecture shows.
PATIENCE = 300
N_KNOTS = 14
LONGEST_CURVE = 150


def sigmoid_step(views: Float64) -> dict[str, Any]:
    """Tabulate both sigmoids, and give a piecewise linear curve through some days as a sum of sigmoids.

    Parameters
    ----------
    views : ndarray of shape (n_days,)
        Views per day; NaN where missing.

    Returns
    -------
    dict
        `z`, `hard` and `smooth`: the table of both sigmoids. `days`: where the curves are evaluated. `sums`:
        for each kind of sigmoid the `curve` (drawn in red), its `constant`, and its `parts` (drawn in blue).
    """
    z = np.linspace(-8.0, 8.0, 321)
    days, known = _recent(views)
    edges = np.linspace(0, days[-1], N_KNOTS)
    knots = [float(known[np.argmin(np.abs(days - edge))]) for edge in edges]
    shown = np.linspace(0, days[-1], 141)
    sums = {}
    for kind, activation in (("hard", "hard_sigmoid"), ("smooth", "sigmoid")):
        # A tolerance of 6 % of the range, so that the chart shows that the curve is smooth.
        tolerance = None if kind == "hard" else max(np.ptp(knots), 1.0) * 0.06
        curve = SumOfSigmoidsRegressor.from_knots(edges, knots, activation=activation, tolerance=tolerance)
        parts = curve.components(shown[:, None])
        sums[kind] = {
            "curve": curve.predict(shown[:, None]).round(2).tolist(),
            "constant": round(float(parts[0, 0]), 2),
            "parts": parts[:, 1:-1].T.round(2).tolist(),
        }
    return {
        "z": z.round(3).tolist(),
        "hard": HARD_SIGMOID(z.copy()).round(5).tolist(),
        "smooth": SIGMOID(z.copy()).round(5).tolist(),
        "days": shown.round(2).tolist(),
        "sums": sums,
    }


def fit_step(views: Float64) -> dict[str, Any]:
    """Fit sums with increasing numbers of sigmoids to the last days.

    Parameters
    ----------
    views : ndarray of shape (n_days,)
        Views per day; NaN where missing.

    Returns
    -------
    dict
        `days` and their `views`; `shown`: where the curves are evaluated; `fits`: for each number of sigmoids
        the `curve`, the loss (`fall`) at some `iterations`, their total number `n_iterations`, the reason why
        the fit `stopped`, and the mean absolute error `mae` in views.
    """
    days, known = _recent(views)
    shown = np.linspace(0, days[-1], 281)
    fits = []
    for n_sigmoids in NUMBERS:
        regressor = SumOfSigmoidsRegressor(
            n_sigmoids,
            linear_term=n_sigmoids == 0,
            solver="lbfgs",
            alpha=1e-6,
            max_iter=PATIENCE,
            random_state=0,
        ).fit(days[:, None], known)
        fall = np.asarray(regressor.loss_curve_ or [0.0])  # days all alike leave nothing to learn
        picked = np.unique(np.geomspace(1, len(fall), LONGEST_CURVE).astype(int) - 1)
        fits.append(
            {
                "n_sigmoids": n_sigmoids,
                "curve": regressor.predict(shown[:, None]).round(2).tolist(),
                "iterations": (picked + 1).tolist(),
                "fall": fall[picked].round(3).tolist(),
                "n_iterations": int(regressor.n_iter_),
                "stopped": regressor.stop_reason_,
                "mae": round(float(np.abs(regressor.predict(days[:, None]) - known).mean()), 2),
            }
        )
    return {"days": days.tolist(), "views": known.tolist(), "shown": shown.round(2).tolist(), "fits": fits}


def _recent(views: Float64) -> tuple[Float64, Float64]:
    """Give the known ones of the last `SHOWN_DAYS` days, counted from the first of them, and their views."""
    recent = views[-SHOWN_DAYS:]
    days = np.flatnonzero(~np.isnan(recent))
    return (days - days[0]).astype(float), recent[days]
