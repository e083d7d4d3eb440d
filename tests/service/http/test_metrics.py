"""What operators see: metrics over all workers, and a log line for each request."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import PATIENCE_SECONDS, Service, serving, wait_until
from tests.service.requests import batch, single, views

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def samples(service: Service) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """All samples by their name and labels; as strict as Prometheus' own parser."""
    answer = httpx.get(f"{service.url}/metrics", timeout=PATIENCE_SECONDS)
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def labelled(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def test_requests_of_all_workers_are_added_up(models: Path) -> None:
    with serving(models, workers=2) as service:
        n_requests = 40

        def ask(_: int) -> int:
            return httpx.post(f"{service.url}/predict", json=single(), timeout=PATIENCE_SECONDS).status_code

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(ask, range(n_requests))) == {200}
        service.predict(batch(5))
        service.predict({"views": "no"})
        service.client.get("/nothing")
        answered = labelled("viewcast_http_requests_total", route="/predict", method="POST", status="200")
        expected = {
            answered: n_requests + 1,
            labelled("viewcast_http_request_duration_seconds_count", route="/predict"): n_requests + 2,
            labelled("viewcast_forecasts_total"): n_requests + 5,
            labelled("viewcast_rejected_requests_total", reason="invalid-input"): 1,
            labelled("viewcast_rejected_requests_total", reason="not-found"): 1,
        }
        # A request is counted when its answer has been sent: another worker may be asked before that.
        wait_until(lambda: expected.items() <= samples(service).items())


def test_the_model_and_the_jobs_are_told_as_they_are(running: Service) -> None:
    sampled = samples(running)
    version = running.version()
    assert sampled[labelled("viewcast_model_info", version=str(version))] == 1
    assert sampled[labelled("viewcast_model_created_timestamp_seconds")] == 1795507260
    assert sampled[labelled("viewcast_ready")] == 1
    assert sampled[labelled("viewcast_jobs", state="failed")] == 0
    (running.models / str(version) / "model.joblib").write_bytes(b"damaged")
    wait_until(lambda: samples(running)[labelled("viewcast_refused_versions")] == 1)


def test_an_endless_number_of_paths_makes_no_endless_number_of_series(running: Service) -> None:
    for i in range(50):
        running.client.get(f"/nothing/{i}")
        running.client.get(f"/models/{i}")
    routes = {dict(labels).get("route") for name, labels in samples(running) if "requests_total" in name}
    assert {"none", "/models/{version}"} <= routes
    assert len(routes) < 8


def test_each_request_is_a_line_of_json_with_its_id_and_trace(models: Path) -> None:
    with serving(models, access_log="true", log_format="json") as service:
        service.predict(single(), headers={"X-Request-ID": "mine", "traceparent": TRACE})
        service.client.get("/nothing%22%0A{")
        lines = wait_until(lambda: requests_logged(service)[1:] and requests_logged(service))
    assert lines[1]["path"] == '/nothing"\n{'
    first = lines[0]
    assert (first["method"], first["path"], first["status"]) == ("POST", "/predict", 200)
    assert (first["request_id"], first["traceparent"]) == ("mine", TRACE)
    assert first["duration_ms"] > 0


def requests_logged(service: Service) -> list[dict[str, object]]:
    # Before it says that it is ready, the service asks itself.
    lines = [line for line in logged(service) if line["logger"] == "service.access"]
    return [line for line in lines if line["path"] != "/readyz"]


def logged(service: Service) -> list[dict[str, object]]:
    return [json.loads(line) for line in service.log.read_text().splitlines()]


def test_by_default_a_log_that_is_no_terminal_is_json(running: Service) -> None:
    assert any("is in use" in str(line["message"]) for line in logged(running))


def test_live_errors_and_coverage_are_those_of_monitoring(models: Path) -> None:
    today = datetime.now(UTC).date()

    def put(service: Service, counts: list[float | None], days_ago: int) -> None:
        body = {"views": counts, "last_date": str(today - timedelta(days_ago))}
        service.client.put("/series/met/days", json=body).raise_for_status()

    with serving(models) as service:
        put(service, views(60), 3)
        service.predict({"id": "met", "horizon": 1}).raise_for_status()
        # What is forecast is remembered a second later, and may then meet the days that come.
        archive = models / "archive.sqlite"
        with closing(sqlite3.connect(archive)) as connection:
            wait_until(lambda: connection.execute("SELECT count(*) FROM forecasts").fetchone()[0])
        put(service, [1400.0, 10**9], 1)
        overall = service.client.get("/monitoring").raise_for_status().json()["overall"]
        metrics = samples(service)
    assert metrics[labelled("viewcast_live_forecast_days")] == overall["n_days"] == 2
    for days, ratio in overall["relative_error"].items():
        assert metrics[labelled("viewcast_live_error_ratio", days=days)] == ratio
    for level, ratio in overall["coverage"].items():
        assert metrics[labelled("viewcast_live_coverage_ratio", level=level)] == ratio


def test_before_a_day_has_come_there_is_no_live_error(running: Service) -> None:
    assert not [name for name, _ in samples(running) if "live" in name]
