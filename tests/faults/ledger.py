"""What a service has acknowledged, and whether it still has all of it."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx

from tests.conftest import PATIENCE_SECONDS

# The service forgets jobs that ended a hundred jobs ago, and versions that are neither among the last twenty,
# by their names, nor were current lately.
REMEMBERED_JOBS = 80
REMEMBERED_VERSIONS = 15

Day = tuple[str, date]


@dataclass
class Ledger:
    """What was acknowledged, and what was sent and not answered: that may have been done or not.

    Attributes
    ----------
    counts : the acknowledged count of each day
    sent : counts that were sent since, and not acknowledged
    jobs, published : acknowledged jobs and versions, oldest first
    ended : the states that jobs were seen to end in
    active : the version that was acknowledged as the current one, the versions that there were then, and
        those that were activated since, without an answer
    n_acknowledged : of everything, by kind
    """

    counts: dict[Day, float] = field(default_factory=dict)
    sent: dict[Day, set[float]] = field(default_factory=lambda: defaultdict(set))
    jobs: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    ended: dict[str, str] = field(default_factory=dict)
    active: tuple[str, set[str], set[str]] | None = None
    n_acknowledged: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def writing(self, day: Day, count: float) -> Iterator[None]:
        """A count is sent; it is acknowledged when the block is left without an error."""
        with self._lock:
            self.sent[day].add(count)
        yield
        with self._lock:
            self.counts[day] = count
            self.sent.pop(day)
            self.n_acknowledged["days"] += 1

    @contextmanager
    def activating(self, version: str, versions: set[str]) -> Iterator[None]:
        """The same for an activation."""
        if self.active is not None:
            self.active[2].add(version)
        yield
        self.active = version, versions, set()
        self.n_acknowledged["activations"] += 1

    def queued(self, job: str) -> None:
        """A job was acknowledged."""
        self.n_acknowledged["retrains"] += 1
        if job not in self.jobs[-2:]:
            self.jobs.append(job)

    def added(self, version: str) -> None:
        """A version was published."""
        self.n_acknowledged["publications"] += 1
        self.published.append(version)

    def losses(self, url: str) -> list[str]:
        """Compare with what a service answers, and say what is not as it should be."""
        with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
            versions = client.get("/models").raise_for_status().json()["versions"]
            jobs = client.get("/retrain").raise_for_status().json()["jobs"]
            return [*self._lost_days(client), *self._lost_jobs(jobs), *self._lost_versions(versions)]

    def _lost_days(self, client: httpx.Client) -> Iterator[str]:
        kept = {}
        for name in {name for name, _ in (*self.counts, *self.sent)}:
            answer = client.get(f"/series/{name}")
            series = answer.json() if answer.status_code == 200 else {"views": []}
            for place, count in enumerate(series["views"]):
                kept[name, date.fromisoformat(series["first_date"]) + timedelta(place)] = count
        for day in {*self.counts, *self.sent}:
            allowed = {self.counts.get(day), *self.sent.pop(day, ())}
            if kept.get(day) not in allowed:
                yield f"{day} is {kept.get(day)} and not one of {allowed}"
            if kept.get(day) is not None:
                self.counts[day] = kept[day]

    def _lost_jobs(self, jobs: list[dict[str, Any]]) -> Iterator[str]:
        states = {job["id"]: job["state"] for job in jobs}
        for job in self.jobs[-REMEMBERED_JOBS:]:
            if job not in states:
                yield f"job {job} is gone"
            elif self.ended.get(job, states[job]) != states[job]:
                yield f"job {job} had ended as {self.ended[job]} and is {states[job]}"
            elif states[job] not in ("queued", "running"):
                self.ended[job] = states[job]
        if (n_running := list(states.values()).count("running")) > 1:
            yield f"{n_running} jobs are under way at once"

    def _lost_versions(self, versions: list[dict[str, Any]]) -> Iterator[str]:
        names = {version["version"] for version in versions}
        for version in versions:
            if version["refused"]:
                yield f"a version is not whole: {version['refused']}"
        for name in sorted(self.published)[-REMEMBERED_VERSIONS:]:
            if name not in names:
                yield f"version {name} is gone"
        current = [version["version"] for version in versions if version["is_current"]]
        if self.active is not None:
            acknowledged, known, unanswered = self.active
            # A training may have published and activated one of its own since.
            allowed = {acknowledged} | unanswered | (names - known)
            if len(current) != 1 or current[0] not in allowed:
                yield f"{current} is current and not {acknowledged}, nor one of {unanswered}"
