"""What Schemathesis has to be told to send bodies of this service's kinds."""

import json
from typing import Any

import schemathesis

from tests.service.requests import LAST_DATE, WEEK


@schemathesis.serializer("application/x-ndjson")
def lines_of_json(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Write a list as a line for each entry; the example of the documentation is text already."""
    if isinstance(value, str):
        return value.encode()
    entries = value if isinstance(value, list) else [value]
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)


# The series and the days of the requests that begin a sequence: none begins with one that needs an id.
ID = "linked"
DAYS = {"views": WEEK, "last_date": LAST_DATE}


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    """Link right days of a series to an answer."""
    answer = raw_schema["paths"]["/healthz"]["get"]["responses"]["200"]
    parameters = {"id": ID, "metric": "views", "replace": "false"}
    answer["links"] = {"put_days": {"operationId": "put_days", "parameters": parameters, "requestBody": DAYS}}


@schemathesis.hook
def before_call(
    context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]
) -> None:
    """Say that those days are JSON: the kind is made up, and does not follow the body."""
    if case.body == DAYS:
        case.media_type = "application/json"
