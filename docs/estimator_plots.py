"""Draws the pictures of estimator.md: `python -m docs.estimator_plots`, from the repository's root."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from training.history.synthetic import generate_views
from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.lecture import lecture, plots

PICTURES = Path(__file__).with_name("pictures")


def save(figure: plt.Figure, name: str) -> None:
    figure.tight_layout()
    figure.savefig(PICTURES / f"estimator-{name}.svg", metadata={"Date": None})
    plt.close(figure)


def error_surface() -> None:
    """Yesterday's and today's views of one history, in thousands: the errors of every line."""
    views = generate_views(8, 120, random_state=3)[5] / 1000
    x, y = views[:-1] / views.mean(), views[1:] / views.mean()
    w, b = np.linspace(-0.5, 1.5, 81), np.linspace(-0.5, 1.5, 81)
    path = lecture.gradient_descent_path(
        x, y, start=(-0.3, -0.3), learning_rate=0.04, n_steps=60, loss="squared_error"
    )
    figure, ax = plt.subplots(figsize=(5, 4))
    plots.plot_error_surface(x, y, w, b, loss="squared_error", path=path, ax=ax)
    save(figure, "surface")


def knots() -> None:
    """A piecewise linear curve as a constant and hard sigmoids, and as smooth ones near it."""
    x, y = [0.0, 1.0, 2.5, 4.0], [1.0, 4.0, 2.0, 2.5]
    at = np.linspace(-1, 5, 400)[:, None]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), sharey=True)
    plots.plot_components(SumOfSigmoidsRegressor.from_knots(x, y), at, ax=left)
    left.set_title("hard sigmoids: the curve itself")
    smooth = SumOfSigmoidsRegressor.from_knots(x, y, activation="sigmoid", tolerance=0.5)
    plots.plot_components(smooth, at, ax=right)
    right.plot(x, y, "k.", markersize=9)
    right.set_title("smooth sigmoids: within a tolerance of 0.5")
    save(figure, "knots")


def fits() -> None:
    """More sigmoids, more bends."""
    random = np.random.default_rng(0)
    x = np.sort(random.uniform(-3, 3, 200))
    y = np.sin(2 * x) * np.exp(-0.1 * x**2) + random.normal(0, 0.15, 200)
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.2), sharey=True)
    for ax, n_sigmoids in zip(axes, (0, 2, 6), strict=True):
        model = SumOfSigmoidsRegressor(n_sigmoids, linear_term=n_sigmoids == 0, n_restarts=5, random_state=0)
        model.set_params(tol=1e-3).fit(x[:, None], y)
        ax.plot(x, y, ".", color="grey", markersize=3)
        ax.plot(x, model.predict(x[:, None]), color="tab:red", linewidth=2)
        ax.set_title("a line" if n_sigmoids == 0 else f"{n_sigmoids} sigmoids")
    save(figure, "bends")


def quantiles() -> None:
    """Three quantiles of targets whose spread grows."""
    random = np.random.default_rng(0)
    x = np.sort(random.uniform(0, 4, 600))
    y = np.sin(x) + random.normal(0, 0.05 + 0.15 * x)
    model = SumOfSigmoidsRegressor(20, loss="quantile", quantiles=(0.1, 0.5, 0.9), random_state=0)
    lower, middle, upper = model.fit(x[:, None], y).predict(x[:, None]).T
    figure, ax = plt.subplots(figsize=(5, 3.5))
    ax.plot(x, y, ".", color="grey", markersize=2)
    ax.fill_between(x, lower, upper, color="tab:blue", alpha=0.25, label="10 % to 90 %")
    ax.plot(x, middle, color="tab:red", label="median")
    ax.legend()
    save(figure, "quantiles")


if __name__ == "__main__":
    plt.switch_backend("svg")
    plt.rcParams["svg.hashsalt"] = "estimator"  # the same picture makes the same file
    PICTURES.mkdir(exist_ok=True)
    error_surface()
    knots()
    fits()
    quantiles()
