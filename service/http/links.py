"""Links of the OpenAPI document: which requests may follow an answer, and where it has their parameters."""

from collections.abc import Iterator
from typing import Any

_SERIES = ("get_series", "forecast_series", "delete_series")
_VERSION = ("get_version", "get_report", "activate", "challenge", "delete_version")
_JOB = ("get_job", "follow_job", "get_log", "cancel_job")
# operation -> (operations that may follow, their parameter, where it stands)
LINKS: dict[str, tuple[tuple[tuple[str, ...], str, str], ...]] = {
    "train": ((_JOB, "job_id", "$response.body#/id"), (("undo_upload",), "id", "$response.body#/upload")),
    "list_jobs": ((_JOB, "job_id", "$response.body#/jobs/0/id"),),
    "put_days": (
        (_SERIES, "id", "$request.path.id"),
        (("undo_upload",), "id", "$response.body#/upload"),
    ),
    "post_series": ((("undo_upload",), "id", "$response.body#/upload"),),
    "list_uploads": ((("undo_upload",), "id", "$response.body#/uploads/0/upload"),),
    "get_model": ((("get_version", "get_report"), "version", "$response.body#/version"),),
    "list_versions": ((_VERSION, "version", "$response.body#/versions/0/version"),),
}


def add_links(document: dict[str, Any]) -> None:
    """Add its links to each answer that has some."""
    for operation in _operations(document):
        if links := _links(operation["operationId"]):
            (success,) = [status for status in operation["responses"] if status.startswith("2")]
            operation["responses"][success]["links"] = links


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        yield from operations.values()


def _links(operation: str) -> dict[str, Any]:
    return {
        following: {"operationId": following, "parameters": {parameter: place}}
        for names, parameter, place in LINKS.get(operation, ())
        for following in names
    }
