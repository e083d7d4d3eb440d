"""The processes of one models folder, a service, a training, a publisher, and how they die."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random
from typing import Any

import httpx

from tests.conftest import ROOT, Service, environment, serving, wait_until

# What is killed, and how often: everything at once, as when the power goes; the service and its workers; one
# worker; a training; whoever publishes.
VICTIMS = {"everything": 5, "service": 2, "worker": 2, "training": 3, "publisher": 3}


class Processes:
    """What runs on a models folder.

    Parameters
    ----------
    models : the folder
    settings : of the service

    Attributes
    ----------
    start_seconds : how long each start took until the service was ready
    loads : the load of the machine at each of them
    """

    def __init__(self, models: Path, **settings: Any) -> None:
        self.models = models
        self.start_seconds: list[float] = []
        self.loads: list[float] = []
        self._settings = settings
        self._service: Service | None = None
        self._stack = ExitStack()
        self._publisher: subprocess.Popen[str] | None = None

    def service(self) -> Service:
        """The service, which is started when it does not run, and ready."""
        if self._service is None or self._service.process.poll() is not None:
            self._stack.close()
            begun = time.monotonic()
            self._service = self._stack.enter_context(serving(self.models, **self._settings))
            client = self._service.client
            wait_until(lambda: _is_ready(client))
            self.start_seconds.append(time.monotonic() - begun)
            self.loads.append(os.getloadavg()[0])
        return self._service

    def stop_service(self) -> None:
        """End the service as an operator does."""
        self._stack.close()
        self._service = None

    def publisher(self) -> subprocess.Popen[str]:
        """The publisher, which is started when it does not run."""
        if self._publisher is None or self._publisher.poll() is not None:
            self._close_publisher()
            self._publisher = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.publisher", str(self.models)],
                cwd=ROOT, env=environment(self.models),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        return self._publisher

    def kill(self, victim: str, random: Random) -> bool:
        """Kill some of them with SIGKILL; False when there is none of the kind."""
        chosen = {
            "everything": self._all,
            "service": lambda: [self.service().process.pid],
            "worker": lambda: random.sample(workers, 1) if (workers := self._running("spawn_main")) else [],
            "training": lambda: self._running("--handed-over"),
            "publisher": lambda: [self.publisher().pid],
        }[victim]()
        for pid in chosen:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if victim in ("everything", "service"):
            self.service_process_ended()
        return bool(chosen)

    def service_process_ended(self) -> None:
        assert self._service is not None
        self._service.process.wait()

    def close(self) -> None:
        """End all of them."""
        self._close_publisher()
        self._stack.close()
        for pid in self._all():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _close_publisher(self) -> None:
        if self._publisher is not None:
            self._publisher.kill()
            self._publisher.communicate()

    def _running(self, argument: str) -> list[int]:
        return [pid for pid in self._all() if argument.encode() in _read(pid, "cmdline")]

    def _all(self) -> list[int]:
        """Every process that was started for this folder, by whomever."""
        mark = f"VIEWCAST_MODELS={self.models}\0".encode()
        numbers = (int(path.name) for path in Path("/proc").glob("[0-9]*"))
        return [pid for pid in numbers if mark in _read(pid, "environ")]


def _read(pid: int, file: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{file}").read_bytes()
    except OSError:
        return b""  # it has ended meanwhile


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False  # of several workers none listens yet
