"""Clients that write days, train, publish and activate without a pause, and note what was acknowledged."""

import itertools
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from subprocess import Popen

import httpx

from tests.faults.ledger import Ledger

N_WRITERS = 2
FIRST_DAY = date(2026, 1, 1)
N_DAYS = 200
RETRAIN_PAUSE = 0.3
KINDS = "days", "activations", "retrains", "publications"


class UnansweredError(Exception):
    """A request came to nothing: the service died, or said that it could not."""


class Workload:
    """The clients; what they count goes on from one run to the next.

    Parameters
    ----------
    ledger : notes what was acknowledged

    Attributes
    ----------
    faults : answers that should never come
    """

    def __init__(self, ledger: Ledger) -> None:
        self.faults: list[str] = []
        self._ledger = ledger
        self._stopping = threading.Event()
        self._counts = itertools.count(1)
        self._before = dict(ledger.n_acknowledged)

    def run(self, url: str, publisher: Popen[str], kill: Callable[[threading.Event], None]) -> None:
        """Let the clients run until `kill`, called with an event that is set when they end, comes back."""
        self._stopping.clear()
        self._before = dict(self._ledger.n_acknowledged)
        clients: list[Callable[[], None]] = [
            partial(self._write, url, f"writer-{writer}") for writer in range(N_WRITERS)
        ]
        clients += [lambda: self._train(url), lambda: self._activate(url), lambda: self._publish(publisher)]
        threads = [threading.Thread(target=client) for client in clients]
        for thread in threads:
            thread.start()
        try:
            kill(self._stopping)
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()

    def has_done_everything(self) -> bool:
        """Whether something of every kind has been acknowledged since the run began."""
        counts = self._ledger.n_acknowledged
        return all(counts[kind] > self._before.get(kind, 0) for kind in KINDS)

    def _write(self, url: str, series: str) -> None:
        with httpx.Client(base_url=url, timeout=30) as client:
            while not self._stopping.is_set():
                count = float(next(self._counts))
                day = FIRST_DAY + timedelta(int(count) % N_DAYS)
                body = {"views": [count], "last_date": str(day)}
                with suppress(UnansweredError), self._ledger.writing((series, day), count):
                    self._send(client, "PUT", f"/series/{series}/days", json=body)

    def _train(self, url: str) -> None:
        with httpx.Client(base_url=url, timeout=30) as client:
            while not self._stopping.wait(RETRAIN_PAUSE):
                with suppress(UnansweredError):
                    self._ledger.queued(self._send(client, "POST", "/retrain").json()["id"])

    def _activate(self, url: str) -> None:
        with httpx.Client(base_url=url, timeout=30) as client:
            for turn in itertools.count():
                if self._stopping.is_set():
                    return
                with suppress(UnansweredError):
                    versions = self._send(client, "GET", "/models").json()["versions"]
                    names = [version["version"] for version in versions]
                    version = names[turn % min(len(names), 3)]
                    with self._ledger.activating(version, set(names)):
                        self._send(client, "POST", f"/models/{version}/activate")

    def _publish(self, publisher: Popen[str]) -> None:
        assert publisher.stdin is not None
        assert publisher.stdout is not None
        while not self._stopping.is_set():
            with suppress(BrokenPipeError):
                publisher.stdin.write(f"{next(self._counts)}\n")
                publisher.stdin.flush()
            line = publisher.stdout.readline()
            if not line.endswith("\n"):
                return
            self._ledger.added(line.strip())

    def _send(self, client: httpx.Client, method: str, path: str, **content: object) -> httpx.Response:
        """Send a request; `UnansweredError` when nothing is known of what came of it, or nothing did."""
        try:
            answer = client.request(method, path, **content)  # type: ignore[arg-type]
        except httpx.TransportError as error:
            self._stopping.wait(0.05)
            raise UnansweredError from error
        if answer.is_success:
            return answer
        if answer.status_code not in (404, 503):  # 404: a version that was removed meanwhile
            self.faults.append(f"{method} {path}: {answer.status_code} {answer.text}")
        raise UnansweredError
