"""The service's log: one line for each record, as JSON or as plain text.

Each line bears the id of the request that it was written for, and its trace if it belongs to one.
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from starlette.types import Scope

from service.http.scope import KEY
from service.http.tracing import traceparent

request_id: ContextVar[str] = ContextVar("request_id", default="-")
log = logging.getLogger("service.access")
# Additional fields of a record.
FIELDS = ("method", "path", "status", "duration_ms", "client", "key")


def log_request(scope: Scope, status: int, seconds: float) -> None:
    """Log a request after its answer."""
    if not log.isEnabledFor(logging.INFO):
        return
    key = scope.get(KEY)
    client = scope.get("client")
    fields = {
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "duration_ms": round(1000 * seconds, 3),
        "client": client[0] if client else None,
        "key": key.id if key else None,
    }
    message = fields["method"], json.dumps(fields["path"]), status
    # `log.info` would determine the calling line, for each request.
    log.handle(log.makeRecord(log.name, logging.INFO, "", 0, "%s %s %d", message, None, extra=fields))


class JsonFormatter(logging.Formatter):
    """A JSON object for each record."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record with its time (UTC), level, logger, message, request, trace and further fields."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
        }
        if trace := traceparent.get():
            entry["traceparent"] = trace
        entry |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info:
            entry["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """A line of text for each record: time, level, logger, request, message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Format a record."""
        record.request_id = request_id.get()
        return super().format(record)


def log_config(level: str, form: str) -> dict[str, Any]:
    """Configure logging to stderr.

    Parameters
    ----------
    level : the least serious messages that are logged
    form : "json", "text", or "auto": text on a terminal, JSON elsewhere
    """
    is_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    formatter = TextFormatter if is_text else JsonFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{formatter.__module__}.{formatter.__name__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {"service.access": {"level": "INFO"}},
    }
