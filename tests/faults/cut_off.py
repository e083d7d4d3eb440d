"""Three hosts, each a network namespace with an address of its own: two services and their PostgreSQL.

One of the services is cut off from the database: packets between them are lost, without a word. Needs root.
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

from tests.conftest import PostgreSQL, Service, serving, wait_until
from tests.faults.findings import REFUSED, SERVED, Findings
from tests.service.requests import single
from tests.training.publisher import publish

# Addresses for tests, by RFC 5737; the last one is that of this machine.
ADDRESSES = {"database": "198.51.100.1", "first": "198.51.100.2", "second": "198.51.100.3"}
OUTSIDE, OUTSIDE_DEVICE = "198.51.100.254", "viewcast0"
SWITCH = "switch"
# Until a request to the one that is cut off has to be refused, and until it is back.
MOST_SECONDS = 30


class CannotSeparateError(Exception):
    """No network namespaces can be made here; it says why."""


class Hosts:
    """Network namespaces on a switch, which is one more of them, and which this machine is on, too."""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Make them, and remove them in the end."""
        with ExitStack() as stack:
            for name in (SWITCH, *ADDRESSES):
                _ip("netns", "add", _namespace(name))
                stack.callback(_ip, "netns", "delete", _namespace(name))
            _ip("-n", _namespace(SWITCH), "link", "add", SWITCH, "type", "bridge")
            _ip("-n", _namespace(SWITCH), "link", "set", SWITCH, "up")
            for name, address in ADDRESSES.items():
                _plug_in(name, "eth0", address, "-n", _namespace(name))
            _plug_in("outside", OUTSIDE_DEVICE, OUTSIDE)
            yield

    def within(self, name: str) -> tuple[str, ...]:
        """The beginning of a command that is to run on a host."""
        return ("ip", "netns", "exec", _namespace(name))

    def separate(self, *names: str, is_apart: bool = True) -> None:
        """Let no packet pass between some of the hosts, or let them pass again."""
        for name in names:
            command = ["bridge", "-n", _namespace(SWITCH), "link", "set", "dev", name]
            subprocess.run([*command, "isolated", "on" if is_apart else "off"], check=True)


def _namespace(name: str) -> str:
    return f"viewcast-{name}"


def _plug_in(name: str, device: str, address: str, *where: str) -> None:
    """Connect a device with the switch: that of a namespace, or of this machine."""
    _ip(*where, "link", "add", device, "type", "veth", "peer", "name", name, "netns", _namespace(SWITCH))
    _ip("-n", _namespace(SWITCH), "link", "set", name, "master", SWITCH, "up")
    _ip(*where, "address", "add", f"{address}/24", "dev", device)
    for each in ("lo", device):
        _ip(*where, "link", "set", each, "up")


def _ip(*arguments: str) -> None:
    try:
        done = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    except FileNotFoundError as error:
        raise CannotSeparateError("there is no program `ip`") from error
    if done.returncode != 0:
        raise CannotSeparateError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


class DistantPostgreSQL(PostgreSQL):
    """PostgreSQL's server on a host of its own.

    Parameters
    ----------
    within : the beginning of a command that is to run there
    address : of the host
    """

    def __init__(self, within: tuple[str, ...], address: str) -> None:
        super().__init__()
        self.url = f"postgresql+psycopg://viewcast@{address}/postgres"
        self._within = within
        self._address = address
        with (self._folder / "db" / "pg_hba.conf").open("a") as allowed:
            allowed.write("host all all samenet trust\n")

    def _process(self) -> subprocess.Popen[bytes]:
        as_user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        folder = self._folder
        server: list[str | Path] = [self._programs / "postgres", "-D", folder / "db", "-k", folder]
        listening = ["-c", f"listen_addresses={self._address}"]
        return subprocess.Popen(
            [*self._within, *as_user, *server, *listening], cwd=folder, stderr=subprocess.DEVNULL
        )


def cut_off(folder: Path, rounds: int = 3, **settings: Any) -> Findings:
    """Cut one of two services off from their database: it says so, and goes on by itself afterwards."""
    findings, hosts = Findings(), Hosts()
    publish(folder / "models", 1)
    with ExitStack() as stack:
        stack.enter_context(hosts.running())
        server = DistantPostgreSQL(hosts.within("database"), ADDRESSES["database"])
        stack.enter_context(server.running())
        first, second = (
            stack.enter_context(_service(folder, hosts, name, **settings | {"archive": server.url}))
            for name in ("first", "second")
        )
        findings.keep_history(first.client)
        for turn in range(rounds):
            findings.put_day(second.client, 1.0 + turn, SERVED)
            hosts.separate("database", "second")
            _is_cut_off(findings, first, second, 100.0 + turn)
            hosts.separate("database", "second", is_apart=False)
            with _timed(findings, "until it is back"):
                wait_until(lambda: second.client.get("/series").status_code == 200)
            findings.check(findings.last_count(second.client) == 100.0 + turn, "the services differ")
        _each_training_is_run_by_one(findings, rounds, first, second)
    return findings


def _is_cut_off(findings: Findings, first: Service, second: Service, count: float) -> None:
    """Check what each of them answers meanwhile."""
    with _timed(findings, "until it refuses"):
        findings.put_day(second.client, 0.5, REFUSED)
    findings.send(second.client, "GET", "/series", REFUSED)
    findings.send(second.client, "POST", "/predict", {200}, json=single())
    findings.put_day(first.client, count, SERVED)
    findings.check(findings.last_count(first.client) == count, f"{count} is not kept")


def _each_training_is_run_by_one(findings: Findings, rounds: int, *services: Service) -> None:
    """Queue trainings through all services; each has to be run by one of them, once."""
    for _ in range(rounds):
        answers = [findings.send(service.client, "POST", "/retrain", {202}) for service in services]
        for job in {answer.json()["id"] for answer in answers if answer is not None}:
            state = services[0].ended_job(job)
            findings.counts[f"trainings {state['state']}"] += 1
            findings.check(state["state"] in ("succeeded", "rejected"), f"a training: {state}")
            n_runs = wait_until(partial(_n_runs, job, services))
            findings.check(n_runs == 1, f"a training was run {n_runs} times")


def _n_runs(job: str, services: Sequence[Service]) -> int:
    """How often services have seen the process of a training end."""
    return sum(service.log.read_text().count(f"{job} ended with exit code") for service in services)


@contextmanager
def _service(folder: Path, hosts: Hosts, name: str, **settings: Any) -> Iterator[Service]:
    """Run a service on a host; it sees the models folder by a name of its own, beside which it logs."""
    alias = folder / name / "models"
    alias.parent.mkdir()
    alias.symlink_to(folder / "models")
    listening = {"host": ADDRESSES[name], "port": 8000, "allow_without_key": True}
    command = (*hosts.within(name), sys.executable, "-m", "service")
    with serving(alias, command, **settings | listening) as service:
        yield service


@contextmanager
def _timed(findings: Findings, what: str) -> Iterator[None]:
    """Note the most seconds that something took."""
    began = time.monotonic()
    yield
    seconds = ceil(time.monotonic() - began)
    findings.counts[f"s at most {what}"] = max(seconds, findings.counts[f"s at most {what}"])
    findings.check(seconds <= MOST_SECONDS, f"{seconds} s {what}")
