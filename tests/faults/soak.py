"""Hours of ordinary work in some minutes: no failure, and nothing that grows."""

import itertools
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import PATIENCE_SECONDS, Service, serving
from tests.faults.clients import working_clients
from tests.faults.findings import Findings
from tests.training.publisher import publish

SWAP_SECONDS = 2.0
RETRAIN_SECONDS = 20.0
# What comes before is warm-up; growth is told from the medians of the third quarter and of the last.
WARM_UP = 0.5
MOST_MORE_MEMORY = 0.05
MOST_MORE_DESCRIPTORS, MOST_MORE_THREADS = 5, 3


@dataclass(frozen=True)
class Usage:
    """What the process of a service uses: memory in KiB, descriptors, threads."""

    memory: int
    descriptors: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> "Usage":
        """Read it from the kernel."""
        lines = (line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        status = {name: value.split() for name, value in lines}
        n_open = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        return cls(int(status["VmRSS"][0]), n_open, int(status["Threads"][0]))


def soak(folder: Path, seconds: float = 1200.0, **settings: Any) -> Findings:
    """Forecast, write, train and swap models for some minutes, and watch what the service uses."""
    findings = Findings()
    models = folder / "models"
    versions = [publish(models, seed) for seed in (1, 2)]
    with serving(models, **settings) as service, working_clients(findings, service.url):
        is_over = threading.Event()
        changing = threading.Thread(target=_change, args=(findings, service, versions, is_over))
        changing.start()
        try:
            usages = _watch(service.process.pid, seconds)
        finally:
            is_over.set()
            changing.join()
    _compare(findings, usages)
    return findings


def _change(findings: Findings, service: Service, versions: list[str], is_over: threading.Event) -> None:
    next_retrain = time.monotonic()
    with httpx.Client(base_url=service.url, timeout=PATIENCE_SECONDS) as client:
        for version in itertools.cycle(versions):
            if is_over.wait(SWAP_SECONDS):
                return
            findings.send(client, "POST", f"/models/{version}/activate", {200})
            if time.monotonic() > next_retrain:
                next_retrain = time.monotonic() + RETRAIN_SECONDS
                findings.send(client, "POST", "/retrain", {202})


def _watch(pid: int, seconds: float) -> list[Usage]:
    """Look at what a process uses, a hundred times."""
    usages = []
    for _ in range(100):
        time.sleep(seconds / 100)
        usages.append(Usage.of(pid))
    return usages


def _compare(findings: Findings, usages: list[Usage]) -> None:
    after = usages[int(len(usages) * WARM_UP) :]
    earlier, later = after[: len(after) // 2], after[len(after) // 2 :]
    for name in ("memory", "descriptors", "threads"):
        before, now = (
            sorted(getattr(usage, name) for usage in part)[len(part) // 2] for part in (earlier, later)
        )
        more = {
            "memory": MOST_MORE_MEMORY * before,
            "descriptors": MOST_MORE_DESCRIPTORS,
            "threads": MOST_MORE_THREADS,
        }[name]
        findings.counts[f"{name} in the third quarter"] = int(before)
        findings.counts[f"{name} in the last quarter"] = int(now)
        findings.check(now - before <= more, f"{name} grew from {before} to {now}")
