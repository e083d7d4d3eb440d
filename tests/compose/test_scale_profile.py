"""The profile `scale`, for real: two replicas behind a proxy, PostgreSQL, and a Dask cluster that trains."""

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.compose.stack import HISTORY, Stack, running, skip_without_engine
from tests.conftest import wait_until
from tests.faults.clients import working_clients
from tests.faults.findings import Findings

pytestmark = pytest.mark.compose

REPLICAS = "replica-1", "replica-2"
OF_THE_REGISTRY = "proxy", "database"
GET = "import sys, urllib.request as u; print(u.urlopen('http://127.0.0.1:' + sys.argv[1]).read().decode())"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The profile started, as docs/scale.md does; taken down with its volumes in the end."""
    skip_without_engine()
    options = ["--profile", "scale"]
    pull = ["docker", "compose", *options, "pull", "--quiet", *OF_THE_REGISTRY]
    if subprocess.run(pull, capture_output=True).returncode != 0:
        options += ["--file", "docker-compose.yml", "--file", "tests/compose/debian.yml"]
    with running(Stack(*options, port_setting="VIEWCAST_PROXY_PORT"), "proxy") as stack:
        yield stack


def get(stack: Stack, service: str, address: str) -> str:
    """Send a GET request to a container from within it: its port and the path."""
    return stack.run_in(service, "python", "-c", GET, address)


def n_sums_fitted_on_workers(stack: Stack) -> float:
    """How many tasks that fit a sum the scheduler has seen end."""
    pattern = r'^dask_scheduler_prefix_state_totals_total\{state="memory",.*_fit_elsewhere.*\} (\S+)$'
    return sum(map(float, re.findall(pattern, get(stack, "scheduler", "8787/metrics"), re.MULTILINE)))


def versions(stack: Stack) -> set[str]:
    """What the replicas forecast with."""
    return {json.loads(get(stack, replica, "8000/model"))["version"] for replica in REPLICAS}


def test_both_replicas_serve_the_model_that_the_workers_train_on_what_was_sent(stack: Stack) -> None:
    before, n_fitted = stack.predict(), n_sums_fitted_on_workers(stack)
    job = stack.json("POST", "/retrain", **HISTORY)["id"]
    for replica in REPLICAS:
        kept = json.loads(get(stack, replica, "8000/series"))["series"]
        assert {series["id"] for series in HISTORY["series"]} <= {series["id"] for series in kept}

    outcome = wait_until(lambda: stack.ended_job(job))
    assert (outcome["state"], outcome["took_over"]) == ("succeeded", True), outcome
    assert n_sums_fitted_on_workers(stack) > n_fitted
    for replica in REPLICAS:
        wait_until(
            lambda replica=replica: (  # type: ignore[misc]
                json.loads(get(stack, replica, "8000/model"))["version"] == outcome["version"]
            )
        )
    assert stack.predict()["forecast"] != before["forecast"]


def test_a_rolling_restart_fails_no_request(stack: Stack) -> None:
    findings = Findings()
    # Other tests need the processor too.
    with working_clients(findings, str(stack.client.base_url), pause=0.02):
        for replica in REPLICAS:
            stack.compose("up", "--wait", "--no-deps", "--force-recreate", replica)
    assert findings.losses == []
    assert findings.counts["POST /predict 200"] > 0


def test_the_address_of_a_client_is_what_the_proxy_says_and_not_what_the_client_says(stack: Stack) -> None:
    sent = {"X-Request-ID": "from-outside", "X-Forwarded-For": "203.0.113.7"}
    assert stack.client.get("/readyz", headers=sent).is_success
    logs = stack.compose("logs", "--no-log-prefix", *REPLICAS)
    (client,) = re.findall(r'"request_id": "from-outside".*"client": "([^"]+)"', logs)
    assert client not in ("203.0.113.7", stack.run_in("proxy", "hostname", "-i"))


def inspected(stack: Stack) -> list[dict[str, Any]]:
    """What Docker says of each container."""
    containers = stack.compose("ps", "--all", "--quiet").split()
    answer = subprocess.run(["docker", "inspect", *containers], capture_output=True, check=True).stdout
    return list(json.loads(answer))


def test_every_container_of_viewcast_runs_confined_and_within_its_memory(stack: Stack) -> None:
    ours = [each for each in inspected(stack) if each["Config"]["Image"] == f"{stack.project}-scale"]
    assert len(ours) == len(["train", *REPLICAS, "scheduler", "worker", "worker"])
    for container in ours:
        host = container["HostConfig"]
        confined = host["ReadonlyRootfs"], host["CapDrop"], host["SecurityOpt"], host["Memory"]
        assert confined == (True, ["ALL"], ["no-new-privileges:true"], 2 * 1024**3)
        assert container["Config"]["User"] == "10001:10001"


def test_only_this_machine_can_reach_it_and_only_through_the_proxy(stack: Stack) -> None:
    bindings = [each["HostConfig"]["PortBindings"] for each in inspected(stack)]
    published = [binding for binding in bindings if binding]
    assert published == [{"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(stack.port)}]}]
