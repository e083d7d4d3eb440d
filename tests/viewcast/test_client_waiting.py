"""Waiting for a training, and reading streams, through whatever breaks them off or puts them off."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from tests.ports import free_port
from tests.viewcast.test_client import Ask, both
from viewcast import Client

JOB = "0" * 32
# How long the job goes on after the first stream: two pauses of the client, and a bit.
JOB_SECONDS = 2.5
PUT_OFF = {"Retry-After": "0"}

# Its status, headers and body.
Answer = tuple[int, dict[str, str], bytes]
# Gives the answer for a path; None closes the connection without one.
Answering = Callable[[str], Answer | None]


@contextmanager
def answering(answer: Answering) -> Iterator[Any]:
    """A service that answers each path as a function says."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answered = answer(self.path)
            if answered is None:
                self.close_connection = True
                return
            status, headers, body = answered
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing of requests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()


def job(state: str) -> Answer:
    return 200, {}, json.dumps({"id": JOB, "state": state, "step": "a", "progress": 0.5}).encode()


def event(state: str) -> Answer:
    return 200, {}, b"data: " + job(state)[2] + b"\n\n"


@both
def test_a_stream_that_breaks_off_at_once_is_not_asked_for_again_without_a_pause(ask: Ask) -> None:
    streams: list[float] = []

    def answer(path: str) -> Answer:
        if path.endswith("/events"):
            streams.append(time.monotonic())
            return 200, {}, b""
        return job("succeeded" if streams and time.monotonic() > streams[0] + JOB_SECONDS else "running")

    with answering(answer) as service:
        assert ask(service, "wait", JOB).state == "succeeded"
        assert 1 <= len(streams) <= 4


@both
def test_a_training_is_waited_for_while_its_service_restarts(ask: Ask) -> None:
    unavailable: Answer = 502, {}, b"no service behind the proxy"
    answers = iter([job("running"), None, None, unavailable, job("running"), event("succeeded")])
    with answering(lambda _: next(answers, job("succeeded"))) as service:
        assert ask(service, "wait", JOB).state == "succeeded"


@both
def test_a_service_that_never_answered_is_not_waited_for(ask: Ask) -> None:
    with pytest.raises(httpx.ConnectError):
        ask(SimpleNamespace(url=f"http://127.0.0.1:{free_port()}"), "wait", JOB)


def test_a_quiet_stream_outlasts_a_short_timeout() -> None:
    def answer(path: str) -> Answer:
        Event().wait(0.5)  # nothing happens in the training
        return event("succeeded")

    with answering(answer) as service, Client(service.url, timeout=0.2) as client:
        assert [progress.state for progress in client.follow(JOB)] == ["succeeded"]


@both
def test_streams_that_are_put_off_are_asked_for_again(ask: Ask, tmp_path: Path) -> None:
    put_off: Answer = 503, PUT_OFF, b""
    answers = iter(
        [put_off, put_off, (200, {}, b"series,date,views\n"), job("running"), put_off, event("failed")]
    )
    with answering(lambda _: next(answers, job("failed"))) as service:
        ask(service, "export", tmp_path / "all.csv")
        assert (tmp_path / "all.csv").read_text() == "series,date,views\n"
        assert ask(service, "wait", JOB).state == "failed"
    assert next(answers, None) is None
