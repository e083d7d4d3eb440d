"""Read request bodies, with limits of their size.

A body that is too large is refused by its headers before it is read, or else while it is read. Endpoints that
do not read the body need no limit, because the server discards it.
"""

import asyncio
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from service.http.problems import ProblemError
from service.http.scope import HELD_BYTES, IN_FLIGHT

# Bodies of up to this size are not counted; they are already in memory before they are read here.
UNCOUNTED_BYTES = 64 * 1024
# Memory of a series in addition to its counts: its name, and Python objects.
SERIES_BYTES = 1024


class BytesInFlight:
    """Counts the bytes of bodies and of parsed series that a process holds in memory, for all requests.

    Parameters
    ----------
    most_bytes : int
        Limit for the sum over all requests.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._n_bytes = 0

    def hold(self, scope: Scope, n_bytes: int) -> None:
        """Set the number of bytes that a request holds.

        Raises `ProblemError` (503) when all requests together would exceed the limit.
        """
        more = n_bytes - scope.get(HELD_BYTES, 0)
        if self._n_bytes + more > self._most_bytes:
            detail = "the bodies of all requests have more bytes than can be held; try again in some seconds"
            raise ProblemError("overloaded", detail, headers={"Retry-After": "5"})
        self._n_bytes += more
        scope[HELD_BYTES] = n_bytes

    def release(self, scope: Scope) -> None:
        """Subtract the bytes of a request that has ended."""
        self._n_bytes -= scope.pop(HELD_BYTES, 0)


def hold_parsed(scope: Scope, n_bytes: int) -> None:
    """Set the number of bytes that a request holds after parsing, instead of those of its body.

    Raises `ProblemError` (503) when all requests together would exceed the limit.
    """
    if n_bytes > UNCOUNTED_BYTES:
        scope[IN_FLIGHT].hold(scope, n_bytes)


class Departure:
    """Detects that a client disconnects during the answer; to be entered after the body was read completely.

    Parameters
    ----------
    receive : callable
        The ASGI `receive` of the request; from now on, its only message is the disconnect.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def __aenter__(self) -> Callable[[], bool]:
        """Start listening; return a function that tells whether the client has disconnected."""
        self._listening = asyncio.create_task(self._listen())
        return self._listening.done

    async def __aexit__(self, *_: object) -> None:
        self._listening.cancel()

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


def media_type(headers: Headers) -> str:
    """Give the content type without parameters, in lower case; empty when the header is missing."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def refuse_encoded(headers: Headers) -> None:
    """Raise `ProblemError` (415) when the body has a content encoding.

    Compressed bodies are not accepted, because their decompressed size has no limit.
    """
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        detail = f"Content-Encoding {encoding} is not read here; send the body as it is"
        raise ProblemError("unsupported-content", detail, headers={"Accept-Encoding": "identity"})


def limited(scope: Scope, receive: Receive, max_bytes: int) -> Receive:
    """Wrap `receive` with a limit of the body's size.

    Raises `ProblemError` when the body has an encoding (415), when it exceeds `max_bytes` (413), or when the
    bodies of all requests exceed their limit (503).
    """
    headers = Headers(scope=scope)
    refuse_encoded(headers)
    if int(headers.get("content-length", 0)) > max_bytes:
        raise _too_large(max_bytes)
    n_bytes = 0

    async def receive_limited() -> Message:
        nonlocal n_bytes
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if n_bytes > max_bytes:
            raise _too_large(max_bytes)
        if n_bytes > UNCOUNTED_BYTES:
            scope[IN_FLIGHT].hold(scope, n_bytes)
        return message

    return receive_limited


async def read_body(receive: Receive) -> bytes:
    """Read the complete body.

    Raises
    ------
    ClientDisconnect
        When the client disconnects before the end of the body.
    """
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _too_large(max_bytes: int) -> ProblemError:
    return ProblemError(
        "body-too-large", f"the body has more than {max_bytes} bytes, the most that is read here"
    )
