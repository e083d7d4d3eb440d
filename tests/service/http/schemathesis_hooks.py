"""What Schemathesis has to be told to send bodies of this service's kinds."""

import json
from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines_of_json(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Write a list as a line for each entry; the example of the documentation is text already."""
    if isinstance(value, str):
        return value.encode()
    entries = value if isinstance(value, list) else [value]
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)
