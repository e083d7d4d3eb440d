"""One project of this repository's compose file, on a port of its own."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import httpx
import pytest

from tests.conftest import ROOT
from tests.ports import free_port

LAST_DATE = "2026-11-20"

# Five days, over and over: no generated history has such a rhythm, so whoever learns it forecasts it better.
CYCLE = [100, 400, 1600, 800, 200]
HISTORY = {
    "series": [
        {
            "id": f"video {i}",
            "views": [(1 + i) * CYCLE[(day + i) % 5] for day in range(250)],
            "last_date": LAST_DATE,
        }
        for i in range(10)
    ]
}


class Stack:
    """A project.

    Parameters
    ----------
    options : of `docker compose`, before the verb
    port_setting : the variable that sets the published port
    """

    def __init__(self, *options: str, port_setting: str = "VIEWCAST_PORT") -> None:
        self.port = free_port()
        self.project = f"viewcast-test-{secrets.token_hex(4)}"
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=300, trust_env=False)
        self._options = options
        self._environment = {
            **os.environ,
            port_setting: str(self.port),
            "VIEWCAST_IMAGE": self.project,
            "VIEWCAST_MEMORY": "2g",
            "VIEWCAST_ACCESS_LOG": "true",
        }

    def compose(
        self, *arguments: str, stdin: IO[bytes] | None = None, stdout: IO[bytes] | None = None
    ) -> str:
        """Run `docker compose` with these arguments; its output, if it goes nowhere else. Must succeed."""
        done = subprocess.run(
            ["docker", "compose", "--project-name", self.project, *self._options, *arguments],
            cwd=ROOT,
            env=self._environment,
            stdin=stdin or subprocess.DEVNULL,
            stdout=stdout or subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"docker compose {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout or ""

    def run_in(self, service: str, *command: str) -> str:
        """Run a command in the container of a service, and give its output."""
        return self.compose("exec", "--no-TTY", service, *command).strip()

    def predict(self) -> dict[str, Any]:
        """Forecast the days after a hundred days of the cycle."""
        return self.json("POST", "/predict", views=CYCLE * 20, last_date=LAST_DATE, horizon=5)

    def json(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Send a request, which must succeed, and give the answer."""
        answer = self.client.request(method, path, json=body or None)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        content: dict[str, Any] = answer.json()
        return content

    def ended_job(self, job: str) -> dict[str, Any] | None:
        """How a training job ended; None while it waits or runs."""
        state = self.json("GET", f"/retrain/{job}")
        return state if state["state"] not in ("queued", "running") else None


@contextmanager
def running(stack: Stack, *services: str) -> Iterator[Stack]:
    """Build a stack and start it, and take it down with its volumes in the end."""
    try:
        stack.compose("up", "--build", "--wait", *services)
        yield stack
    finally:
        stack.compose("down", "--volumes", "--rmi", "all", "--timeout", "5")
        # Each service builds the image anew under the same name, by which those before it are not removed.
        of_project = f"label=com.docker.compose.project={stack.project}"
        subprocess.run(["docker", "image", "prune", "--force", "--filter", of_project], check=True)
        stack.client.close()


def skip_without_engine() -> None:
    """Skip where there is no Docker engine."""
    for command in (["docker", "info"], ["docker", "compose", "version"]):
        try:
            subprocess.run(command, capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip(f"no Docker engine with the compose plugin here: `{' '.join(command)}` failed")
