"""How the time of an epoch of Adam grows with rows, sigmoids and features."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import matplotlib.pyplot as plt
import numpy as np

from training.sigmoids import SumOfSigmoidsRegressor

AXES = {
    "rows": (4_000, 8_000, 16_000, 32_000, 64_000),
    "sigmoids": (50, 100, 200, 400, 800),
    "features": (7, 14, 28, 56, 112),
}
STANDARD = {"rows": 8_000, "sigmoids": 100, "features": 56}


def growth(windows: Callable[..., tuple[np.ndarray, np.ndarray]], picture: Path) -> list[str]:
    """Log-log slopes as the lines of a table, and a plot."""
    X, y = windows(max(AXES["rows"]))
    X = np.tile(X, (1, 2))
    lines = ["| what grows | from | to | seconds an epoch | slope, log-log |", "|---|---|---|---|---|"]
    figure, ax = plt.subplots(figsize=(6, 4))
    for what, sizes in AXES.items():
        seconds = []
        for size in sizes:
            n = STANDARD | {what: size}
            seconds.append(_epoch(X[: n["rows"], : n["features"]], y[: n["rows"]], n["sigmoids"]))
        slope = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
        lines.append(
            f"| {what} | {sizes[0]:,} | {sizes[-1]:,} | "
            f"{seconds[0]:.3f}, {seconds[-1]:.3f} | **{slope:.2f}** |"
        )
        print(lines[-1], flush=True)
        ax.loglog(
            np.array(sizes) / sizes[0],
            np.array(seconds) / seconds[0],
            marker="o",
            label=f"{what}: {slope:.2f}",
        )
    ax.plot([1, 16], [1, 16], color="grey", linestyle=":", label="in proportion: 1")
    ax.set_xlabel("times as many")
    ax.set_ylabel("times as long")
    ax.legend(title="slope")
    figure.tight_layout()
    figure.savefig(picture)
    return lines


def _epoch(X: np.ndarray, y: np.ndarray, n_sigmoids: int) -> float:
    X = np.ascontiguousarray(X)

    def seconds(n_epochs: int) -> float:
        start = time.process_time()
        SumOfSigmoidsRegressor(n_sigmoids, solver="adam", max_iter=n_epochs, random_state=0).fit(X, y)
        return time.process_time() - start

    return median((seconds(6) - seconds(1)) / 5 for _ in range(3))
