"""The dashboard and the alert rules ask for metrics that there are, and say what they mean."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from service.app import create_app
from service.settings import Settings
from tests.conftest import ROOT
from tests.training.publisher import publish

MONITORING = ROOT / "monitoring"
NAMES = re.compile(r"\bviewcast_[a-z_]+\b")


@pytest.fixture
def exported(tmp_path: Path) -> set[str]:
    """The names of all metrics, before anything was counted."""
    publish(tmp_path / "models", 1)
    app = create_app(Settings(models=tmp_path / "models"))
    app.state.models.look()
    metrics = app.state.metrics
    scope = {"method": "POST", "viewcast.n_forecasts": 1, "viewcast.problem": "not-found"}
    metrics.count(scope, 404, 0.1)
    lines = metrics.text().decode().splitlines()
    return {re.split(r"[{ ]", line)[0] for line in lines if not line.startswith("#")}


# Told once a training has ended, or days have come that were forecast.
LATER = {
    "viewcast_last_job_duration_seconds",
    *("viewcast_live_forecast_days", "viewcast_live_error_ratio", "viewcast_live_coverage_ratio"),
}


@pytest.mark.parametrize("file", ["alerts.yml", "alerts_test.yml", "dashboard.json"])
def test_every_metric_that_is_asked_for_is_told(exported: set[str], file: str) -> None:
    named = set(NAMES.findall((MONITORING / file).read_text(encoding="utf-8")))
    assert named - exported - LATER == set()
    assert named


def test_the_page_about_operations_names_every_metric(exported: set[str]) -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    # When a counter began to count comes with it, unasked.
    counted = {name for name in exported if not name.endswith("_created")}
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in counted}
    assert {name for name in families if f"`{name}`" not in page} == set()


def test_the_dashboard_is_whole() -> None:
    dashboard = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids) > 5
    assert all(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool, of Debian's prometheus, is not here")
@pytest.mark.parametrize(
    "check",
    [
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts_test.yml"],
        ["check", "config", "prometheus.yml"],
    ],
    ids=" ".join,
)
def test_prometheus_own_checks_pass(check: list[str]) -> None:
    done = subprocess.run(["promtool", *check], cwd=MONITORING, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
