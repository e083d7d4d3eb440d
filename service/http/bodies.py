"""Reading request bodies: what is not read here, and how much of it.

A body is refused before it is read when its headers say enough, and while it is read otherwise. Whoever does
not read the body needs no limit: the server drops it.
"""

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from service.http.problems import ProblemError


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
