"""Requests made up from the OpenAPI document: each answer is as the document has it, and none is a 5xx."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, environment, serving
from tests.training.publisher import publish

HERE = Path(__file__).parent
# An operation without parameters is asked once or twice, one with a body as often as is allowed.
CASES_AN_EXAMPLE = 10


def test_every_answer_is_as_documented(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    n_cases = pytestconfig.getoption("api_cases")
    is_long = n_cases >= 1000
    models = tmp_path / "models"
    publish(models, 1)
    with serving(models) as service:
        command = [
            str(Path(sys.executable).parent / "schemathesis"),
            *("--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{service.url}/openapi.json", "--no-color", "--warnings", "off", "--seed", "1"),
            *("--phases", "examples,coverage,fuzzing,stateful" if is_long else "fuzzing"),
            *("--max-examples", str(n_cases // CASES_AN_EXAMPLE), "--continue-on-failure"),
            # Patience for a machine with more to do.
            *("--request-timeout", "300"),
            # Each would train a model, and trainings are tested with histories that mean something.
            *("--exclude-path", "/retrain"),
        ]
        variables = environment(models) | {
            "SCHEMATHESIS_HOOKS": "tests.service.http.schemathesis_hooks",
            "PYTHONPATH": str(ROOT),
        }
        done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    (n_generated,) = re.findall(r"(\d+) generated", done.stdout)
    assert int(n_generated) >= n_cases, done.stdout[-2_000:]
