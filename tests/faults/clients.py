"""Clients that forecast, read and write all the time."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tests.conftest import PATIENCE_SECONDS
from tests.faults.findings import SERVED, Findings
from tests.service.requests import single

N_CLIENTS = 4


@contextmanager
def in_threads(work: Callable[[int, threading.Event], None], n_threads: int) -> Iterator[None]:
    """Call a function in threads, with the number of each, until the block is left and the event is set."""
    is_over = threading.Event()
    threads = [threading.Thread(target=work, args=(number, is_over)) for number in range(n_threads)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


@contextmanager
def working_clients(findings: Findings, url: str, pause: float = 0.0) -> Iterator[None]:
    """Let clients use a service until the block is left; each of their requests has to succeed.

    They pause so many seconds after every few of them.
    """
    with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
        findings.keep_history(client)
        findings.put_day(client, 1.0, SERVED)
    with in_threads(lambda _, is_over: _work(findings, url, is_over, pause), N_CLIENTS):
        yield


def _work(findings: Findings, url: str, is_over: threading.Event, pause: float) -> None:
    with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
        for count in itertools.count(1):
            if is_over.wait(pause):
                return
            findings.send(client, "POST", "/predict", {200}, json=single())
            findings.send(client, "GET", "/series/video/forecast", {200})
            if count % 10 == 0:
                findings.put_day(client, float(count), SERVED)
                findings.send(client, "GET", "/monitoring", {200})
