"""Two replicas behind the proxy of Compose's profile `scale`, restarted one after the other under load."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import PATIENCE_SECONDS, ROOT, PostgreSQL, wait_until
from tests.faults.clients import in_threads, working_clients
from tests.faults.findings import SERVED, Findings
from tests.faults.replicas import Replicas
from tests.nginx import NGINX, replaced, running_nginx
from tests.ports import free_port

N_WRITERS = 2


def rolling_restart(folder: Path, rounds: int = 10, **settings: Any) -> Findings:
    """Restart both replicas, one after the other, while clients use them: no request may fail."""
    if NGINX is None:
        raise FileNotFoundError("nginx is not installed")
    findings, server = Findings(), PostgreSQL()
    with server.running():
        replicas = Replicas(folder, **settings | {"archive": server.url})
        with (
            replicas.running(),
            _proxy(folder, replicas.ports) as url,
            working_clients(findings, url),
            _writers(findings, url),
        ):
            for number in [*range(len(replicas.ports))] * rounds:
                replicas.stop(number)
                replicas.start(number)
                findings.counts["restarts"] += 1
    return findings


@contextmanager
def _proxy(folder: Path, ports: list[int]) -> Iterator[str]:
    """Run the proxy of the profile, with the ports of this machine in the place of Docker's name server."""
    port = free_port()
    servers = "".join(f"server 127.0.0.1:{port} max_fails=0; " for port in ports)
    config = replaced(
        (ROOT / "scale" / "nginx.conf").read_text(encoding="utf-8"),
        ("/tmp/", f"{folder}/"),
        ("error_log stderr", f"error_log {folder}/error.log"),
        ("resolver 127.0.0.11 valid=1s ipv6=off;", f"upstream replica {{ {servers} }}"),
        ("http://replica:8000", "http://replica"),
        ("listen 8080", f"listen 127.0.0.1:{port}"),
    )
    url = f"http://127.0.0.1:{port}"
    with running_nginx(folder, config), httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:

        def answers() -> bool:
            try:
                return client.get("/readyz").status_code == 200
            except httpx.ConnectError:
                return False

        wait_until(answers)
        yield url


def _writers(findings: Findings, url: str) -> AbstractContextManager[None]:
    """Let clients send histories with `POST`, which the proxy may not repeat; each has to be kept."""
    return in_threads(lambda number, is_over: _write(findings, url, f"written {number}", is_over), N_WRITERS)


def _write(findings: Findings, url: str, name: str, is_over: threading.Event) -> None:
    with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
        for count in itertools.count(1):
            series = {"id": name, "views": [float(count)], "last_date": "2026-11-20"}
            findings.send(client, "POST", "/series", SERVED, json={"series": [series]})
            if is_over.is_set():
                kept = client.get(f"/series/{name}").raise_for_status().json()["views"]
                findings.check(kept == series["views"], f"{name} is {kept} and not {count}")
                return
