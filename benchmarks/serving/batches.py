"""Many series: by the model alone, in a JSON request, and as NDJSON; how long other requests wait then."""

import json
import socket
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.serving.request import LAST_DATE, batch, request, views
from benchmarks.serving.running import Running, post, running
from benchmarks.serving.servers import VIEWCAST
from service.predict.answers import CHUNK_DAYS
from training.history.synthetic import generate_views
from training.store.model_store import ModelStore

PORT = 9340
N_SERIES = 10_000
HORIZON = 28
N_LINES = 50_000


def batches(folder: Path, say: Callable[[str], None]) -> list[dict[str, float | str]]:
    """Measure all of them."""
    rows = [_in_the_model(folder, n_days) for n_days in (56, 420)]
    with running(VIEWCAST, folder, folder, PORT) as service:
        for what, ask in (("one request of JSON", _json), ("lines of NDJSON", _lines)):
            rows.append({"what": what, **_measured(service, ask)})
            say(f"{what}: {rows[-1]}")
    return rows


def _in_the_model(folder: Path, n_days: int) -> dict[str, float | str]:
    model = ModelStore(folder / "models").load_last_good().model
    series = list(generate_views(N_SERIES, n_days, 1))
    dates = np.full(N_SERIES, np.datetime64(LAST_DATE))
    chunk = CHUNK_DAYS // HORIZON

    def all_of_them() -> None:
        for start in range(0, N_SERIES, chunk):
            model.predict(series[start : start + chunk], dates[start : start + chunk], HORIZON, (80,))

    # Threads of BLAS wait for each other in spins, which the clock of the process counts as work.
    with threadpool_limits(1):
        seconds = min(_seconds(all_of_them, time.process_time) for _ in range(5))
    return {
        "what": f"in the model, {n_days} days each",
        "series": N_SERIES,
        "rate": N_SERIES / seconds,
    }


def _seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    begin = clock()
    work()
    return clock() - begin


def _measured(service: Running, ask: Callable[[], int]) -> dict[str, float]:
    status = Path(f"/proc/{service.process.pid}/status")
    ask()
    before = service.resident_megabytes()
    cpu = service.cpu_seconds()
    peaks, pings, ended = [before], [], threading.Event()

    def watch() -> None:
        connection = HTTPConnection("127.0.0.1", PORT, timeout=30)
        while not ended.is_set():
            begin = time.perf_counter()
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            pings.append(time.perf_counter() - begin)
            peaks.append(int(status.read_text().partition("VmRSS:")[2].split()[0]) / 1024)
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    begin = time.perf_counter()
    n_series = sum(ask() for _ in range(3))
    seconds = time.perf_counter() - begin
    ended.set()
    watcher.join()
    return {
        "series": n_series / 3,
        "rate": n_series / seconds,
        "cpu_rate": n_series / (service.cpu_seconds() - cpu),
        "megabytes_above": max(peaks) - before,
        "ping_median": median(pings) * 1e3,
        "ping_longest": max(pings) * 1e3,
    }


_BATCH = json.dumps(batch(N_SERIES, horizon=HORIZON)).encode()
_LINES = b"".join(
    json.dumps({"id": f"video {i}", **request(horizon=HORIZON, views=views(56, 1 + i % 100))}).encode()
    + b"\n"
    for i in range(N_LINES)
)


def _json() -> int:
    status, answer = post(PORT, "/predict", _BATCH)
    assert status == 200, answer
    assert answer.count(b'"id"') == N_SERIES
    return N_SERIES


def _lines() -> int:
    head = (
        "POST /predict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: application/x-ndjson\r\nContent-Length: {len(_LINES)}\r\n\r\n"
    )
    n_answers = 0
    rest = b""
    with socket.create_connection(("127.0.0.1", PORT), 60) as connection:
        sender = threading.Thread(target=connection.sendall, args=(head.encode() + _LINES,))
        sender.start()
        while piece := connection.recv(1 << 20):
            n_answers += (rest + piece).count(b'"forecast":')
            rest = piece[-10:]
        sender.join()
    assert n_answers == N_LINES, n_answers
    return N_LINES
