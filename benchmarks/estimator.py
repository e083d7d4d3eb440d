"""What the estimator costs beside scikit-learn's perceptron and PyTorch doing the same work.

    .venv/estimator/bin/python -m benchmarks.estimator

One thread each; times are of the processor, so that other work on the machine does not count; medians of
several runs that take turns. Writes benchmarks/results/estimator.md and estimator.svg.
"""

from __future__ import annotations

import os

os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import platform
import time
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import sklearn
import torch
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from threadpoolctl import threadpool_info

from benchmarks.estimator_growth import growth
from training.history.synthetic import generate_views
from training.sigmoids import SumOfSigmoidsRegressor

Floats = NDArray[np.float32]
RESULTS = Path(__file__).with_name("results")
N_DAYS, N_SIGMOIDS = 56, 100

# The fewest iterations are taken that reach the perceptron's loss.
OURS: dict[int, dict[str, Any]] = {
    2_000: {"solver": "gauss_newton"},
    20_000: {"solver": "adam", "batch_size": 200, "learning_rate": 0.02},
    200_000: {"solver": "adam", "batch_size": 512, "learning_rate": 0.01},
}
ITERATIONS = {
    2_000: (1, 2, 3),
    20_000: (8, 12, 16, 20, 28, 32, 36, 40, 48),
    200_000: (12, 16, 24, 32, 40, 48, 56, 64),
}


