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
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.serving.request import LAST_DATE
from benchmarks.serving.running import Running, lay_out_models, post, running
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

# Requests of one kind in a row: enough for the coarse clock of processor time.
IN_A_ROW = 200


@dataclass(frozen=True)
class Times:
    """What the requests of one kind took until their answers, and how long the service computed for all."""

    latencies: list[float]
    processor_seconds: float

    def row(self) -> str:
        """The cells of a table, in milliseconds."""
        p50, p99 = np.percentile(self.latencies, [50, 99]) * 1e3
        return f"{p50:.2f} | {p99:.2f} | {self.processor_seconds / len(self.latencies) * 1e3:.2f}"


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
        with running(VIEWCAST, folder, folder, PORT) as service:
            seconds = _upload(counts)
            few = _ask(service, counts)
            n_days = _fill(folder / "models" / "archive.sqlite")
            many = _ask(service, counts)
    load = os.getloadavg()[0]
    text = (
        f"# Forecasts of kept series\n\n"
        f"{N_SERIES:,} series of {N_DAYS:,} days came in within {seconds:.1f} s, in one request. Then, each "
        f"{REQUESTS:,} times, in turn, on one connection, in milliseconds; load of the machine: "
        f"{load:.1f}.\n\n"
        f"| days in the database | request | median | 99th percentile | processor |\n|---|---|---|---|---|\n"
        + "".join(
            f"| {days:,} | {what} | {times.row()} |\n"
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


def _ask(service: Running, counts: list[list[int]]) -> dict[str, Times]:
    """Ask for kept series and send the last year of the same ones, in turn."""
    bodies = {"kept": _kept, f"{SENT_DAYS} days inline": _inline}
    latencies: dict[str, list[float]] = {what: [] for what in bodies}
    processor = dict.fromkeys(bodies, 0.0)
    connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
    for first in range(0, REQUESTS, IN_A_ROW):
        for what, body in bodies.items():
            contents = [body(i % N_SERIES, counts) for i in range(first, first + IN_A_ROW)]
            before = service.cpu_seconds()
            for content in contents:
                start = time.perf_counter()
                connection.request("POST", "/predict", content, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                latencies[what].append(time.perf_counter() - start)
                assert answer.status == 200
            processor[what] += service.cpu_seconds() - before
    connection.close()
    return {what: Times(latencies[what], processor[what]) for what in bodies}


def _kept(i: int, counts: list[list[int]]) -> bytes:
    return json.dumps({"id": f"video {i}", "horizon": 28}).encode()


def _inline(i: int, counts: list[list[int]]) -> bytes:
    sent = {"views": counts[i][-SENT_DAYS:], "last_date": str(LAST_DATE), "horizon": 28}
    return json.dumps(sent).encode()


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
