"""Behind nginx, no client's body is taken for a request: neither of its own nor of another client."""

import json
import re
import socket
import ssl
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import unquote

import httpx

from tests.conftest import PATIENCE_SECONDS, Service, serving, wait_until
from tests.proxy import needs_nginx, proxied
from tests.service.http.smuggling import forms
from tests.service.requests import single

# nginx waits this long for the rest of a body or for the next request, and longer for a handshake and
# headers, which a busy machine may delay.
AROUND = """
log_format passed '$upstream_addr $request_method $request_uri';
access_log "{folder}/access.log" passed;
keepalive_timeout 1s; client_header_timeout 10s; client_body_timeout 1s;
upstream viewcast {{ server 127.0.0.1:{port}; keepalive 4; }}
"""
N_AT_ONCE = 32


def send(port: int, trusted: ssl.SSLContext, content: bytes) -> bytes:
    """Send bytes over TLS, and read until nginx closes the connection."""
    with ExitStack() as stack:
        plain = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS))
        connection = stack.enter_context(trusted.wrap_socket(plain, server_hostname="localhost"))
        received = b""
        try:
            connection.sendall(content)
            while piece := connection.recv(65536):
                received += piece
        except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError):
            pass  # it closed while more was on its way
        return received


def passed_on(folder: Path) -> Counter[str]:
    """The requests that nginx passed on, by method and path."""
    lines = [line.split(" ") for line in (folder / "access.log").read_text().splitlines()]
    return Counter(
        f"{method} {unquote(re.split('[?#]', url)[0])}" for address, method, url in lines if address != "-"
    )


def arrived(service: Service) -> Counter[str]:
    """The requests that the service logged, by method and path."""
    entries = [json.loads(line) for line in service.log.read_text().splitlines() if '"path"' in line]
    return Counter(f"{entry['method']} {entry['path']}" for entry in entries)


@needs_nginx
def test_nothing_is_smuggled_through_the_proxy(models: Path, tmp_path: Path) -> None:
    with serving(models, access_log=True, log_format="json") as service:
        before = arrived(service)
        address = f"proxy_pass http://127.0.0.1:{service.port};"
        # The documented configuration closes each connection, and nothing could be smuggled over it.
        reused = address, 'proxy_pass http://viewcast; proxy_set_header Connection "";'
        around = AROUND.format(folder=tmp_path, port=service.port)
        with proxied(service, tmp_path, around, reused) as port:
            trusted = ssl.create_default_context(cafile=tmp_path / "a.pem")
            url = f"https://localhost:{port}"
            # A connection that is kept could be closed by nginx just before it is used.
            limits = httpx.Limits(max_keepalive_connections=0)
            with (
                ThreadPoolExecutor(N_AT_ONCE) as pool,
                httpx.Client(verify=trusted, timeout=300, limits=limits) as victim,
            ):
                attacks = [pool.submit(send, port, trusted, form) for form in forms()]
                for i, attack in enumerate(attacks):
                    answer = victim.post(f"{url}/predict", json={"series": [single(id=f"victim {i}")]})
                    assert answer.json()["series"][0]["id"] == f"victim {i}"
                    received = attack.result()
                    assert not re.search(rb"HTTP/1.1 500|victim", received)
        service.client.get("/last")
        last = Counter(["GET /last"])
        wait_until(lambda: last <= arrived(service))
        sent, logged = passed_on(tmp_path), arrived(service) - before - last
    assert sent["POST /predict"] > len(attacks)
    assert logged <= sent, logged - sent
    assert sent["GET /smuggled"] == logged["GET /smuggled"]
