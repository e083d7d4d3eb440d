"""Spans of OpenTelemetry, when an exporter is configured by its variables and `viewcast[telemetry]` is there.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from service.http.tracing import traceparent

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span

log = logging.getLogger(__name__)

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def install(app: FastAPI) -> Callable[[], None]:
    """Make a span of each request that is let in, if an exporter is configured.

    Returns
    -------
    callable
        Sends what has not been sent yet, and ends.
    """
    exporter = _exporter_name()
    if not exporter:
        return lambda: None
    try:
        return _install(app, exporter)
    except ImportError as error:
        log.error("no traces are exported: %s; pip install 'viewcast[telemetry]' brings it", error)
    except ValueError as error:
        log.error("no traces are exported: %s", error)
    return lambda: None


def _exporter_name() -> str:
    """The exporter that the variables choose; empty for none."""
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return ""
    chosen = os.environ.get("OTEL_TRACES_EXPORTER", "")
    if not chosen and any(map(os.environ.get, _ENDPOINTS)):
        chosen = "otlp"
    return "" if chosen == "none" else chosen


def _install(app: FastAPI, exporter: str) -> Callable[[], None]:
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "viewcast"}
    provider = TracerProvider(resource=Resource.create(name))
    provider.add_span_processor(BatchSpanProcessor(_exporter(exporter)))
    FastAPIInstrumentor.instrument_app(
        app,
        tracer_provider=provider,
        server_request_hook=_note_span,
        exclude_spans=["receive", "send"],
    )
    return provider.shutdown


def _exporter(name: str) -> "SpanExporter":
    if name == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter()
    if name == "otlp":
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter()
    raise ValueError(f"OTEL_TRACES_EXPORTER is {name}; there are otlp, console and none")


def _note_span(span: "Span", _: dict[str, Any]) -> None:
    """Let the log, and what the request sets off, belong to its span."""
    context = span.get_span_context()
    traceparent.set(f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}")
