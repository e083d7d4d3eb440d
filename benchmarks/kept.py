"""What it costs to forecast a series by its name, beside the same days in the request.

    python -m benchmarks.kept

A service keeps 1,000 series of four years; then requests for kept series and for the same days inline take
turns on one connection. The same again with ten million days in the database. Writes
benchmarks/results/kept.md.
"""

import json
import os
import tempfile
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.serving.request import LAST_DATE
from benchmarks.serving.running import lay_out_models, post, running
from benchmarks.serving.servers import VIEWCAST
from training.database.engine import Database
from training.database.uploads import Uploads
from training.history.series import DAY, History, Series

PORT = 9370
N_SERIES, N_DAYS = 1_000, 1461
MANY_DAYS = 10_000_000
# Long enough for the 99th percentile to be that of some dozens of requests.
REQUESTS = 4_000
SENT_DAYS = 365
RESULT = Path(__file__).with_name("results") / "kept.md"

Milliseconds = dict[str, list[float]]


def main(
    models: Annotated[
        Path | None, typer.Option(help="Folder of models; if not given, one is trained.")
    ] = None,
    out: Annotated[Path, typer.Option(help="File of the table.")] = RESULT,
) -> None:
    """Print what kept and inline forecasts take, and keep the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out_models(folder, models)
        counts = np.random.default_rng(0).poisson(1_000, (N_SERIES, N_DAYS)).tolist()
        with running(VIEWCAST, folder, folder, PORT):
            seconds = _upload(counts)
            few = _ask(counts)
            n_days = _fill(folder / "models" / "archive.sqlite")
            many = _ask(counts)
    load = os.getloadavg()[0]
    text = (
        f"# Forecasts of kept series\n\n"
        f"{N_SERIES:,} series of {N_DAYS:,} days came in within {seconds:.1f} s, in one request. Then, each "
        f"{REQUESTS:,} times, in turn, on one connection, in milliseconds; load of the machine: "
        f"{load:.1f}.\n\n"
        f"| days in the database | request | median | 99th percentile |\n|---|---|---|---|\n"
        + "".join(
            f"| {days:,} | {what} | {np.median(times):.2f} | {np.percentile(times, 99):.2f} |\n"
            for days, measured in ((N_SERIES * N_DAYS, few), (n_days, many))
            for what, times in measured.items()
        )
    )
    print(text)
    out.write_text(text, encoding="utf-8")


def _upload(counts: list[list[int]]) -> float:
    """Send all series in one request, and give the seconds until they are kept."""
    series = [
        {"id": f"video {i}", "views": views, "last_date": str(LAST_DATE)} for i, views in enumerate(counts)
    ]
    body = json.dumps({"series": series}).encode()
    start = time.perf_counter()
    status, answer = post(PORT, "/series", body, timeout=300)
    assert status == 200, answer
    return time.perf_counter() - start


def _ask(counts: list[list[int]]) -> Milliseconds:
    """Ask for kept series and send the last year of the same ones, in turn."""
    connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
    times: Milliseconds = {"kept": [], f"{SENT_DAYS} days inline": []}
    options = {"horizon": 28}
    for turn in range(REQUESTS):
        i = turn % N_SERIES
        inline = {"views": counts[i][-SENT_DAYS:], "last_date": str(LAST_DATE)}
        for what, body in zip(times, ({"id": f"video {i}"}, inline), strict=True):
            start = time.perf_counter()
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/predict", json.dumps(body | options), headers)
            answer = connection.getresponse()
            answer.read()
            times[what].append((time.perf_counter() - start) * 1e3)
            assert answer.status == 200
    connection.close()
    return times


def _fill(file: Path) -> int:
    """Add series until the database holds ten million days, and give their number."""
    n_more = -(-MANY_DAYS // N_DAYS) - N_SERIES
    first = np.datetime64(LAST_DATE) - (N_DAYS - 1) * DAY
    counts = np.random.default_rng(1).poisson(1_000, (n_more, N_DAYS)).astype(float)
    with closing(Database(f"sqlite:///{file}")) as database:
        for start in range(0, n_more, N_SERIES):
            part = range(start, min(start + N_SERIES, n_more))
            series = tuple(Series(f"more {i}", first, counts[i]) for i in part)
            Uploads(database).add(History(series), "a benchmark")
    return (N_SERIES + n_more) * N_DAYS


if __name__ == "__main__":
    typer.run(main)
