"""A disk that is full, or may only be read, at each step of ingest, training, publication and activation.

Both need a file system of their own, and so root.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import Service, serving, wait_until
from tests.faults.findings import EITHER, REFUSED, SERVED, Findings
from tests.service.requests import single
from tests.training.publisher import publish

DISK_MEBIBYTES = 24
# What is left on the disk: nothing, and as much as this or that step needs.
ROOM_BYTES = (0, 4096, 16384, 65536, 262144)
JOB_SECONDS = 600.0


class CannotMountError(Exception):
    """No file system can be mounted here; it says why."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a small file system of memory on a folder."""
    folder.mkdir()
    size = f"size={DISK_MEBIBYTES}m"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise CannotMountError(done.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(file: Path, room: int) -> None:
    """Fill the disk that a file is on, but for some bytes."""
    with file.open("wb", buffering=0) as full:
        try:
            while True:
                full.write(bytes(4096))
        except OSError:
            pass
        full.truncate(max(0, file.stat().st_size - room))


def disk_full(folder: Path, with_training: bool = True, **settings: Any) -> Findings:
    """Fill the disk, each time with a little more room, while everything is tried; then make room.

    A training begins on a full disk, too; `with_training` says whether its end, and that of another one, is
    waited for.
    """
    findings = Findings()
    with small_disk(folder / "models") as models:
        versions = [publish(models, seed) for seed in (1, 2)]
        with _serving_a_series(findings, models, **settings) as service:
            kept = 1.0
            for turn, room in enumerate(ROOM_BYTES):
                fill(models / "full", room)
                kept = _try_everything(findings, service, versions[turn % 2], 2.0 + turn, kept)
                _publish(findings, models, 10 + turn)
                (models / "full").unlink()
                findings.check(findings.last_count(service.client) == kept, f"{kept} is not kept")
            _recovers(findings, service, versions[0])
            if with_training:
                _trains(findings, service)
    return findings


def read_only(folder: Path, **settings: Any) -> Findings:
    """Start on a folder that may only be read; then let it be written."""
    findings = Findings()
    with small_disk(folder / "models") as models:
        versions = [publish(models, seed) for seed in (1, 2)]
        with _serving_a_series(findings, models, **settings):
            pass
        subprocess.run(["mount", "-o", "remount,ro", models], check=True)
        with serving(models, **settings) as service:
            findings.send(service.client, "POST", "/predict", {200}, json=single())
            findings.put_day(service.client, 2.0, REFUSED)
            findings.send(service.client, "POST", "/retrain", REFUSED)
            findings.send(service.client, "POST", f"/models/{versions[0]}/activate", REFUSED)
            findings.send(service.client, "DELETE", "/series/video", REFUSED)
            _publish(findings, models, 3)
            subprocess.run(["mount", "-o", "remount,rw", models], check=True)
            _recovers(findings, service, versions[0])
    return findings


@contextmanager
def _serving_a_series(findings: Findings, models: Path, **settings: Any) -> Iterator[Service]:
    """Serve on the small disk, with a kept series whose last count is 1."""
    with serving(models, **settings) as service:
        findings.keep_history(service.client)
        findings.put_day(service.client, 1.0, SERVED)
        yield service


def _try_everything(findings: Findings, service: Service, version: str, count: float, kept: float) -> float:
    """Write, train and activate, which may all be refused, and forecast, which may not; give what is kept."""
    client = service.client
    if findings.put_day(client, count, EITHER):
        kept = count
    many = {"id": "more", "views": [1.0] * 20_000, "last_date": "2026-11-20"}
    findings.send(client, "PUT", "/series/more/days", EITHER, json=many)
    findings.send(client, "POST", "/retrain", EITHER)
    findings.send(client, "POST", f"/models/{version}/activate", EITHER)
    findings.send(client, "POST", "/predict", {200}, json=single())
    findings.send(client, "GET", "/healthz", {200})
    return kept


def _publish(findings: Findings, models: Path, seed: int) -> None:
    """Publish, which the disk may refuse."""
    try:
        publish(models, seed)
    except OSError:
        findings.counts["publications refused"] += 1
    else:
        findings.counts["publications"] += 1


def _recovers(findings: Findings, service: Service, version: str) -> None:
    """Do everything once there is room again, without a restart."""
    findings.put_day(service.client, 99.0, SERVED)
    findings.check(findings.last_count(service.client) == 99.0, "99 is not kept")
    findings.send(service.client, "POST", f"/models/{version}/activate", {200})
    wait_until(lambda: service.version() == version)
    _publish(findings, service.models, 50)
    versions = service.client.get("/models").raise_for_status().json()["versions"]
    for entry in versions:
        findings.check(not entry["refused"], f"a version is not whole: {entry['refused']}")


def _trains(findings: Findings, service: Service) -> None:
    """Wait for the end of all trainings, and of one more: none may be stuck, whatever came of it."""
    findings.send(service.client, "DELETE", "/series/more", SERVED)
    findings.send(service.client, "POST", "/retrain", {202})

    def ended_jobs() -> list[dict[str, str]] | None:
        jobs: list[dict[str, str]] = service.client.get("/retrain").raise_for_status().json()["jobs"]
        return None if {"queued", "running"} & {job["state"] for job in jobs} else jobs

    jobs = wait_until(ended_jobs, patience=JOB_SECONDS)
    findings.counts.update(f"trainings {job['state']}" for job in jobs)
    last = jobs[0]
    findings.check(last["state"] in ("succeeded", "rejected"), f"with room: {last['state']}, {last['error']}")
