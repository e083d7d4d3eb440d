"""OpenTelemetry as FastAPI has it built in, when an endpoint of a collector is configured.

https://fastapi.tiangolo.com/advanced/opentelemetry/
"""

import os

from fastapi.telemetry import TelemetryConfig

_ENDPOINTS = [f"OTEL_EXPORTER_OTLP_{signal}ENDPOINT" for signal in ("", "TRACES_", "METRICS_", "LOGS_")]


def telemetry_config() -> TelemetryConfig:
    """Configure FastAPI's telemetry.

    With an endpoint in the environment, traces, metrics and logs are exported as the other variables of
    OpenTelemetry say. Without one, all are off, so that no request looks for providers.
    """
    is_on = any(map(os.environ.get, _ENDPOINTS)) and os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true"
    return TelemetryConfig(auto_configure=is_on, tracing=is_on, metrics=is_on, logs=is_on)
