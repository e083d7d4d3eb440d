"""A server as a process: started on a core of its own, asked until it answers, measured, ended."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchmarks.serving.servers import Server

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    """A running server and how long it took from its start to its first answer."""

    process: subprocess.Popen[bytes]
    port: int
    seconds_to_first_answer: float

    def resident_megabytes(self) -> float:
        """Memory of all its processes that is resident."""
        lines = [_read(pid, "status").partition("VmRSS:")[2].split() for pid in self._processes()]
        return sum(int(line[0]) for line in lines if line) / 1024

    def cpu_seconds(self) -> float:
        """Time that all its processes have computed."""
        times = [_read(pid, "stat").rpartition(")")[2].split() for pid in self._processes()]
        return sum(int(fields[11]) + int(fields[12]) for fields in times if fields) / TICKS

    def _processes(self) -> list[int]:
        processes = [self.process.pid]
        for pid in processes:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                processes += map(int, children.read_text().split())
        return processes


def lay_out_models(folder: Path, models: Path | None) -> Path:
    """Copy a folder of models to where `VIEWCAST` serves it from, or train one there, in a minute."""
    served = folder / "models"
    if models:
        shutil.copytree(models, served)
    else:
        subprocess.run([sys.executable, "-m", "training", "fit", "--models", str(served)], check=True)
    return served


def post(
    port: int,
    path: str,
    body: bytes,
    timeout: float = 30.0,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, bytes]:
    """Ask once, on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def job_state(port: int, job: str) -> dict[str, Any]:
    """How far a training job is, on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", f"/retrain/{job}")
        state: dict[str, Any] = json.loads(connection.getresponse().read())
        return state
    finally:
        connection.close()


@contextmanager
def running(
    server: Server, folder: Path, environments: Path, port: int, cores: set[int] | None = None
) -> Iterator[Running]:
    """Run a server until the block ends.

    Parameters
    ----------
    server : which
    folder : the models
    environments : where the peers' environments are
    port : where it listens; the two after it may be taken, too
    cores : the cores that it may use; None for all
    """
    command = server.command(port, folder)
    settings = {name: value.format(folder=folder, port=port) for name, value in server.settings.items()}
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"} | settings
    if server.environment:
        binaries = environments / server.environment / "bin"
        command[0] = str(binaries / command[0])
        environment["PATH"] = f"{binaries}:{environment['PATH']}"
    with (folder / f"{server.name}.log").open("wb") as log:
        begin = time.monotonic()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    if cores:
        os.sched_setaffinity(process.pid, cores)
    try:
        _wait(process, port, server)
        yield Running(process, port, time.monotonic() - begin)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def available(server: Server, environments: Path) -> str | None:
    """Say why a server cannot be run here; None when it can."""
    if server.environment is None:
        return None
    if not (environments / server.environment).is_dir():
        return f"no environment for benchmarks/serving/requirements-{server.environment}.txt"
    return None


def has_wrk() -> bool:
    """Whether the load generator is installed."""
    return shutil.which("wrk") is not None


def _wait(process: subprocess.Popen[bytes], port: int, server: Server) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{server.name} ended with {process.returncode}")
        try:
            if post(port, server.path, server.body, headers=server.headers)[0] == 200:
                return
        except (OSError, HTTPException):
            pass
        time.sleep(0.01)
    raise RuntimeError(f"{server.name} did not answer within {PATIENCE_SECONDS:.0f} s")


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return ""
