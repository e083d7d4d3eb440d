"""How the time of a request grows with the length of history, the horizon and the number of series."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.serving.request import batch, request
from benchmarks.serving.running import running
from benchmarks.serving.servers import VIEWCAST

PORT = 9350
SIZES: dict[str, tuple[int, ...]] = {
    "days of history": (7, 14, 28, 56, 112, 420, 1024, 4096),
    "days ahead": (1, 7, 28, 56, 112, 224, 365),
    "series": (1, 10, 100, 1_000, 10_000),
}
BODIES: dict[str, Callable[[int], object]] = {
    "days of history": lambda n: request(n),
    "days ahead": lambda n: request(horizon=n),
    "series": lambda n: batch(n),
}


@dataclass(frozen=True)
class Growth:
    """Median milliseconds of one request at each size, on one connection."""

    what: str
    sizes: tuple[int, ...]
    milliseconds: tuple[float, ...]

    @property
    def steepest(self) -> float:
        """The largest slope between neighbouring sizes, log-log: 1 is in proportion."""
        return float(np.max(np.diff(np.log(self.milliseconds)) / np.diff(np.log(self.sizes))))


def growth(folder: Path, say: Callable[[str], None]) -> list[Growth]:
    """Measure all three."""
    grown = []
    with running(VIEWCAST, folder, folder, PORT):
        connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
        for what, sizes in SIZES.items():
            bodies = [json.dumps(BODIES[what](size)).encode() for size in sizes]
            times = tuple(_milliseconds(connection, body) for body in bodies)
            grown.append(Growth(what, sizes, times))
            say(f"{what}: {', '.join(f'{ms:.2f}' for ms in times)} ms")
    return grown


def _milliseconds(connection: HTTPConnection, body: bytes) -> float:
    times: list[float] = []
    begin = time.perf_counter()
    while len(times) < 5 or (len(times) < 300 and time.perf_counter() - begin < 2.0):
        start = time.perf_counter()
        connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - start)
        assert answer.status == 200
    return median(times) * 1e3
