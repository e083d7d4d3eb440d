"""A request and the reading of its answer, independent of how it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter
from pydantic_core import to_json

Answer = TypeVar("Answer")
JSON = {"Content-Type": "application/json"}
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


@dataclass(frozen=True)
class Call(Generic[Answer]):
    """A request to the service.

    Attributes
    ----------
    method, path : str
    read : callable
        Converts a successful response to the answer.
    params : mapping
        The query parameters; those that are None are left out.
    content : bytes or None
        The body.
    files : mapping or None
        The file of a multipart form, instead of a body.
    headers : mapping
    may_repeat : bool
        Whether repeating the request has no further effect.
    """

    method: str
    path: str
    read: Callable[[httpx.Response], Answer]
    params: Mapping[str, Any] = field(default_factory=dict)
    content: bytes | None = None
    files: Mapping[str, tuple[str, bytes]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    may_repeat: bool = True

    @property
    def is_safe_to_repeat(self) -> bool:
        """Whether the service executes the request once, however often it is sent."""
        return self.may_repeat or "Idempotency-Key" in self.headers

    def request(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """Make the request, with the client's base URL and headers."""
        return client.build_request(
            self.method,
            self.path,
            params={name: value for name, value in self.params.items() if value is not None},
            content=self.content,
            files=self.files,
            headers=self.headers,
        )


def json_body(document: Any) -> bytes:
    """Write JSON; NaN becomes null, which is a missing day."""
    return to_json(document, inf_nan_mode="null")


def as_type(kind: type[Answer]) -> Callable[[httpx.Response], Answer]:
    """Make a function that reads an answer as one of the service's schemas."""
    return lambda response: adapter(kind).validate_json(response.content)


def adapter(kind: type[Answer]) -> TypeAdapter[Answer]:
    """Make the validator of a type; cached."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def segment(text: str) -> str:
    """Escape a text as one segment of a path."""
    return quote(text, safe="")
