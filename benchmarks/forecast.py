"""How many series a second a core are forecast and written: `python -m benchmarks.forecast`.

Series are generated, the model is the current version of a models folder. Each figure stands beside a limit
or a peer measured in the same run: the bare matrix products of the model, and numpy's and Python's own ways
to write the same rows. Processor time of one thread, the best of several runs.
"""

from __future__ import annotations

import argparse
import csv
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.serving.running import lay_out_models
from training.export.bulk_forecasts import CHUNK_SERIES, forecast_to_file
from training.export.forecast_files import ForecastTable, csv_file, parquet_file
from training.history.series import History, Series
from training.history.synthetic import generate_views
from training.model.forecast_model import LEVELS
from training.model.forecaster import Forecaster
from training.model.windows import HORIZON_DAYS, LONG_CONTEXT_DAYS
from training.store.model_store import ModelStore

N_SERIES = 10 * CHUNK_SERIES
# Enough to be unlike each other; generating as many as are forecast would take longer than all the rest.
N_GENERATED = 1_000
# Of everything; what takes a chunk is measured as many times more often as there are chunks.
N_RUNS = 3
RESULT = Path(__file__).with_name("results") / "forecast.md"


def main() -> None:
    """Measure, print the table, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, help="folder of models; if not given, one is trained")
    with tempfile.TemporaryDirectory() as name:
        model = ModelStore(lay_out_models(Path(name), parser.parse_args().models)).load_last_good().model
    with threadpool_limits(1):
        table = "\n".join(_rows(model, _history()))
    text = (
        f"# Forecasting many series\n\n{N_SERIES:,} series, {HORIZON_DAYS} days, two intervals.\n\n{table}\n"
    )
    print(text)
    RESULT.write_text(text, encoding="utf-8")


def _history() -> History:
    views = generate_views(N_GENERATED, LONG_CONTEXT_DAYS)
    first_date = np.datetime64("2025-01-01")
    return History(tuple(Series(f"page {i:05}", first_date, views[i % N_GENERATED]) for i in range(N_SERIES)))


def _rows(model: Forecaster, history: History) -> list[str]:
    chunk = history.series[:CHUNK_SERIES]
    views, names = [series.views for series in chunk], [series.name for series in chunk]
    last_dates = np.array([series.last_date for series in chunk], dtype="datetime64[D]")
    table = ForecastTable(names, last_dates, model.predict(views, last_dates, HORIZON_DAYS))
    lines = ["| what | series a second a core | as a share of predict |", "|---|---|---|"]

    def measure(label: str, work: Callable[[], object], n_series: int = CHUNK_SERIES) -> float:
        seconds = min(_seconds(work) for _ in range(N_RUNS * N_SERIES // n_series))
        rate = n_series / seconds
        lines.append(f"| {label} | {rate:,.0f} | {rate / (predicted or rate):.2f} |")
        return rate

    predicted = 0.0
    predicted = measure("predict", lambda: model.predict(views, last_dates, HORIZON_DAYS))
    measure("limit of predict: its matrix products alone", _products(model))
    measure("write CSV", lambda: _written(table, csv_file))
    measure("peer of it: Python's csv module, two decimals", lambda: _with_csv_module(table))
    measure("peer of it: numpy.savetxt, two decimals, numbers only", lambda: _with_savetxt(table))
    measure("write Parquet", lambda: _written(table, parquet_file))
    whole_file = RESULT.with_name("forecasts.csv")
    try:
        measure(
            "everything, history in memory to CSV on disk",
            lambda: forecast_to_file(
                model, history, whole_file, csv_file, horizon=HORIZON_DAYS, levels=LEVELS
            ),
            N_SERIES,
        )
    finally:
        whole_file.unlink(missing_ok=True)
    return lines


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _products(model: Forecaster) -> Callable[[], object]:
    arrays = [array for array in model.to_arrays().values() if array.ndim == 2 and array.dtype == np.float32]
    pairs = [(np.ones((CHUNK_SERIES, len(array)), np.float32), array) for array in arrays]
    return lambda: [inputs @ array for inputs, array in pairs]


def _written(table: ForecastTable, open_file: Callable[..., object]) -> bytes:
    stream = io.BytesIO()
    with open_file(stream, LEVELS) as file:  # type: ignore[attr-defined]
        file.write(table)
    return stream.getvalue()


def _with_csv_module(table: ForecastTable) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    rows = np.round(table.numbers(), 2).reshape(-1, 1 + 2 * len(LEVELS)).tolist()
    names = np.repeat(table.names, HORIZON_DAYS).tolist()
    dates = np.datetime_as_string(table.dates().ravel()).tolist()
    writer.writerows([name, date, *row] for name, date, row in zip(names, dates, rows, strict=True))
    return stream.getvalue()


def _with_savetxt(table: ForecastTable) -> None:
    np.savetxt(
        io.BytesIO(),
        table.numbers().reshape(-1, 1 + 2 * len(LEVELS)),
        fmt="%.2f",
        delimiter=",",
        newline="\n",
    )


if __name__ == "__main__":
    main()
