"""A request's trace goes on: into the log, into the trainings that it asks for, to whoever collects spans."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.conftest import Service, serving, wait_until
from tests.service.requests import single

TRACE_ID, PARENT_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACE = {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01"}


class Collector:
    """What OpenTelemetry's own collector is to a service: a receiver of spans over HTTP."""

    def __init__(self) -> None:
        self.exports: list[ExportTraceServiceRequest] = []
        exports = self.exports

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/v1/traces":
                    exports.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def spans(self) -> list[Any]:
        resources = [resource for export in self.exports for resource in export.resource_spans]
        return [span for resource in resources for scope in resource.scope_spans for span in scope.spans]

    def service_names(self) -> set[str]:
        resources = [resource.resource for export in self.exports for resource in export.resource_spans]
        attributes = [attribute for resource in resources for attribute in resource.attributes]
        return {attribute.value.string_value for attribute in attributes if attribute.key == "service.name"}


@pytest.fixture
def collector() -> Iterator[Collector]:
    running = Collector()
    thread = threading.Thread(target=running.server.serve_forever)
    thread.start()
    yield running
    running.server.shutdown()
    running.server.server_close()
    thread.join()


def logged(service: Service) -> list[dict[str, Any]]:
    return [json.loads(line) for line in service.log.read_text().splitlines()]


def access_line(service: Service, request_id: str) -> dict[str, Any]:
    """What was logged of a request."""

    def line() -> dict[str, Any] | None:
        lines = (record for record in logged(service) if record["logger"] == "service.access")
        return next((record for record in lines if record["request_id"] == request_id), None)

    running: dict[str, Any] = wait_until(line)
    return running


def test_each_request_is_a_span_of_the_trace_that_it_came_with(
    models: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
    with serving(models, access_log=True) as service:
        service.predict(single(), headers={**TRACE, "X-Request-ID": "mine"}).raise_for_status()
        (span,) = wait_until(lambda: [each for each in collector.spans() if each.name == "POST /predict"])
        line = access_line(service, "mine")
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE_ID, PARENT_ID)
    assert line["traceparent"] == f"00-{TRACE_ID}-{span.span_id.hex()}-01"
    assert collector.service_names() == {"viewcast"}
    assert "views" not in str(span)


def test_what_has_not_been_exported_is_when_the_service_ends(
    models: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "3600000")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "views of a friend")
    with serving(models) as service:
        service.predict(single()).raise_for_status()
    assert "POST /predict" in [span.name for span in collector.spans()]
    assert collector.service_names() == {"views of a friend"}


@pytest.mark.parametrize(("name", "value"), [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none")])
def test_traces_are_not_exported_when_that_is_switched_off(
    models: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv(name, value)
    with serving(models) as service:
        service.predict(single()).raise_for_status()
    assert collector.exports == []


def test_an_exporter_that_there_is_not_is_named_and_forecasts_go_on(
    models: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "zipkin")
    with serving(models) as service:
        service.predict(single()).raise_for_status()
        (line,) = [record for record in logged(service) if record["logger"] == "fastapi"]
    assert "OTEL_TRACES_EXPORTER" in line["message"]
    assert collector.exports == []


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "mine",
        f"00-{'0' * 32}-{PARENT_ID}-01",
        f"00-{TRACE_ID}-{'0' * 16}-01",
        f"ff-{TRACE_ID}-{PARENT_ID}-01",
    ],
)
def test_what_is_no_trace_context_is_not_passed_on(models: Path, sent: str) -> None:
    with serving(models, access_log=True) as service:
        headers = {"traceparent": sent, "X-Request-ID": "mine"}
        service.predict(single(), headers=headers).raise_for_status()
        assert "traceparent" not in access_line(service, "mine")


def test_a_trainings_log_says_which_request_and_trace_it_comes_from(running: Service) -> None:
    history = {"views": single()["views"], "last_date": "2026-11-20"}
    headers = {**TRACE, "X-Request-ID": "mine"}
    job = running.client.post("/retrain", json=history, headers=headers).raise_for_status().json()["id"]
    expected = f"asked for by request mine, traceparent {TRACE['traceparent']}"
    assert expected in running.client.get(f"/retrain/{job}/log").text.splitlines()
    (line,) = [record for record in logged(running) if record["message"] == f"training job {job} is queued"]
    assert (line["request_id"], line["traceparent"]) == ("mine", TRACE["traceparent"])
    running.client.delete(f"/retrain/{job}")
