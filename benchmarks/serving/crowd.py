"""Many clients at once, each of which asks again as soon as it is answered, or as a refusal says.

They share one event loop and parse as little as possible. Threads would wait for each other, and that would
be taken for the service's time.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import cast

import httptools
import numpy as np
import uvloop


@dataclass
class Answers:
    """What clients got: for each status the seconds that it took, and what was no answer at all."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    broken: Counter[str] = field(default_factory=Counter)

    def add(self, status: int, seconds: float) -> None:
        """Count one answer."""
        self.seconds.setdefault(status, []).append(seconds)

    def p99(self, *statuses: int) -> float:
        """The 99th percentile of the seconds that answers of some statuses took; NaN when there are none."""
        seconds = [second for status in statuses for second in self.seconds.get(status, [])]
        return float(np.quantile(seconds, 0.99)) if seconds else float("nan")

    def __str__(self) -> str:
        counts = {status: len(seconds) for status, seconds in sorted(self.seconds.items())}
        return ", ".join(f"{n:,} × {status}" for status, n in (counts | dict(self.broken)).items())


class Client(asyncio.Protocol):
    """One connection, on which it asks until a time has come."""

    def __init__(self, request: bytes, answers: Answers, end: float) -> None:
        self._request = request
        self._answers = answers
        self._end = end
        self._transport: asyncio.Transport | None = None
        self._asking: asyncio.TimerHandle | None = None
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is not derived from it
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Read a part of an answer."""
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count what ended before its answer."""
        if self._asking is None and time.perf_counter() < self._end:
            self._answers.broken[type(exc).__name__ if exc else "closed"] += 1
        self.ended.set_result(None)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note how long a refusal says to wait."""
        if name.lower() == b"retry-after":
            self._pause = float(value)

    def on_message_complete(self) -> None:
        """Count the answer, and ask again."""
        self._answers.add(self._parser.get_status_code(), time.perf_counter() - self._began)
        self._asking = asyncio.get_running_loop().call_later(self._pause, self._ask)

    def _ask(self) -> None:
        assert self._transport is not None
        if time.perf_counter() >= self._end:
            self._transport.close()
            return
        self._asking = None
        self._parser = httptools.HttpResponseParser(self)
        self._pause = 0.0
        self._began = time.perf_counter()
        self._transport.write(self._request)


def crowd(port: int, n_clients: int, body: bytes, seconds: float) -> Answers:
    """So many clients for so long, in a process of their own: their work is not to slow others' clocks."""
    order = {"port": port, "n_clients": n_clients, "seconds": seconds, "body": body.decode()}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.serving.crowd"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout)
    return Answers(
        {int(status): seconds for status, seconds in said["seconds"].items()}, Counter(said["broken"])
    )


async def _ask_many(port: int, n_clients: int, seconds: float, body: str) -> Answers:
    content = body.encode()
    head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content
    answers, end = Answers(), time.perf_counter() + seconds

    async def ask() -> None:
        while time.perf_counter() < end:
            loop = asyncio.get_running_loop()
            _, client = await loop.create_connection(lambda: Client(request, answers, end), "127.0.0.1", port)
            await client.ended

    await asyncio.gather(*(ask() for _ in range(n_clients)))
    return answers


def main() -> None:
    """Do what comes in on stdin, and say on stdout what came of it."""
    answers = uvloop.run(_ask_many(**json.load(sys.stdin)))
    json.dump({"seconds": answers.seconds, "broken": answers.broken}, sys.stdout)


if __name__ == "__main__":
    main()
