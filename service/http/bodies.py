"""Reading request bodies: what is not read here, and how much of it.

A body is refused before it is read when its headers say enough, and while it is read otherwise. Whoever does
not read the body needs no limit: the server drops it.
"""

import asyncio
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from service.http.problems import ProblemError
from service.http.scope import HELD_BYTES, IN_FLIGHT

# A body up to here is in memory already when it is looked at.
UNCOUNTED_BYTES = 64 * 1024
# What a series takes beside its counts: its name, and Python's objects.
SERIES_BYTES = 1024


class BytesInFlight:
    """How many bytes of bodies, and of what came of them, a process holds in memory, over all requests.

    Parameters
    ----------
    most_bytes : int
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._n_bytes = 0

    def hold(self, scope: Scope, n_bytes: int) -> None:
        """Note that a request holds so many bytes by now.

        Raises `ProblemError` when all requests would hold too many.
        """
        more = n_bytes - scope.get(HELD_BYTES, 0)
        if self._n_bytes + more > self._most_bytes:
            detail = "the bodies of all requests have more bytes than can be held; try again in some seconds"
            raise ProblemError("overloaded", detail, headers={"Retry-After": "5"})
        self._n_bytes += more
        scope[HELD_BYTES] = n_bytes

    def release(self, scope: Scope) -> None:
        """Note that a request has ended."""
        self._n_bytes -= scope.pop(HELD_BYTES, 0)


def hold_parsed(scope: Scope, n_bytes: int) -> None:
    """Note what a request holds from now on in the place of its body: what came of it.

    Raises `ProblemError` when all requests would hold too much.
    """
    if n_bytes > UNCOUNTED_BYTES:
        scope[IN_FLIGHT].hold(scope, n_bytes)


class Departure:
    """Whether a client has gone away while it is being served; to be entered once its body is read whole.

    Parameters
    ----------
    receive : the request's, which says nothing more but that
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def __aenter__(self) -> Callable[[], bool]:
        """Begin to listen; give what says whether it has gone."""
        self._listening = asyncio.create_task(self._listen())
        return self._listening.done

    async def __aexit__(self, *_: object) -> None:
        self._listening.cancel()

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


def media_type(headers: Headers) -> str:
    """Give the content type without its parameters, in lower case; empty when there is none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def refuse_encoded(headers: Headers) -> None:
    """Raise the `ProblemError` that a body is encoded, if it is.

    A compressed body is refused rather than unpacked: what it unpacks to has no limit.
    """
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        detail = f"Content-Encoding {encoding} is not read here; send the body as it is"
        raise ProblemError("unsupported-content", detail, headers={"Accept-Encoding": "identity"})


def limited(scope: Scope, receive: Receive, max_bytes: int) -> Receive:
    """Wrap `receive` so that a body of more than `max_bytes`, or an encoded one, becomes a `ProblemError`."""
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
    """Read the body whole.

    Raises
    ------
    ClientDisconnect
        When the client goes away before its end.
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
