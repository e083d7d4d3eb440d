"""PostgreSQL's first process killed while two services take histories, and the server started again."""

import itertools
import threading
from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import PATIENCE_SECONDS, PostgreSQL, wait_until
from tests.faults.clients import in_threads
from tests.faults.findings import EITHER, Findings
from tests.faults.ledger import Ledger
from tests.faults.replicas import Replicas
from tests.faults.workload import UnansweredError
from tests.service.requests import single

N_WRITERS = 4
FIRST_DAY = date(2026, 1, 1)
N_DAYS = 200
# What is acknowledged before each death, at least.
N_ACKNOWLEDGED = 20
PAUSE_SECONDS = 0.05


def postgresql_killed(folder: Path, rounds: int = 5, **settings: Any) -> Findings:
    """Kill PostgreSQL: what was acknowledged is kept, the rest is refused, and all goes on by itself."""
    findings, ledger, server = Findings(), Ledger(), PostgreSQL()
    with server.running():
        replicas = Replicas(folder, **settings | {"archive": server.url})
        with replicas.running(), ExitStack() as stack:
            clients = [
                stack.enter_context(httpx.Client(base_url=url, timeout=PATIENCE_SECONDS))
                for url in replicas.urls
            ]
            with _writers(findings, ledger, clients):
                for _ in range(rounds):
                    _kill(findings, ledger, server, clients)
            findings.losses += [loss for url in replicas.urls for loss in ledger.losses(url)]
    findings.counts["days kept"] = len(ledger.counts)
    return findings


def _kill(findings: Findings, ledger: Ledger, server: PostgreSQL, clients: list[httpx.Client]) -> None:
    enough = ledger.n_acknowledged["days"] + N_ACKNOWLEDGED
    wait_until(lambda: ledger.n_acknowledged["days"] >= enough)
    n_refused = findings.counts["PUT /series 503"]
    server.kill()
    findings.counts["deaths"] += 1
    wait_until(lambda: findings.counts["PUT /series 503"] >= n_refused + N_WRITERS)
    for client in clients:
        findings.send(client, "POST", "/predict", {200}, json=single())
    server.start()
    for client in clients:
        wait_until(
            lambda client=client: client.get("/series").status_code == 200  # type: ignore[misc]
        )


def _writers(findings: Findings, ledger: Ledger, clients: list[httpx.Client]) -> AbstractContextManager[None]:
    """Let writers send days to all services in turn, until the block is left."""
    return in_threads(
        lambda number, is_over: _write(findings, ledger, clients, f"writer-{number}", is_over), N_WRITERS
    )


def _write(
    findings: Findings, ledger: Ledger, clients: list[httpx.Client], series: str, is_over: threading.Event
) -> None:
    for count, client in zip(itertools.count(1), itertools.cycle(clients)):
        if is_over.is_set():
            return
        day = FIRST_DAY + timedelta(count % N_DAYS)
        body = {"views": [float(count)], "last_date": str(day)}
        with suppress(UnansweredError), ledger.writing((series, day), float(count)):
            answer = findings.send(client, "PUT", f"/series/{series}/days", EITHER, json=body)
            if answer is None or not answer.is_success:
                is_over.wait(PAUSE_SECONDS)
                raise UnansweredError
