"""What it costs to forecast a data set of many files: `python -m benchmarks.scale`.

Generated series are written once as Parquet. `python -m training forecast` forecasts them in one process,
then on a cluster of two workers on this machine. Processor seconds stand beside seconds, because other
programs change the latter. What 10⁸ series would cost is computed from the processor seconds.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
from distributed import LocalCluster
from pyarrow import parquet

from benchmarks.serving.running import lay_out_models
from training.history.series import DAY
from training.history.synthetic import generate_views

RESULT = Path(__file__).with_name("results") / "scale.md"
LAST_DATE = np.datetime64("2026-11-20")
MANY_SERIES = 1e8


@dataclass(frozen=True)
class Run:
    """What one run took; peak memory is that of the process that forecast, or of the larger worker."""

    label: str
    seconds: float
    processor_seconds: float
    peak_bytes: int


def main() -> None:
    """Measure, print the table, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, help="folder of models; if not given, one is trained")
    parser.add_argument("--series", type=int, default=4_000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--core-hour", type=float, default=0.05, help="price of a core for an hour")
    parser.add_argument("--gigabyte-month", type=float, default=0.023, help="price of a stored gigabyte")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        models = lay_out_models(Path(name), chosen.models)
        source, target = Path(name) / "history", Path(name) / "forecasts"
        write_history(source, chosen.series, chosen.days, chosen.files)
        load = os.getloadavg()[0]
        runs = [here(source, target, models)]
        n_output_bytes = size(target)
        runs.append(on_cluster(source, target, models))
        text = report(chosen, load, runs, size(source), n_output_bytes)
    print(text)
    RESULT.write_text(text, encoding="utf-8")


def write_history(folder: Path, n_series: int, n_days: int, n_files: int) -> None:
    """Write generated series, a row a day; the same arguments make the same files."""
    folder.mkdir()
    dates = LAST_DATE - np.arange(n_days)[::-1] * DAY
    for number, members in enumerate(np.array_split(np.arange(n_series), n_files)):
        views = generate_views(len(members), n_days, number)
        names = np.repeat([f"page {member:09}" for member in members], n_days)
        table = pa.table({"series": names, "date": np.tile(dates, len(members)), "views": views.ravel()})
        parquet.write_table(table, folder / f"part-{number:05}.parquet")


def size(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())


def _command(source: Path, target: Path, models: Path, *more: str) -> list[str]:
    shutil.rmtree(target, ignore_errors=True)
    paths = map(str, (source, "--out", target, "--models", models))
    return [sys.executable, "-m", "training", "forecast", *paths, *more]


def here(source: Path, target: Path, models: Path) -> Run:
    """Forecast in one process."""
    begin = time.monotonic()
    process = subprocess.Popen(_command(source, target, models), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    return Run("one process", time.monotonic() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def on_cluster(source: Path, target: Path, models: Path) -> Run:
    """Forecast on two workers, once they are there and have imported what they need."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        workers = [psutil.Process(worker.pid) for worker in cluster.workers.values()]
        command = _command(source, target, models, "--dask-scheduler", cluster.scheduler_address)
        before = [worker.cpu_times() for worker in workers]
        begin = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - begin
        used = [worker.cpu_times() for worker in workers]
        peak = max(int(_high_water(worker.pid)) for worker in workers)
    spent = sum(
        after.user + after.system - early.user - early.system
        for early, after in zip(before, used, strict=True)
    )
    return Run("two Dask workers", seconds, spent, peak)


def _high_water(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def report(
    chosen: argparse.Namespace, load: float, runs: list[Run], n_input_bytes: int, n_output_bytes: int
) -> str:
    """Write the table, and the projection."""
    n_rows = chosen.series * chosen.days
    lines = [
        "| where | seconds | processor seconds | peak memory | rows a second | rows a processor second |",
        "|---|---|---|---|---|---|",
    ]
    for run in runs:
        rates = f"{n_rows / run.seconds:,.0f} | {n_rows / run.processor_seconds:,.0f}"
        used = f"{run.seconds:,.1f} | {run.processor_seconds:,.1f} | {run.peak_bytes / 1e6:,.0f} MB"
        lines.append(f"| {run.label} | {used} | {rates} |")
    times = MANY_SERIES / chosen.series
    core_hours = runs[0].processor_seconds * times / 3600
    gigabytes = (n_input_bytes + n_output_bytes) * times / 1e9
    computing, storage = 30 * core_hours * chosen.core_hour, gigabytes * chosen.gigabyte_month
    return f"""# Forecasting more series than fit in memory

{chosen.series:,} generated series of {chosen.days:,} days in {chosen.files} files.
{os.cpu_count()} cores; load of the machine before {load:.1f}, after {os.getloadavg()[0]:.1f}.

{chr(10).join(lines)}

Two workers were {runs[0].seconds / runs[1].seconds:.2f} times as fast as one process. The files of views take
{n_input_bytes / chosen.series:,.0f} bytes a series, those of forecasts {n_output_bytes / chosen.series:,.0f}.

By the processor seconds of one process, 10⁸ series would take {core_hours:,.0f} core hours a night,
{core_hours / 24:,.1f} days of one core, and {gigabytes:,.0f} GB in store. At {chosen.core_hour:g} a core hour
and {chosen.gigabyte_month:g} a gigabyte and month, that is {computing:,.0f} a month for computing and
{storage:,.0f} for storage.
"""


if __name__ == "__main__":
    main()
