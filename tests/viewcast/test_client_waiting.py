"""Waiting for a training through something that breaks every stream off."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

from tests.viewcast.test_client import Ask, both

JOB = "0" * 32
# How long the job goes on after the first stream: two pauses of the client, and a bit.
JOB_SECONDS = 2.5


@contextmanager
def breaking_streams() -> Iterator[Any]:
    """A service whose streams of events end before they have said anything; its job ends after a while."""
    service = SimpleNamespace(url="", n_streams=0, end=float("inf"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_stream = self.path.endswith("/events")
            if is_stream:
                service.n_streams += 1
                service.end = min(service.end, time.monotonic() + JOB_SECONDS)
            ended = time.monotonic() > service.end
            state = {"id": JOB, "state": "succeeded" if ended else "running", "step": "a", "progress": 0.5}
            body = b"" if is_stream else json.dumps(state).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream" if is_stream else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing of requests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield service
        server.shutdown()
        thread.join()


@both
def test_a_stream_that_breaks_off_at_once_is_not_asked_for_again_without_a_pause(ask: Ask) -> None:
    with breaking_streams() as service:
        assert ask(service, "wait", JOB).state == "succeeded"
        assert 1 <= service.n_streams <= 4
