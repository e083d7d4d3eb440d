"""Requests made up from the OpenAPI document: each answer is as the document has it, and none is a 5xx."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Service, environment, serving
from tests.service.requests import batch
from tests.training.publisher import publish
from training.database.engine import Database
from training.jobs.queue import JobQueue

HERE = Path(__file__).parent
# An operation without parameters is asked once or twice, one with a body as often as is allowed.
CASES_AN_EXAMPLE = 10
LONG_CASES = 1000
# Each would train a model, and trainings are tested with histories that mean something.
LEFT_OUT = "train"
# Sequences of about five requests; so many follow some of the links by chance, a hundred times as many all.
LEAST_SEQUENCES = 15


@contextmanager
def holding_something(models: Path) -> Iterator[Service]:
    """Serve two versions, a training that was cancelled, and some series."""
    for seed in 1, 2:
        publish(models, seed)
    with closing(Database(f"sqlite:///{models}/archive.sqlite")) as database:
        queue = JobQueue(database)
        queue.cancel(queue.enqueue())
    with serving(models) as service:
        service.client.post("/series", json=batch(3)).raise_for_status()
        yield service


def made_up(service: Service, folder: Path, *options: str) -> str:
    """Have Schemathesis make up requests, and give what it reports."""
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        *("--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{service.url}/openapi.json", "--no-color", "--warnings", "off", "--seed", "1"),
        *("--continue-on-failure", *options),
        # Kept cases would serve a later run only, and each new one is compared with them at length.
        *("--generation-database", "none"),
        # Patience for a machine with more to do.
        *("--request-timeout", "300"),
        *("--suppress-health-check", "too_slow"),
        *("--exclude-operation-id", LEFT_OUT),
    ]
    variables = environment(service.models) | {
        "SCHEMATHESIS_HOOKS": "tests.service.http.schemathesis_hooks",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    return done.stdout


def test_every_answer_is_as_documented(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    n_cases = pytestconfig.getoption("api_cases")
    phases = "examples,coverage,fuzzing" if n_cases >= LONG_CASES else "fuzzing"
    with holding_something(tmp_path / "models") as service:
        examples = str(n_cases // CASES_AN_EXAMPLE)
        output = made_up(service, tmp_path, "--phases", phases, "--max-examples", examples)
    (n_generated,) = re.findall(r"(\d+) generated", output)
    assert int(n_generated) >= n_cases, output[-2_000:]


def documented_links(document: dict[str, Any], paths: str) -> set[str]:
    """The links of the answers of some paths, as Schemathesis calls them."""
    return {
        f"{method.upper()} {path} -> [{status}] {link}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for status, answer in operation["responses"].items()
        for link in answer.get("links", ())
        if re.match(paths, path) and operation["operationId"] != LEFT_OUT
    }


def followed(report: Path) -> Counter[str]:
    """How often each link was followed."""
    events = [json.loads(line) for line in report.read_text().splitlines()]
    scenarios = [event["ScenarioFinished"]["recorder"] for event in events if "ScenarioFinished" in event]
    cases = [case for scenario in scenarios for case in scenario.get("cases", {}).values()]
    names = [case["transition"]["id"] for case in cases if case.get("transition")]
    return Counter(name.rpartition(" -> ")[0] for name in names)


@pytest.mark.parametrize("paths", ["^/(series|uploads)", "^/(retrain|models?)"])
def test_links_are_followed(pytestconfig: pytest.Config, tmp_path: Path, paths: str) -> None:
    n_cases = pytestconfig.getoption("api_cases")
    n_sequences = max(LEAST_SEQUENCES, n_cases // CASES_AN_EXAMPLE)
    report = tmp_path / "events.ndjson"
    with holding_something(tmp_path / "models") as service:
        links = documented_links(service.client.get("/openapi.json").json(), paths)
        options = ["--include-path-regex", f"{paths}|^/healthz", "--report-ndjson-path", str(report)]
        made_up(service, tmp_path, "--phases", "stateful", "--max-examples", str(n_sequences), *options)
    n_times = followed(report)
    missed = links - n_times.keys()
    assert missed < links if n_cases < LONG_CASES else not missed, n_times
