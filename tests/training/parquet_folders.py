"""Folders of Parquet files with generated series."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from training.history.series import DAY
from training.history.synthetic import generate_views

LAST_DATE = np.datetime64("2026-11-20")


def write_file(path: Path, seed: int, n_series: int = 3, n_days: int = 100) -> None:
    """Write some series as Parquet, a row a day."""
    views = generate_views(n_series, n_days, seed)
    names = np.repeat([f"page {seed}-{i}" for i in range(n_series)], n_days)
    dates = np.tile(LAST_DATE - np.arange(n_days)[::-1] * DAY, n_series)
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.table({"series": names, "date": dates, "views": views.ravel()}), path)
