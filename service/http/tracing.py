"""W3C trace context: which trace a request belongs to, for the log and for what the request sets off.

https://www.w3.org/TR/trace-context/
"""

import re
from collections.abc import Mapping
from contextvars import ContextVar

# Of the request that is served; empty when it came with none that is valid.
traceparent: ContextVar[str] = ContextVar("traceparent", default="")

_VALID = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def take_traceparent(headers: Mapping[bytes, bytes]) -> None:
    """Note the trace context that a request came with; one that is not valid is passed over."""
    sent = headers.get(b"traceparent", b"")
    traceparent.set(sent.decode() if _VALID.fullmatch(sent) else "")
