"""A clock that was set back: everything that was written down carries a time that is yet to come."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.conftest import serving, wait_until
from tests.faults.findings import SERVED, Findings
from tests.training.publisher import publish
from training.store.model_store import ModelStore

AHEAD = timedelta(days=1)
JOB_SECONDS = 600.0


def clock_set_back(folder: Path, **settings: Any) -> Findings:
    """Go on after a clock was set back by a day, with a training that ran when it was.

    It is the database and the folder that are a day ahead: no clock of this machine is touched.
    """
    findings = Findings()
    models = folder / "models"
    publish(models, 1)
    with serving(models, **settings) as service:
        findings.keep_history(service.client)
        findings.put_day(service.client, 1.0, SERVED)
        job = findings.send(service.client, "POST", "/retrain", {202})
    assert job is not None
    job_id = job.json()["id"]
    _set_ahead(models, job_id)
    with serving(models, **settings, schedule="* * * * *") as service:
        findings.put_day(service.client, 2.0, SERVED)
        findings.check(findings.last_count(service.client) == 2.0, "2 is not kept")

        def ended() -> dict[str, str] | None:
            state: dict[str, str] = service.client.get(f"/retrain/{job_id}").raise_for_status().json()
            return state if state["state"] not in ("queued", "running") else None

        state = wait_until(ended, patience=JOB_SECONDS)
        findings.counts[f"trainings {state['state']}"] += 1
        findings.check(state["state"] in ("succeeded", "rejected"), f"the training that ran then: {state}")

        def is_scheduled() -> bool:
            jobs = service.client.get("/retrain").raise_for_status().json()["jobs"]
            return any(job["cause"] == "schedule" for job in jobs)

        wait_until(is_scheduled, patience=150)
        version = publish(models, 2)
        findings.send(service.client, "POST", f"/models/{version}/activate", {200})
        wait_until(lambda: service.version() == version)
        findings.check(version in ModelStore(models).version_names(), "a new version is gone")
    return findings


def _set_ahead(models: Path, job_id: str) -> None:
    """Leave what a day that is yet to come would have left: a running job's lease, a look at the schedule."""
    later = datetime.now(UTC) + AHEAD
    with closing(sqlite3.connect(models / "archive.sqlite")) as connection, connection:
        changes = "state = 'running', owner = ?, lease_until = ?"
        values = "another machine 1 1", later.timestamp(), job_id
        connection.execute(f"UPDATE jobs SET {changes} WHERE id = ?", values)
        row = "schedule", later.timestamp()
        connection.execute("INSERT OR REPLACE INTO triggers VALUES (?, ?)", row)
