"""What it takes to read a plain file of many rows: `python -m benchmarks.reading`.

The same file is read by Viewcast, which checks each row and makes series of them, and by pandas and polars,
which make columns; each in a process of its own, one after the other. Processor time, and the most memory
that the process had.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

N_ROWS = 10_000_000
N_DAYS = 1_000
MEGABYTE = 10**6
RESULT = Path(__file__).with_name("results") / "reading.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=N_ROWS, help=f"a multiple of {N_DAYS}")
    parser.add_argument("--out", type=Path, default=RESULT)
    parser.add_argument("--once", choices=READERS, help="read --file, and print seconds and megabytes")
    parser.add_argument("--file", type=Path)
    options = parser.parse_args(arguments)
    if options.once:
        print(*read_once(options.once, options.file))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "views.csv"
        write_rows(file, options.rows)
        size = file.stat().st_size / MEGABYTE
        measured = {name: measure(name, file) for name in READERS}
    ours, _ = measured["Viewcast"]
    lines = [
        f"| {name} | {seconds:.1f} | {seconds / ours:.2f} | {megabytes:,.0f} |"
        for name, (seconds, megabytes) in measured.items()
    ]
    title = f"# Reading many rows\n\n{options.rows:,} rows of `series,date,views`, {size:,.0f} MB.\n\n"
    head = "| read by | seconds of processor time | of Viewcast's | most memory, MB |\n|---|---|---|---|\n"
    text = title + head + "\n".join(lines) + "\n"
    print(text)
    options.out.write_text(text, encoding="utf-8")


def write_rows(file: Path, n_rows: int) -> None:
    """Write series of `N_DAYS` days, one after the other."""
    dates = np.datetime_as_string(np.datetime64("2023-01-01") + np.arange(N_DAYS)).tolist()
    random = np.random.default_rng(0)
    with file.open("w", encoding="utf-8") as stream:
        stream.write("series,date,views\n")
        for number in range(n_rows // N_DAYS):
            counts = random.poisson(1_000, N_DAYS).tolist()
            stream.writelines(
                f"page {number:06},{date},{count}\n" for date, count in zip(dates, counts, strict=True)
            )


def measure(name: str, file: Path) -> tuple[float, float]:
    """Read a file in a new process: seconds of processor time, and the most megabytes that it had."""
    command = [sys.executable, "-m", "benchmarks.reading", "--once", name, "--file", str(file)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, megabytes = map(float, answer.split())
    return seconds, megabytes


def read_once(name: str, file: Path) -> tuple[float, float]:
    """Read a file here, and say what that took: imports count for the memory alone."""
    read = READERS[name]()
    start = time.process_time()
    read(file)
    seconds = time.process_time() - start
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE


def _viewcast() -> Callable[[Path], object]:
    from training.history.files import read_history

    return read_history


def _pandas() -> Callable[[Path], object]:
    import pandas as pd

    return lambda file: pd.read_csv(file, parse_dates=["date"])


def _polars() -> Callable[[Path], object]:
    import polars as pl

    return lambda file: pl.read_csv(file, try_parse_dates=True)


READERS = {"Viewcast": _viewcast, "pandas.read_csv": _pandas, "polars.read_csv": _polars}

if __name__ == "__main__":
    main()
