"""Two services on one database and one models folder, told the same at once."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.conftest import Service, serving, wait_until
from tests.faults.findings import SERVED, Findings
from tests.training.publisher import publish
from training.store.model_store import ModelStore

ROUNDS = 20
JOB_SECONDS = 900.0


def two_services(folder: Path, rounds: int = ROUNDS, **settings: Any) -> Findings:
    """Have both train, activate, and write the same day at once; what both say then has to be the same."""
    findings = Findings()
    models = folder / "models"
    versions = [publish(models, seed) for seed in (1, 2)]
    database = settings.get("archive") or f"sqlite:///{models}/archive.sqlite"
    # Each writes its log beside the folder, so the second sees the same folder by another name.
    (folder / "second").mkdir()
    alias = folder / "second" / "models"
    alias.symlink_to(models)
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        services = [
            stack.enter_context(serving(path, **settings | {"archive": database})) for path in (models, alias)
        ]

        def both(do: Callable[[int, Service], Any]) -> list[Any]:
            return list(pool.map(do, (0, 1), services))

        findings.keep_history(services[0].client)
        for turn in range(rounds):
            both(lambda i, service: findings.send(service.client, "POST", "/retrain", {202}))
            order = versions if turn % 2 else versions[::-1]
            both(lambda i, service, order=order: _activate(findings, service, order[i]))  # type: ignore[misc]
            acknowledged = both(
                lambda i, service, turn=turn: _count(findings, service, turn, i)  # type: ignore[misc]
            )
            _agree(findings, services, ModelStore(models), set(acknowledged))
        _all_jobs_end(findings, services)
        findings.check(not list(models.glob(".partial-*")), "something is left half-written")
    shutil.rmtree(folder / "second")
    return findings


def _activate(findings: Findings, service: Service, version: str) -> None:
    findings.send(service.client, "POST", f"/models/{version}/activate", {200})


def _count(findings: Findings, service: Service, turn: int, i: int) -> float:
    count = 10.0 * turn + i
    findings.put_day(service.client, count, SERVED)
    return count


def _agree(findings: Findings, services: list[Service], store: ModelStore, counts: set[float]) -> None:
    for service in services:
        wait_until(
            lambda service=service: service.version() == store.current_version()  # type: ignore[misc]
        )
        findings.check(findings.last_count(service.client) in counts, f"none of {counts} is kept")
    first, second = (findings.last_count(service.client) for service in services)
    findings.check(first == second, f"one service keeps {first}, the other {second}")
    jobs = services[0].client.get("/retrain").raise_for_status().json()["jobs"]
    n_running, n_queued = ([job["state"] for job in jobs].count(state) for state in ("running", "queued"))
    findings.check(n_running <= 1, f"{n_running} trainings run at once")
    findings.check(n_queued <= 1, f"{n_queued} trainings wait")


def _all_jobs_end(findings: Findings, services: list[Service]) -> None:
    def states() -> list[dict[str, str]] | None:
        answers = [service.client.get("/retrain").raise_for_status().json() for service in services]
        by_service = [{job["id"]: job["state"] for job in answer["jobs"]} for answer in answers]
        active = {"queued", "running"} & {*by_service[0].values(), *by_service[1].values()}
        return None if active else by_service

    first, second = wait_until(states, patience=JOB_SECONDS)
    findings.check(first == second, "the services tell of different trainings")
    findings.counts.update(f"trainings {state}" for state in first.values())
    failed = [job for job, state in first.items() if state == "failed"]
    findings.check(not failed, f"trainings failed: {failed}")
