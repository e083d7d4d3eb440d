"""One request through the application in this process: for what cannot be seen from outside."""

import asyncio
from typing import Any

from fastapi import FastAPI


def post(app: FastAPI, body: bytes) -> tuple[int, bytes]:
    """Forecast: give the status and the body of the answer."""
    return asyncio.run(exchange(app, body))


def request_scope(body: bytes, content_type: str = "application/json") -> dict[str, Any]:
    """The ASGI scope of a request for forecasts."""
    headers = [(b"host", b"localhost"), (b"content-type", content_type.encode())]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": "POST",
        "path": "/predict",
        "raw_path": b"/predict",
        "root_path": "",
        "query_string": b"",
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "headers": [*headers, (b"content-length", str(len(body)).encode())],
    }


async def exchange(app: FastAPI, body: bytes, content_type: str = "application/json") -> tuple[int, bytes]:
    """Forecast on the event loop that runs."""
    scope = request_scope(body, content_type)
    sent: list[Any] = []

    received = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if received.is_set():
            # The client stays.
            await asyncio.Event().wait()
        received.set()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)
