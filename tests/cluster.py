"""A Dask cluster for tests: a scheduler and two workers, each a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import PATIENCE_SECONDS, ROOT, wait_until
from tests.ports import free_port, listens


@dataclass(frozen=True)
class Cluster:
    """A running cluster."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


def _start(module: str, log: Path, code: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"]
    # A worker that gets no answer for 30 seconds would leave, as it should on machines that are less busy.
    patience = {
        f"DASK_DISTRIBUTED__COMM__TIMEOUTS__{kind}": f"{PATIENCE_SECONDS:.0f}s" for kind in ("CONNECT", "TCP")
    }
    with log.open("ab") as stream:
        return subprocess.Popen(command, cwd=code, stdout=stream, stderr=stream, env=os.environ | patience)


@contextmanager
def running_cluster(folder: Path, code: Path = ROOT) -> Iterator[Cluster]:
    """Run a cluster; its logs are in a folder, and it imports what lies in another."""
    port = free_port()
    log = folder / "dask.log"
    processes = [_start("dask_scheduler", log, code, "--host", "127.0.0.1", "--port", str(port))]
    try:
        wait_until(lambda: listens(port), 3 * PATIENCE_SECONDS)
        address = f"tcp://127.0.0.1:{port}"
        worker = (address, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
        processes += [_start("dask_worker", log, code, *worker) for _ in range(2)]
        wait_until(lambda: log.read_text().count("Register worker") >= 2, 3 * PATIENCE_SECONDS)
        yield Cluster(address, processes[0], processes[1:])
    finally:
        for process in processes:
            process.kill()
            process.wait()
