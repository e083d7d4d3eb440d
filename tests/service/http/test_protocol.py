"""What a client may send before anybody has looked at it, and how long it may take."""

import json
import os
import select
import signal
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from service.http.protocol import MOST_CONNECTIONS, MOST_HEADER_BYTES
from tests.conftest import PATIENCE_SECONDS, Service, serving, wait_until
from tests.ports import listens
from tests.service.requests import single

HEAD = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def connect(service: Service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE_SECONDS)


def is_answered(connection: socket.socket) -> bool:
    """Whether a request on a connection gets 200."""
    connection.sendall(b"HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return connection.recv(4096).startswith(b"HTTP/1.1 200")


def answer_to(service: Service, *pieces: bytes) -> tuple[int, dict[str, object]]:
    """Send bytes, and read until the service closes the connection: the status, and the problem."""
    with connect(service) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                break
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
        except ConnectionResetError:
            pass  # it closed while more was on its way; what it said before has come in
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    return int(head.split()[1]), json.loads(body)


def test_headers_that_are_too_large_are_refused_wherever_they_are_cut(service: Service) -> None:
    many = b"".join(b"X-%d: 1\r\n" % i for i in range(MOST_HEADER_BYTES // 8))
    long = b"X: " + b"a" * 2 * MOST_HEADER_BYTES + b"\r\n"
    url = b"GET /%b HTTP/1.1\r\nHost: localhost\r\n" % (b"a" * 2 * MOST_HEADER_BYTES)
    for headers in HEAD + many, HEAD + long, url:
        whole = headers + b"\r\n"
        for pieces in [whole], [whole[i : i + 4096] for i in range(0, len(whole), 4096)]:
            status, problem = answer_to(service, *pieces)
            assert (status, problem["type"]) == (431, "urn:viewcast:headers-too-large")


def test_headers_of_the_largest_size_are_read(service: Service) -> None:
    filling = "a" * (MOST_HEADER_BYTES - 1024)
    assert service.predict(single(), headers={"X-Filling": filling}).status_code == 200
    large = single(views=[1.5] * 4000)
    assert service.predict(large, headers={"X-Filling": filling}).status_code == 200


def test_what_is_not_http_gets_a_problem(service: Service) -> None:
    status, problem = answer_to(service, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
    assert (status, problem["type"]) == (400, "urn:viewcast:malformed-request")


def test_what_is_not_http_after_right_requests_is_refused_after_their_answers(service: Service) -> None:
    body = json.dumps(single()).encode()
    right = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    broken_body = HEAD + b"Transfer-Encoding: chunked\r\n\r\nno size\r\n"
    for wrong in b"nonsense\r\n\r\n", broken_body, HEAD + b"Content-Length: no\r\n\r\n":
        for n_right in 1, 3:
            with connect(service) as connection:
                connection.sendall(n_right * right + wrong)
                received = b"".join(iter(lambda: connection.recv(65536), b""))
            statuses = [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]
            assert statuses == [*[200] * n_right, 400]


BODY = json.dumps(single()).encode()
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"%x\r\n%b\r\n0\r\n" % (len(BODY), BODY)


def statuses(service: Service, request: bytes) -> list[int]:
    """Send a request and another one that closes the connection; give the statuses of both."""
    with connect(service) as connection:
        connection.sendall(request + b"GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket", b"TLS/1.0"])
def test_a_request_that_asks_for_another_protocol_is_answered_in_this_one(
    service: Service, protocol: bytes
) -> None:
    asking = b"Upgrade: %b\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMA\r\n" % protocol
    length = b"Content-Length: %d\r\n\r\n" % len(BODY)
    assert statuses(service, HEAD + asking + length + BODY) == [200, 404]
    assert statuses(service, CHUNKED + asking + b"\r\n" + CHUNKS + b"\r\n") == [200, 404]
    assert statuses(service, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + asking + b"\r\n") == [200, 404]
    with connect(service) as connection:
        for piece in HEAD + asking, length, BODY[:9], BODY[9:]:
            connection.sendall(piece)
        assert connection.recv(12) == b"HTTP/1.1 200"


def test_trailers_are_no_headers(service: Service) -> None:
    for trailer in b"Host: attacker.example", b"Content-Type: text/csv", b"X-Request-ID: theirs":
        assert statuses(service, CHUNKED + b"\r\n" + CHUNKS + trailer + b"\r\n\r\n") == [200, 404]
    foreign = CHUNKED.replace(b"localhost", b"attacker.example")
    status, _ = answer_to(
        service, foreign + b"Connection: close\r\n\r\n" + CHUNKS + b"Host: localhost\r\n\r\n"
    )
    assert status == 421


def test_trailers_and_chunks_without_an_end_are_refused(service: Service) -> None:
    for endless in CHUNKS + b"X-Sum: ", b"1;":
        pieces = [b"a" * 65_536] * 16
        status, problem = answer_to(service, CHUNKED + b"\r\n" + endless, *pieces)
        assert (status, problem["type"]) == (431, "urn:viewcast:headers-too-large")


def test_a_request_with_two_hosts_is_refused(service: Service) -> None:
    for second in b"attacker.example", b"localhost":
        status, problem = answer_to(service, HEAD + b"Host: %b\r\n\r\n" % second)
        assert (status, problem["type"]) == (400, "urn:viewcast:malformed-request")


def test_an_idle_connection_is_kept_longer_than_clients_keep_theirs(service: Service) -> None:
    seconds = httpx.Limits().keepalive_expiry
    assert seconds is not None
    with connect(service) as connection:
        assert is_answered(connection)
        closed, _, _ = select.select([connection], [], [], seconds + 1)
        assert not closed
        assert is_answered(connection)


def test_headers_and_bodies_that_never_end_are_given_up(models: Path) -> None:
    impatient = (
        "from service.http import protocol; protocol.HEADER_SECONDS = protocol.BODY_SECONDS = 2; "
        "from service.command_line import main; main()"
    )
    with serving(models, command=(sys.executable, "-c", impatient)) as service, ExitStack() as stack:
        slow_headers, silent = (stack.enter_context(connect(service)) for _ in range(2))
        slow_headers.sendall(HEAD)
        assert silent.recv(1) == b""
        assert b"408" in slow_headers.recv(65536)
        status, problem = answer_to(service, HEAD + b"Content-Length: 1000\r\n\r\n{")
        assert (status, problem["type"]) == (408, "urn:viewcast:too-slow")


def test_connections_that_only_wait_make_room_for_those_that_ask(models: Path) -> None:
    with serving(models) as service, ExitStack() as stack:
        for _ in range(MOST_CONNECTIONS + 50):
            stack.enter_context(connect(service))
        assert service.predict(single()).status_code == 200


def test_of_idle_connections_those_that_asked_last_are_kept(models: Path) -> None:
    with serving(models) as service, ExitStack() as stack:
        first = stack.enter_context(connect(service))
        for _ in range(MOST_CONNECTIONS - 10):
            stack.enter_context(connect(service))
        assert is_answered(first)
        for _ in range(50):
            stack.enter_context(connect(service))
        # Connections are accepted in order, so those before are there when this one is answered.
        assert is_answered(stack.enter_context(connect(service)))
        assert is_answered(first)


def test_workers_end_with_their_supervisor_and_leave_the_port(models: Path) -> None:
    with serving(models, workers=2) as service:
        wait_until(lambda: service.predict(single()).status_code == 200)
        service.client.close()
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait()

        wait_until(lambda: not listens(service.port))
        with serving(models, workers=2, port=service.port) as again:
            assert again.predict(single()).status_code == 200
