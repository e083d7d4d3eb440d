"""W3C trace context: which trace a request belongs to, for the log and for what the request sets off.

https://www.w3.org/TR/trace-context/
"""

import re
from collections.abc import Mapping
from contextvars import ContextVar

from opentelemetry.trace import get_current_span

# The trace context of the current request; empty without a valid one.
traceparent: ContextVar[str] = ContextVar("traceparent", default="")

_VALID = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def take_traceparent(headers: Mapping[bytes, bytes]) -> None:
    """Store the trace context of a request: that of its span if it has one, else the one that was sent.

    An invalid one is ignored.
    """
    span = get_current_span().get_span_context()
    if span.is_valid:
        traceparent.set(f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}")
        return
    sent = headers.get(b"traceparent", b"")
    traceparent.set(sent.decode() if _VALID.fullmatch(sent) else "")
