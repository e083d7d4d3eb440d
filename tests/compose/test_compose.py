"""The containers, for real: built, started, asked, retrained, stopped and started again."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compose.stack import HISTORY, Stack, running, skip_without_engine
from tests.conftest import ROOT, wait_until
from tests.test_requirements import locked

pytestmark = pytest.mark.compose


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The image built, the model trained, the service healthy; taken down with its volume in the end."""
    skip_without_engine()
    with running(Stack()) as stack:
        yield stack


def published(stack: Stack) -> str:
    """Every model file in the volume, with its checksum."""
    return stack.run_in(
        "api", "sh", "-c", "cd /models && find . -type f -name '*.joblib' -exec sha256sum {} + | sort"
    )


def test_both_services_run_one_image_within_their_memory(stack: Stack) -> None:
    containers = stack.compose("ps", "--all", "--quiet").split()
    limits = ["docker", "inspect", "--format", "{{.Config.Image}} {{.HostConfig.Memory}}", *containers]
    inspected = subprocess.run(limits, capture_output=True, text=True, check=True).stdout
    assert inspected.splitlines() == [f"{stack.project} {2 * 1024**3}"] * 2


def test_a_fresh_machine_forecasts_after_one_command(stack: Stack) -> None:
    answer = stack.predict()
    assert answer["model"] == stack.json("GET", "/model")["version"]
    assert [day["date"] for day in answer["forecast"]] == [f"2026-11-{day}" for day in range(21, 26)]


def test_a_retrained_model_takes_over_without_a_restart(stack: Stack) -> None:
    before = stack.predict()
    job = stack.json("POST", "/retrain", **HISTORY)["id"]
    outcome = wait_until(lambda: stack.ended_job(job))
    assert (outcome["state"], outcome["took_over"]) == ("succeeded", True), outcome
    assert outcome["version"] != before["model"]

    wait_until(lambda: stack.predict()["model"] == outcome["version"])
    assert stack.predict()["forecast"] != before["forecast"]


def test_a_restart_serves_the_same_model(stack: Stack) -> None:
    before = stack.predict()
    stack.compose("restart", "api")
    stack.compose("up", "--wait")
    assert stack.predict() == before


def test_a_second_up_trains_nothing(stack: Stack) -> None:
    before = published(stack)
    stack.compose("up", "--wait")
    assert published(stack) == before


def test_down_and_up_again_loses_nothing(stack: Stack) -> None:
    before = stack.predict(), stack.json("GET", "/model"), published(stack)
    stack.compose("down")
    stack.compose("up", "--wait")
    assert (stack.predict(), stack.json("GET", "/model"), published(stack)) == before


def run_shown(stack: Stack, block: str, tar: Path) -> None:
    """Run the lines of a block of docs/operations.md, with a file in the place of viewcast.tar."""
    for line in block.split("\n"):
        words = shlex.split(line.strip())
        if words[-2] == ">":
            with tar.open("wb") as output:
                stack.compose(*words[2:-2], stdout=output)
        elif words[-2] == "<":
            with tar.open("rb") as content:
                stack.compose(*words[2:-2], stdin=content)
        else:
            stack.compose(*words[2:])


def test_a_backup_brings_everything_back(stack: Stack, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    backup, restore = re.findall(
        r"(?<=\n\n) {4}docker compose exec.*(?:\n {4}.*)*", page.partition("## Backup")[2]
    )
    before = stack.predict(), published(stack)
    run_shown(stack, backup, tmp_path / "viewcast.tar")
    stack.compose("down", "--volumes")
    stack.compose("up", "--wait")
    run_shown(stack, restore, tmp_path / "viewcast.tar")
    wait_until(lambda: stack.predict() == before[0])
    assert set(before[1].splitlines()) <= set(published(stack).splitlines())
    assert stack.run_in("api", "sh", "-c", "ls /models | grep tar || true") == ""


def test_a_stopped_service_ends_by_itself(stack: Stack) -> None:
    def ends_in_order() -> int:
        return stack.compose("logs", "api").count("Finished server process")

    before = ends_in_order()
    stack.compose("stop", "api")
    assert ends_in_order() == before + 1
    stack.compose("up", "--wait")


def test_it_runs_without_privileges_and_can_write_only_what_it_must(stack: Stack) -> None:
    status = dict(line.split(":\t", 1) for line in stack.run_in("api", "cat", "/proc/1/status").splitlines())
    assert status["Uid"].split() == ["10001"] * 4
    assert int(status["CapEff"], 16) == 0
    assert status["NoNewPrivs"] == "1"

    try_to_write = (
        "for folder in / /opt/viewcast /var/tmp /tmp /models; do test -w $folder && echo $folder; done; true"
    )
    assert stack.run_in("api", "sh", "-c", try_to_write).splitlines() == ["/tmp", "/models"]


def test_only_this_machine_can_reach_it(stack: Stack) -> None:
    assert stack.compose("port", "api", "8000").strip() == f"127.0.0.1:{stack.port}"


def test_the_packages_of_the_image_are_those_of_the_lock(stack: Stack) -> None:
    """Nothing else is in it that an advisory could be about, and nothing of another version."""
    listing = (
        "from importlib.metadata import distributions as d; print(*(f'{x.name}=={x.version}' for x in d()))"
    )
    installed = {
        package.lower().replace("_", "-") for package in stack.run_in("api", "python", "-c", listing).split()
    }
    image = {"python_version": "3.13", "python_full_version": "3.13.0", "sys_platform": "linux"}
    assert installed == locked("runtime.txt", image)


def test_the_image_holds_only_what_the_service_needs(stack: Stack) -> None:
    folders = stack.run_in("api", "ls", "-A", "/opt/viewcast").split()
    assert folders == ["service", "training", "venv", "viewcast"]
    packages = stack.run_in("api", "ls", "/opt/viewcast/venv/lib/python3.13/site-packages").split()
    assert {"pip", "pytest", "mypy", "ruff"} & set(packages) == set()
    find = ["find", "/opt/viewcast", "/models", "-name", "tests", "-o", "-name", "*.whl"]
    assert stack.run_in("api", *find) == ""
