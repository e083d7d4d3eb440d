"""An object store on a socket for tests: moto's S3, which takes one request after the other."""

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

BUCKET = "models-of-tests"


@dataclass
class ObjectStore:
    """A running store; `url` is a place in its bucket.

    Attributes
    ----------
    most_sent : of each request that is a PUT of a zip file, so many bytes arrive before the line is cut
    lost_answers : so many answers to such requests are lost, once the store has done what they ask for
    is_down : whether nothing gets through
    """

    port: int
    url: str = f"s3://{BUCKET}/viewcast"
    most_sent: int | None = None
    lost_answers: int = 0
    is_down: bool = False
    requests: list[str] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """How AWS's tools find it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self) -> Any:
        return boto3.client("s3")

    def keys(self) -> list[str]:
        """The names of all objects in the bucket."""
        return [entry["Key"] for entry in self.client().list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def pass_on(self, incoming: socket.socket, server_port: int) -> None:
        """Carry a request to the server and its answer back, as far as the line is to hold."""
        with closing(incoming):
            if self.is_down:
                return
            head = _until_end_of_head(incoming)
            self.requests.append(head.partition(b"\r\n")[0].decode())
            is_group = head.startswith(b"PUT") and b".zip" in head.partition(b"\r\n")[0]
            with socket.create_connection(("127.0.0.1", server_port)) as outgoing:
                if is_group and self.most_sent is not None:
                    outgoing.sendall((head + incoming.recv(self.most_sent))[: len(head) + self.most_sent])
                    return
                outgoing.sendall(head)
                back = threading.Thread(target=_copy, args=(incoming, outgoing), daemon=True)
                back.start()
                answer = b"".join(iter(lambda: outgoing.recv(2**16), b""))
            if is_group and self.lost_answers:
                self.lost_answers -= 1
                incoming.shutdown(socket.SHUT_RDWR)
                return
            incoming.sendall(answer)


def _until_end_of_head(incoming: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (more := incoming.recv(2**16)):
        head += more
    # What waits for leave to send its body gets it here, once.
    head, n_waiting = re.subn(rb"(?i)\r\nexpect: *100-continue", b"", head)
    if n_waiting:
        incoming.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    return head


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(2**16):
            target.sendall(piece)


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing."""


def _accept(listening: socket.socket, store: ObjectStore, server_port: int) -> None:
    def carry(incoming: socket.socket) -> None:
        with suppress(OSError):
            store.pass_on(incoming, server_port)

    with suppress(OSError):
        while True:
            incoming, _ = listening.accept()
            threading.Thread(target=carry, args=(incoming,), daemon=True).start()


@contextmanager
def serving_objects() -> Iterator[ObjectStore]:
    """Run a store with an empty bucket; this process, and those it starts, find it by the environment."""
    app = DomainDispatcherApplication(create_backend_app)
    server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=False, request_handler=_Silent)
    listening = socket.create_server(("127.0.0.1", 0))
    store = ObjectStore(listening.getsockname()[1])
    threads = [
        threading.Thread(target=server.serve_forever, daemon=True),
        threading.Thread(target=_accept, args=(listening, store, server.port), daemon=True),
    ]
    for thread in threads:
        thread.start()
    before = dict(os.environ)
    os.environ.update(store.environment())
    try:
        # moto's objects outlive its server, in the memory of this process.
        _empty(store.client())
        yield store
    finally:
        os.environ.clear()
        os.environ.update(before)
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        server.shutdown()
        server.server_close()


def _empty(client: Any) -> None:
    if BUCKET not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=BUCKET)
    for entry in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=entry["Key"])
