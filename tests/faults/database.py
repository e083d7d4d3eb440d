"""A database that is locked by somebody else, and one whose server stops and comes back."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.conftest import PostgreSQL, serving, wait_until
from tests.faults.findings import REFUSED, SERVED, Findings
from tests.service.requests import single
from tests.training.publisher import publish


def locked(folder: Path, seconds: float = 30.0, **settings: Any) -> Findings:
    """Hold the lock of SQLite's writers for some seconds: who writes is refused, who reads is not."""
    findings = Findings()
    models = folder / "models"
    publish(models, 1)
    with serving(models, **settings) as service:
        client = service.client
        findings.keep_history(client)
        findings.put_day(client, 1.0, SERVED)
        is_over = threading.Event()
        threading.Timer(seconds, is_over.set).start()
        with closing(sqlite3.connect(models / "archive.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            while not is_over.is_set():
                findings.put_day(client, 2.0, REFUSED)
                findings.send(client, "POST", "/retrain", REFUSED)
                findings.send(client, "POST", "/predict", {200}, json=single())
                findings.check(findings.last_count(client) == 1.0, "what is kept has changed")
            other.execute("ROLLBACK")
        findings.put_day(client, 3.0, SERVED)
        findings.check(findings.last_count(client) == 3.0, "3 is not kept")
        findings.send(client, "POST", "/retrain", {202})
    return findings


def postgresql_stopped(folder: Path, **settings: Any) -> Findings:
    """Stop PostgreSQL's server under a service, and start it again."""
    findings = Findings()
    models = folder / "models"
    publish(models, 1)
    server = PostgreSQL()
    with server.running(), serving(models, **settings | {"archive": server.url}) as service:
        client = service.client
        findings.keep_history(client)
        findings.put_day(client, 1.0, SERVED)
        for turn in range(3):
            server.stop()
            findings.put_day(client, 2.0, REFUSED)
            findings.send(client, "POST", "/retrain", REFUSED)
            findings.send(client, "GET", "/series", REFUSED)
            findings.send(client, "POST", "/predict", {200}, json=single())
            server.start()
            wait_until(lambda: client.get("/series").status_code == 200)
            findings.check(findings.last_count(client) == 1.0 + turn, "what was acknowledged is gone")
            findings.put_day(client, 2.0 + turn, SERVED)
        findings.send(client, "POST", "/retrain", {202})
    return findings
