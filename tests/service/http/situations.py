"""Services in whatever state a documented problem needs: full, damaged, without a model, with a bug."""

import json
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

import httpx

from service.http.api_keys import KeyFile
from tests.conftest import PATIENCE_SECONDS, Service, serving, wait_until
from tests.service.requests import LAST_DATE, views
from tests.training.publisher import publish
from training.store.versions import MANIFEST_FILE, REPORT_FILE

JSON = {"Content-Type": "application/json"}
EVERYTHING = ["predict", "write", "admin"]
Clients = list[httpx.Client]
# Headers and bodies have a second, and whatever a route does has a bug in it.
IMPATIENT_AND_WRONG = """
from service.command_line import main
from service.http import protocol
from starlette.middleware.exceptions import ExceptionMiddleware

answer = ExceptionMiddleware.__call__

async def fail(inside, scope, receive, send):
    if scope["type"] == "http":
        raise RuntimeError("a bug")
    await answer(inside, scope, receive, send)

ExceptionMiddleware.__call__ = fail
protocol.HEADER_SECONDS = 1
main()
"""


class Route(NamedTuple):
    """A method, and a path as the document writes it."""

    method: str
    path: str

    def url(self, name: str = "channel") -> str:
        """The path for one series, job, version or upload."""
        before, opening, rest = self.path.partition("{")
        return f"{before}{name}{rest.partition('}')[2]}" if opening else before


class Situations:
    """Services that are started when they are first asked for, and run until the end of the block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _start(self, name: str, *seeds: int, **settings: Any) -> Service:
        """Serve a folder of its own, with a version for each seed."""
        models = self._folder / name / "models"
        models.parent.mkdir()
        for seed in seeds:
            publish(models, seed)
        return self._running.enter_context(serving(models, **settings))

    def _with_keys(
        self, name: str, *scopes: list[str], seeds: Sequence[int] = (1,), **settings: Any
    ) -> Clients:
        """The same with keys of these scopes; give a client for each."""
        service = self._start(name, *seeds, **settings)
        keys = [KeyFile(service.models).create(f"key {i}", each) for i, each in enumerate(scopes)]
        wait_until(lambda: service.client.get("/limits").status_code == 401)
        clients = [
            httpx.Client(base_url=service.url, headers={"X-API-Key": key}, timeout=PATIENCE_SECONDS)
            for key in keys
        ]
        return [self._running.enter_context(client) for client in clients]

    @cached_property
    def usual(self) -> "Usual":
        """With four versions, of which the last is current and the second damaged, and a kept series."""
        (client,) = self._with_keys("usual", EVERYTHING, seeds=(1, 2, 3, 4), max_kept_days=1_000)
        models = self._folder / "usual" / "models"
        versions = [version["version"] for version in client.get("/models").json()["versions"]][::-1]
        (models / versions[1] / MANIFEST_FILE).write_bytes(b"{")
        (models / versions[3] / REPORT_FILE).write_bytes(b"<p>good</p>")
        return Usual(client, versions)

    @cached_property
    def half_trusted(self) -> Clients:
        """A client whose key may look and no more, and one whose key may write and no more."""
        return self._with_keys("half_trusted", ["predict"], ["write"])

    @cached_property
    def hurried(self) -> httpx.Client:
        """A client whose key has made as many requests as it may."""
        (client,) = self._with_keys("hurried", EVERYTHING, rate_limit=0.001)
        assert client.get("/limits").status_code == 200
        return client

    @cached_property
    def small(self) -> Service:
        """A service that reads two bytes of a body, and has one version alone."""
        return self._start("small", 1, max_predict_bytes=2, max_history_bytes=2)

    @cached_property
    def wrong(self) -> Service:
        """An impatient service with a bug."""
        return self._start("wrong", 1, command=(sys.executable, "-c", IMPATIENT_AND_WRONG))

    @cached_property
    def full(self) -> Service:
        """A service that serves one request at a time, and is at it."""
        service = self._start("full", 1, max_requests=1)
        begun = self._running.enter_context(connect(service.port))
        begun.sendall(head("POST", "/predict") + b"Content-Length: 9\r\n\r\n{")
        wait_until(lambda: service.client.get("/healthz").status_code == 503)
        return service

    @cached_property
    def locked_out(self) -> Service:
        """A service whose keys are damaged."""
        service = self._start("locked_out", 1)
        (service.models / "keys.json").write_bytes(b"{")
        wait_until(lambda: service.client.get("/limits").status_code == 503)
        return service

    @cached_property
    def empty(self) -> Service:
        """A service without a model."""
        return self._start("empty")

    @cached_property
    def without_disk(self) -> Service:
        """A service whose database cannot be opened, nor its models folder written."""
        service = self._start("without_disk", 1, archive="postgresql+psycopg://127.0.0.1:1/views")
        (service.models / ".lock").unlink()
        (service.models / ".lock").mkdir()
        return service


class Usual:
    """A client of a service that does what it should.

    Attributes
    ----------
    client : with a key that may do everything
    versions : from the first to the current one; the second is damaged
    """

    def __init__(self, client: httpx.Client, versions: list[str]) -> None:
        self.client = client
        self.versions = versions
        self.keep("channel")

    def keep(self, name: str) -> str:
        """Keep days of a series; give the upload's number."""
        answer = self.client.put(f"/series/{name}/days", json={"views": views(), "last_date": LAST_DATE})
        return str(answer.raise_for_status().json()["upload"])

    def undone_upload(self) -> str:
        """Keep days, and take them back."""
        upload = self.keep("undone")
        self.client.delete(f"/uploads/{upload}").raise_for_status()
        return upload

    def ended_job(self) -> str:
        """Queue a training, and cancel it."""
        job = self.client.post("/retrain").raise_for_status().json()["id"]
        self.client.delete(f"/retrain/{job}")
        wait_until(lambda: self.client.get(f"/retrain/{job}").json()["finished"])
        return str(job)


def connect(port: int) -> socket.socket:
    """Open a connection."""
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)


def head(method: str, path: str) -> bytes:
    """A request's line and first headers."""
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n".encode()


def bare(port: int, request: bytes) -> tuple[int, str]:
    """Send bytes that no client would; give the status and the kind of the problem that is answered."""
    with connect(port) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(answer.split()[1]), json.loads(answer.partition(b"\r\n\r\n")[2])["type"]


def said(answer: httpx.Response) -> tuple[int, str]:
    """Give an answer's status, and the kind of its problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["type"]


Answers = Iterator[tuple[Route, httpx.Response]]


def call(
    client: httpx.Client, method: str, path: str, name: str = "channel", **more: Any
) -> tuple[Route, httpx.Response]:
    """Ask a route for one series, job, version or upload."""
    route = Route(method, path)
    return route, client.request(method, route.url(name), **more)


def days(n_days: int = 56, **more: Any) -> dict[str, Any]:
    """The body of an upload that is unlike the days that are kept."""
    return {"json": {"views": [7] * n_days, "last_date": LAST_DATE, **more}}
