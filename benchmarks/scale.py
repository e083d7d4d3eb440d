"""What it costs to train on a data set of many files and to forecast it: `python -m benchmarks.scale`.

Generated series are written once as Parquet. `python -m training` trains on them and forecasts them in one
process, then on a cluster of two workers on this machine; with `--peers`, others forecast fewer series.
Processor seconds stand beside seconds, because other programs change the latter. What 10⁸ series would cost
is computed from the processor seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
from distributed import Client
from numpy.typing import NDArray
from pyarrow import parquet
from rich.progress import track

from benchmarks.serving.running import lay_out_models
from training.history.series import DAY
from training.history.synthetic import generate_views

RESULT = Path(__file__).with_name("results") / "scale.md"
PEERS = {
    "statsforecast, Theta": "theta",
    "mlforecast, LightGBM": "lightgbm",
    "statsforecast, AutoETS": "ets",
}
LAST_DATE = np.datetime64("2026-11-20")
MANY_SERIES = 1e8


@dataclass(frozen=True)
class Usage:
    """What a command and its workers used; peak memory is that of the largest of these processes."""

    seconds: float
    processor_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Run:
    """What was done with the same files in one process and on two workers."""

    label: str
    n_rows: int
    one_process: Usage
    two_workers: Usage


def main() -> None:
    """Measure, print the tables, and keep them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, help="folder of models; if not given, one is trained")
    parser.add_argument("--series", type=int, default=4_000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--history", type=Path, help="folder that keeps the generated files for another run")
    parser.add_argument("--peers", type=Path, help="Python with benchmarks/requirements-scale.txt")
    parser.add_argument("--peer-series", type=int, default=200, help="series for the peers, in four files")
    parser.add_argument("--core-hour", type=float, default=0.05, help="price of a core for an hour")
    parser.add_argument("--gigabyte-month", type=float, default=0.023, help="price of a stored gigabyte")
    chosen = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = lay_out_models(folder, chosen.models)
        source = chosen.history or folder / "history"
        target, trained = folder / "forecasts", folder / "trained"
        n_rows = chosen.series * chosen.days
        if not source.exists():
            write_history(source, chosen.series, chosen.days, chosen.files)
        elif sum(parquet.read_metadata(path).num_rows for path in source.iterdir()) != n_rows:
            parser.error(f"{source} has files of another --series or --days")
        command = [sys.executable, "-m", "training", "forecast", *_paths(source, target)]
        runs = [measure("Viewcast", [*command, "--models", str(models)], target, n_rows)]
        n_bytes = size(source), size(target)
        command = [sys.executable, "-m", "training", "fit", str(source), "--models", str(trained)]
        runs.append(measure("Viewcast, training", command, trained, n_rows))
        if chosen.peers is not None:
            few = folder / "few"
            write_history(few, chosen.peer_series, chosen.days, 4)
            script = str(Path(__file__).with_name("scale_peers.py"))
            for label, method in PEERS.items():
                command = [str(chosen.peers), script, method, *_paths(few, target)]
                runs.append(measure(label, command, target, chosen.peer_series * chosen.days))
        text = report(chosen, load, runs, *n_bytes)
    print(text)
    RESULT.write_text(text, encoding="utf-8")


def write_history(folder: Path, n_series: int, n_days: int, n_files: int) -> None:
    """Write generated series, a row a day; the same arguments make the same files."""
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    parts = [
        (partial / f"part-{number:05}.parquet", members, n_days, number)
        for number, members in enumerate(np.array_split(np.arange(n_series), n_files))
    ]
    # In other processes: the memory of this one would be counted as that of the processes it starts.
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        for _ in track(pool.imap_unordered(_write_file, parts), "writing the history", n_files):
            pass
    partial.rename(folder)


def _write_file(part: tuple[Path, NDArray[np.int64], int, int]) -> None:
    path, members, n_days, seed = part
    names = pa.array([f"page {member:09}" for member in members])
    days = LAST_DATE - np.arange(n_days)[::-1] * DAY
    table = pa.table(
        {
            "series": names.take(pa.array(np.repeat(np.arange(len(members)), n_days))),
            "date": np.tile(days, len(members)),
            "views": generate_views(len(members), n_days, seed).ravel(),
        }
    )
    parquet.write_table(table, path)


def size(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())


def measure(label: str, command: list[str], target: Path, n_rows: int) -> Run:
    """Run a command that writes to a folder in one process, and on two workers."""
    one_process = here(command, target)
    return Run(label, n_rows, one_process, on_cluster(command, target))


def here(command: list[str], target: Path) -> Usage:
    """Run a command that writes to a folder, which is removed before."""
    shutil.rmtree(target, ignore_errors=True)
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    return Usage(time.monotonic() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def on_cluster(command: list[str], target: Path) -> Usage:
    """Run a command on two workers with the Python of the command, after they have started."""
    with _cluster(command[0]) as (address, workers):
        before = [worker.cpu_times() for worker in workers]
        client = here([*command, "--dask-scheduler", address], target)
        used = [worker.cpu_times() for worker in workers]
        peak = max(client.peak_bytes, *(_high_water(worker.pid) for worker in workers))
    spent = sum(
        after.user + after.system - early.user - early.system
        for early, after in zip(before, used, strict=True)
    )
    return Usage(client.seconds, client.processor_seconds + spent, peak)


def _paths(source: Path, target: Path) -> list[str]:
    return [str(source), "--out", str(target)]


@contextmanager
def _cluster(python: str) -> Iterator[tuple[str, list[psutil.Process]]]:
    """Run a scheduler and two workers of one thread; give its address, and the workers."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        common = ["--scheduler-file", str(file), "--no-dashboard"]
        worker = [*common, "--nthreads", "1", "--no-nanny", "--local-directory", folder]
        roles = [("scheduler", [*common, "--port", "0"]), ("worker", worker), ("worker", worker)]
        processes = [
            subprocess.Popen(
                [python, "-m", f"distributed.cli.dask_{role}", *options], stderr=subprocess.DEVNULL
            )
            for role, options in roles
        ]
        try:
            with Client(scheduler_file=str(file)) as client:  # type: ignore[no-untyped-call]
                client.wait_for_workers(2)
            address = json.loads(file.read_text(encoding="utf-8"))["address"]
            yield address, [psutil.Process(process.pid) for process in processes[1:]]
        finally:
            for process in processes:
                process.kill()
                process.wait()


def _high_water(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def report(
    chosen: argparse.Namespace, load: float, runs: list[Run], n_input_bytes: int, n_output_bytes: int
) -> str:
    """Write the table, and the projection."""
    rows = "\n".join(
        _row(run, where, usage)
        for run in runs
        for where, usage in (("one process", run.one_process), ("two workers", run.two_workers))
    )
    viewcast = runs[0].one_process
    speed_up = viewcast.seconds / runs[0].two_workers.seconds
    times = MANY_SERIES / chosen.series
    core_hours = viewcast.processor_seconds * times / 3600
    gigabytes = (n_input_bytes + n_output_bytes) * times / 1e9
    computing, storage = 30 * core_hours * chosen.core_hour, gigabytes * chosen.gigabyte_month
    return f"""# More series than fit in memory

{chosen.series:,} generated series of {chosen.days:,} days in {chosen.files} files; for others than Viewcast,
{chosen.peer_series:,} series in 4 files. {os.cpu_count()} cores; load of the machine before {load:.1f}, after
{os.getloadavg()[0]:.1f}.

| method | where | seconds | processor seconds | peak memory | rows a second | rows a processor second |
|---|---|---|---|---|---|---|
{rows}

Two workers forecast {speed_up:.2f} times as fast as one process. The files of views take
{n_input_bytes / chosen.series:,.0f} bytes a series, those of forecasts {n_output_bytes / chosen.series:,.0f}.

By the processor seconds of one process, 10⁸ series would take {core_hours:,.0f} core hours a night,
{core_hours / 24:,.1f} days of one core, and {gigabytes:,.0f} GB in store. At {chosen.core_hour:g} a core hour
and {chosen.gigabyte_month:g} a gigabyte and month, that is {computing:,.0f} a month for computing and
{storage:,.0f} for storage.
"""


def _row(run: Run, where: str, usage: Usage) -> str:
    used = f"{usage.seconds:,.1f} | {usage.processor_seconds:,.1f} | {usage.peak_bytes / 1e6:,.0f} MB"
    rates = f"{run.n_rows / usage.seconds:,.0f} | {run.n_rows / usage.processor_seconds:,.0f}"
    return f"| {run.label} | {where} | {used} | {rates} |"


if __name__ == "__main__":
    main()