def windows(n_rows: int, seed: int = 0) -> tuple[Floats, Floats]:
    """Windows of 56 days of generated histories, in logs, centred and scaled, and the day after each."""
    n_series = max(n_rows // 200, 20)
    views = np.log1p(generate_views(n_series, N_DAYS + 1 + n_rows // n_series + 1, seed))
    random = np.random.default_rng(seed)
    all_windows = np.lib.stride_tricks.sliding_window_view(views, N_DAYS + 1, axis=1)
    rows = all_windows.reshape(-1, N_DAYS + 1)
    rows = rows[random.permutation(len(rows))[:n_rows]]
    centre = np.median(rows[:, :-1], axis=1, keepdims=True)
    spread = np.maximum(np.abs(rows[:, :-1] - centre).mean(axis=1, keepdims=True), 0.03)
    scaled = np.clip((rows - centre) / spread, -8, 8).astype(np.float32)
    return np.ascontiguousarray(scaled[:, :-1]), scaled[:, -1].copy()


def processor_time(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def in_turns(*works: Callable[[], object], repeats: int) -> list[float]:
    """The median time of each, run in turns."""
    times = [[processor_time(work) for work in works] for _ in range(repeats)]
    return [median(column) for column in zip(*times, strict=True)]


def peak_memory(work: Callable[[], object]) -> float:
    """MiB that were allocated at the most, above what there was before."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def perceptron(solver: str, **settings: object) -> MLPRegressor:
    return MLPRegressor(
        hidden_layer_sizes=(N_SIGMOIDS,), activation="logistic", solver=solver, random_state=0, **settings
    )


def mean_squared_error(model: MLPRegressor | SumOfSigmoidsRegressor, X: Floats, y: Floats) -> float:
    return float(np.mean((model.predict(X) - y) ** 2, dtype=np.float64))


def to_the_same_loss() -> list[str]:
    """Section: time and memory to the training loss that the perceptron, as it comes, ends at."""
    lines = [
        "| rows | perceptron | loss | seconds | ours | loss | seconds | times faster | MiB: theirs, ours |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for n_rows in OURS:
        X, y = windows(n_rows)
        for solver in ("adam", "lbfgs"):
            lines.append(_to_the_loss_of(solver, X, y, repeats=3 if n_rows < 100_000 else 1))
            print(lines[-1], flush=True)
    return lines


def _to_the_loss_of(solver: str, X: Floats, y: Floats, repeats: int) -> str:
    theirs = perceptron(solver)
    (slow,) = in_turns(lambda: theirs.fit(X, y), repeats=repeats)
    their_loss = mean_squared_error(theirs, X, y)
    ours, our_loss = _cheapest(X, y, their_loss)
    (fast,) = in_turns(lambda: ours.fit(X, y), repeats=max(repeats, 3))
    brief = {"max_iter": 1} if solver == "adam" else {"max_iter": 12}  # more of them need no more memory
    memory = peak_memory(lambda: perceptron(solver, **brief).fit(X, y)), peak_memory(lambda: ours.fit(X, y))
    return (
        f"| {len(X):,} | {solver}, {theirs.n_iter_} iterations | {their_loss:.4f} | {slow:.2f} | "
        f"{ours.solver}, {ours.n_iter_} iterations | {our_loss:.4f} | {fast:.3f} | **{slow / fast:.1f}** | "
        f"{memory[0]:.1f}, {memory[1]:.1f} |"
    )


def _cheapest(X: Floats, y: Floats, loss: float) -> tuple[SumOfSigmoidsRegressor, float]:
    """The fitted sum that comes down to `loss` in the fewest iterations, and where it ended."""
    candidates = [OURS[len(X)] | {"max_iter": n} for n in ITERATIONS[len(X)]]
    for candidate in candidates:
        ours = SumOfSigmoidsRegressor(N_SIGMOIDS, random_state=0, **candidate).fit(X, y)
        our_loss = mean_squared_error(ours, X, y)
        if our_loss <= loss:
            return ours, our_loss
    return ours, our_loss  # not reached: the table shows by how much


def torch_epochs(
    X: Floats, Y: Floats, n_sigmoids: int, batch_size: int, fused: bool
) -> Callable[[int], None]:
    """PyTorch's usual loop over the same network, as a function of the number of epochs."""
    inputs, targets = torch.from_numpy(X), torch.from_numpy(Y)

    def run(n_epochs: int) -> None:
        network = torch.nn.Sequential(
            torch.nn.Linear(X.shape[1], n_sigmoids),
            torch.nn.Sigmoid(),
            torch.nn.Linear(n_sigmoids, Y.shape[1]),
        )
        optimiser = torch.optim.Adam(network.parameters(), lr=0.01, fused=fused)
        loss_of = torch.nn.MSELoss()
        for _ in range(n_epochs):
            order = torch.randperm(len(X))
            for start in range(0, len(X), batch_size):
                batch = order[start : start + batch_size]
                optimiser.zero_grad()
                loss_of(network(inputs[batch]), targets[batch]).backward()
                optimiser.step()

    return run


def our_epochs(X: Floats, Y: Floats, n_sigmoids: int, batch_size: int) -> Callable[[int], None]:
    def run(n_epochs: int) -> None:
        SumOfSigmoidsRegressor(
            n_sigmoids, solver="adam", batch_size=batch_size, max_iter=n_epochs, alpha=0, random_state=0
        ).fit(X, Y)

    return run


def sgemm_seconds(n_inputs: int, n_sigmoids: int, n_outputs: int, batch_size: int) -> float:
    """The matrix products of one minibatch, alone."""
    random = np.random.default_rng(0)

    def matrix(*shape: int) -> Floats:
        return random.standard_normal(shape, dtype=np.float32)

    X, W, C = (
        matrix(batch_size, n_inputs + 1),
        matrix(n_inputs + 1, n_sigmoids),
        matrix(n_sigmoids, n_outputs),
    )
    units, outputs = matrix(batch_size, n_sigmoids), matrix(batch_size, n_outputs)
    spent, W_slope, C_slope = np.empty_like(units), np.empty_like(W), np.empty_like(C)

    def products() -> None:
        for _ in range(50):
            np.matmul(X, W, out=units)
            np.matmul(units, C, out=outputs)
            np.matmul(units.T, outputs, out=C_slope)
            if n_outputs > 1:
                np.matmul(outputs, C.T, out=spent)
            np.matmul(X.T, units, out=W_slope)

    return in_turns(products, repeats=9)[0] / 50


def a_sample_seen(repeats: int) -> list[str]:
    """Section: seconds a sample and epoch of Adam, beside PyTorch and beside the matrix products alone."""
    lines = [
        "| sigmoids | outputs | batch | ours, µs | PyTorch, µs | times faster | sgemm, µs | sgemm / ours |",
        "|---|---|---|---|---|---|---|---|",
    ]
    n_rows = 20_000
    X, y = windows(n_rows)
    few, many = 2, 8
    for n_sigmoids, n_outputs, batch_size in ((100, 1, 200), (100, 1, 512), (100, 1, 1024), (256, 140, 512)):
        Y = np.repeat(y[:, None], n_outputs, axis=1)
        runs = [
            our_epochs(X, Y, n_sigmoids, batch_size),
            torch_epochs(X, Y, n_sigmoids, batch_size, fused=False),
            torch_epochs(X, Y, n_sigmoids, batch_size, fused=True),
        ]
        works = [lambda run=run, n=n: run(n) for run in runs for n in (few, many)]
        times = in_turns(*works, repeats=repeats)
        seconds = [(times[i + 1] - times[i]) / (many - few) / n_rows for i in (0, 2, 4)]
        ours, theirs = seconds[0], min(seconds[1:])
        products = sgemm_seconds(N_DAYS, n_sigmoids, n_outputs, batch_size) / batch_size
        lines.append(
            f"| {n_sigmoids} | {n_outputs} | {batch_size} | {ours * 1e6:.3f} | {theirs * 1e6:.3f} | "
            f"**{theirs / ours:.1f}** | {products * 1e6:.3f} | **{products / ours:.2f}** |"
        )
        print(lines[-1], flush=True)
    return lines


def prediction() -> list[str]:
    """Section: one row, and 100,000."""
    lines = ["| type | rows | perceptron | ours | times faster |", "|---|---|---|---|---|"]
    for dtype in (np.float32, np.float64):
        X, y = (array.astype(dtype) for array in windows(2_000))
        theirs = perceptron("adam", max_iter=2).fit(X, y)
        ours = SumOfSigmoidsRegressor(N_SIGMOIDS, solver="adam", max_iter=2).fit(X, y)
        for rows, n_calls, repeats in ((X[:1].copy(), 100, 200), (np.tile(X, (50, 1)), 1, 9)):
            works = [
                lambda model=model, rows=rows, n=n_calls: [model.predict(rows) for _ in range(n)]
                for model in (theirs, ours)
            ]
            slow, fast = (seconds / n_calls for seconds in in_turns(*works, repeats=repeats))
            lines.append(
                f"| {np.dtype(dtype).name} | {len(rows):,} | {slow * 1e6:,.1f} µs | {fast * 1e6:,.1f} µs | "
                f"**{slow / fast:.1f}** |"
            )
            print(lines[-1], flush=True)
    return lines


def machine() -> str:
    kernels = sorted({f"{p['internal_api']} {p.get('architecture', '')}".strip() for p in threadpool_info()})
    versions = f"numpy {np.__version__}, scikit-learn {sklearn.__version__}, torch {torch.__version__}"
    return f"{platform.machine()}, {os.cpu_count()} cores, one thread used; {', '.join(kernels)}; {versions}"


def main() -> None:
    warnings.simplefilter("ignore", ConvergenceWarning)
    torch.set_num_threads(1)
    sections = {
        "To the same training loss as `MLPRegressor`, squared error, 100 sigmoids": to_the_same_loss(),
        "A sample seen: Adam beside PyTorch, and beside the matrix products alone": a_sample_seen(5),
        "`predict`": prediction(),
        "How the time of an epoch grows": growth(windows, RESULTS / "estimator.svg"),
    }
    parts = [f"## {title}\n\n" + "\n".join(lines) for title, lines in sections.items()]
    text = "# What the estimator costs\n\n" + "\n\n".join(parts) + f"\n\nMeasured on {machine()}.\n"
    (RESULTS / "estimator.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
