"""One request through the application in this process: for what cannot be seen from outside."""

import asyncio
from typing import Any

from fastapi import FastAPI


def post(app: FastAPI, body: bytes) -> tuple[int, bytes]:
    """Forecast: give the status and the body of the answer."""
    return asyncio.run(exchange(app, body))


async def exchange(app: FastAPI, body: bytes, content_type: str = "application/json") -> tuple[int, bytes]:
    """Forecast on the event loop that runs."""
    headers = [(b"host", b"localhost"), (b"content-type", content_type.encode())]
    scope = {
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
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)
