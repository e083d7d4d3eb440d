"""Runs kept on disk by what they were made from: method, settings, origins and every view that was seen."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.accuracy.methods import Method, Run
from benchmarks.accuracy.splits import Split


class ForecastCache:
    """A folder of runs, one file each. A file is whole or absent, so an interrupted benchmark resumes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, method: Method, part: Split, compute: Callable[[Method, Split], Run]) -> Run:
        """The kept run of `method` on `part`, or a new one from `compute`, kept from now on."""
        path = self.folder / _folder_name(method.name) / f"{_key(method, part)}.npz"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, compute(method, part))
        return _read(path)


def _key(method: Method, part: Split) -> str:
    digest = hashlib.sha256(f"{method.name}\n{method.settings}\n{part.origins}\n".encode())
    for series in (*part.fitted.series, *part.scored):
        digest.update(f"{series.first_date}\n".encode())
        digest.update(series.views.tobytes())
    return digest.hexdigest()


def _folder_name(method: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in method.lower())


def _write(path: Path, run: Run) -> None:
    arrays = {name: value for name, value in vars(run).items() if value is not None}
    beside = path.with_suffix(f".{os.getpid()}.partial")
    with beside.open("wb") as file:
        np.savez_compressed(file, **arrays)
    beside.replace(path)


def _read(path: Path) -> Run:
    with np.load(path) as arrays:
        return Run(
            median=arrays["median"],
            lower=arrays.get("lower"),
            upper=arrays.get("upper"),
            seconds_to_fit=float(arrays["seconds_to_fit"]),
            seconds_to_forecast=float(arrays["seconds_to_forecast"]),
        )
