"""Rounds of work, sudden death and restart, each followed by a look at whether all that counts is there."""

import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median

from tests.conftest import wait_until
from tests.faults.ledger import Ledger
from tests.faults.processes import VICTIMS, Processes
from tests.faults.workload import Workload
from tests.training.publisher import publish
from training.store.manifest import is_version_name

MOST_WORK_SECONDS = 1.5
# Death may come before anything is acknowledged, but seldom does.
SOON_SECONDS = 0.2
JOBS_SECONDS = 600.0
READY_SECONDS = 2.0
# What may lie in a models folder, beside versions.
_FILES = re.compile(r"current|activations\.json|\.lock|jobs|archive\.sqlite(-wal|-shm)?")


@dataclass
class Outcome:
    """What a campaign did and found.

    Attributes
    ----------
    n_rounds : rounds of work, death and restart
    kills : by victim
    acknowledged : by kind
    losses : what was acknowledged and is not there, or should not be as it is
    idle_start_seconds : how long each start took until the service was ready, before anything was killed
    start_seconds : how long each start took after a death
    loads : the load of the machine at each of those
    """

    n_rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[str] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)
    idle_start_seconds: list[float] = field(default_factory=list)
    start_seconds: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(
            [
                f"rounds: {self.n_rounds}",
                "killed: " + _listed(self.kills),
                "acknowledged: " + _listed(self.acknowledged),
                f"idle starts: {_seconds(self.idle_start_seconds)}",
                f"starts after a death: {_seconds(self.start_seconds)}; {self._beside_idle()}",
                f"losses: {len(self.losses)}",
                *self.losses,
            ]
        )

    def _beside_idle(self) -> str:
        if not self.start_seconds:
            return "no death was followed by a start"
        idle = median(self.idle_start_seconds)
        times = [seconds / idle for seconds in self.start_seconds]
        n_soon = sum(seconds <= READY_SECONDS for seconds in self.start_seconds)
        return (
            f"{n_soon} within {READY_SECONDS:.0f} s; {median(times):.2f} times an idle start, "
            f"{max(times):.2f} times at most; load {min(self.loads):.1f} to {max(self.loads):.1f}"
        )


def run_campaign(
    models: Path,
    n_rounds: int,
    seed: int,
    most_seconds: float,
    *,
    n_idle_starts: int = 3,
    with_jobs: bool = True,
    **settings: object,
) -> Outcome:
    """Run rounds until there were enough of them, or the time is over.

    Parameters
    ----------
    models : a folder that does not exist yet
    n_rounds, most_seconds : when to stop, whatever comes first
    seed : of what is killed when; when processes get to run is another matter
    n_idle_starts : how often the service is started with nothing killed, to compare with
    with_jobs : whether the jobs that are left in the end are done, which takes a while, or cancelled
    settings : of the service
    """
    for version in range(1, 4):
        publish(models, version)
    outcome, ledger, random = Outcome(), Ledger(), Random(seed)
    workload = Workload(ledger)
    processes = Processes(models, **settings)
    deadline = time.monotonic() + most_seconds
    try:
        for _ in range(n_idle_starts):
            processes.service()
            processes.stop_service()
        outcome.idle_start_seconds = processes.start_seconds[:]
        while outcome.n_rounds < n_rounds and time.monotonic() < deadline and not outcome.losses:
            _round(processes, workload, random, outcome.kills)
            outcome.losses += [*workload.faults, *ledger.losses(processes.service().url)]
            outcome.n_rounds += 1
        outcome.losses += _after_the_last_round(processes, ledger, with_jobs)
    finally:
        outcome.acknowledged = ledger.n_acknowledged
        # The first start after the idle ones follows no death either.
        outcome.start_seconds = processes.start_seconds[n_idle_starts + 1 :]
        outcome.loads = processes.loads[n_idle_starts + 1 :]
        processes.close()
    publish(models, 4)  # whoever publishes next clears away what the dead have left
    outcome.losses += [f"{name} is left over" for name in _leftovers(models)]
    return outcome


def _round(processes: Processes, workload: Workload, random: Random, kills: Counter[str]) -> None:
    (victim,) = random.choices(list(VICTIMS), weights=list(VICTIMS.values()))
    seconds = random.uniform(0.0, MOST_WORK_SECONDS)
    service, publisher = processes.service(), processes.publisher()

    def kill(stopping: threading.Event) -> None:
        if seconds > SOON_SECONDS:
            wait_until(lambda: workload.has_done_everything() or workload.faults)
        stopping.wait(seconds)
        if processes.kill(victim, random):
            kills[victim] += 1

    workload.run(service.url, publisher, kill)


def _after_the_last_round(processes: Processes, ledger: Ledger, with_jobs: bool) -> list[str]:
    """Wait for the jobs that still wait or run: none may be stuck."""
    service = processes.service()

    def active() -> list[str]:
        jobs = service.client.get("/retrain").raise_for_status().json()["jobs"]
        return [job["id"] for job in jobs if job["state"] in ("queued", "running")]

    if not with_jobs:
        for job in active():
            service.client.delete(f"/retrain/{job}")  # one that has ended meanwhile is 409
    wait_until(lambda: not active(), patience=JOBS_SECONDS)
    return ledger.losses(service.url)


def _leftovers(models: Path) -> list[str]:
    names = (path.name for path in models.iterdir())
    return [name for name in names if not is_version_name(name) and not _FILES.fullmatch(name)]


def _seconds(starts: list[float]) -> str:
    if not starts:
        return "0"
    return f"{len(starts)}, ready after {median(starts):.1f} s, {max(starts):.1f} s at most"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.most_common()) or "none"
