"""HTTP/1.1 with limits on the size of headers and on the time that a client may take.

uvicorn's protocol reads headers of any size and waits for them, and for bodies, as long as a client likes.
"""

import asyncio
import sys
from collections import deque
from http import HTTPStatus
from typing import Any

from httptools import HttpParserUpgrade, HttpRequestParser
from pydantic_core import to_json
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.http.problems import KINDS, MEDIA_TYPE

# The request line and all headers together.
MOST_HEADER_BYTES = 32 * 1024
# Until the end of the headers, from the connection or from their first byte.
HEADER_SECONDS = 10.0
# A client may take half a minute to send a body, and longer only at this rate or faster.
BODY_SECONDS = 30.0
LEAST_BYTES_A_SECOND = 16 * 1024
# After SIGTERM, from a connection that was made before, until its first byte.
LAST_REQUEST_SECONDS = 2.0
# Below the usual limit of 1,024 open files. When there are more connections, idle ones are closed.
MOST_CONNECTIONS = 800

_TICK_SECONDS = 1.0


class LimitedProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind = "malformed-request"
        self._piece = b""
        self._n_header_bytes = 0
        self._has_headers = False
        self._is_ending = False
        self._timer: asyncio.TimerHandle | None = None
        self._n_body_bytes = 0
        self._waited = 0.0
        self._last_used = 0.0
        # Answers that are still to be sent, after those of the requests before.
        self._refusal: tuple[str, str] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept a connection, and close an idle one when there are too many."""
        super().connection_made(transport)
        self._last_used = self.loop.time()
        if len(self.connections) > MOST_CONNECTIONS and not self._close_an_idle_one():
            self._refuse("overloaded", "there are as many connections as there can be")
            return
        self._timer = self.loop.call_later(HEADER_SECONDS, self._end_waiting_for_headers)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a closed connection."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse incoming data, unless headers or trailers were too long."""
        self._piece = data
        self._n_header_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._n_header_bytes > MOST_HEADER_BYTES:
            self._refuse("headers-too-large", f"the headers have more than {MOST_HEADER_BYTES} bytes")
        elif self._has_headers and self.cycle.more_body and self._timer is None:
            self._timer = self.loop.call_later(_TICK_SECONDS, self._wait_for_body)

    def on_message_begin(self) -> None:
        """Start the time limit for headers."""
        super().on_message_begin()
        self._has_headers = False
        self._last_used = self.loop.time()
        if self._timer is None:
            self._timer = self.loop.call_later(HEADER_SECONDS, self._end_waiting_for_headers)

    def on_headers_complete(self) -> None:
        """Check what the parser does not: a single host, and the size of headers in one large piece."""
        if len(self._piece) > MOST_HEADER_BYTES or self._n_header_bytes > MOST_HEADER_BYTES:
            n_bytes = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if n_bytes > MOST_HEADER_BYTES:
                self._kind = "headers-too-large"
                raise ValueError(self._kind)  # the parser stops, and `send_400_response` follows
        if [name for name, _ in self.headers].count(b"host") > 1:
            raise ValueError("more than one host")
        self._stop_timer()
        self._has_headers = True
        self._n_header_bytes = 0
        self._n_body_bytes, self._waited = 0, 0.0
        super().on_headers_complete()
        if self._is_ending and self.cycle is not None:
            self.cycle.keep_alive = False
        # Trailers would be handled like headers, and would replace them after these were checked.
        self.headers = []

    def on_body(self, body: bytes) -> None:
        """Count the bytes of the body."""
        self._n_header_bytes = 0
        self._n_body_bytes += len(body)
        super().on_body(body)

    def _should_upgrade(self) -> bool:
        """Handle requests for another protocol in the next function."""
        return True

    def handle_websocket_upgrade(self) -> None:
        """Continue without another protocol: the parser stopped before the body.

        Java's client asks for HTTP/2 with each request.
        """
        method = self.parser.get_method()
        if method == b"CONNECT":
            self.send_400_response("Invalid HTTP request received.")
            return
        stopped = sys.exception()
        assert isinstance(stopped, HttpParserUpgrade)
        version = self.parser.get_http_version().encode()
        headers = [b"%b: %b" % header for header in self.scope["headers"] if header[0] != b"upgrade"]
        head = b"\r\n".join([b"%b %b HTTP/%b" % (method, self.url, version), *headers, b"\r\n"])
        self.parser = HttpRequestParser(self)
        self.data_received(head + self._piece[stopped.args[0] :])

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser cannot read, as a problem document."""
        detail = f"the headers have more than {MOST_HEADER_BYTES} bytes"
        self._refuse(self._kind, msg if self._kind == "malformed-request" else detail)

    def on_response_complete(self) -> None:
        """Continue with the next request, or answer what was wrong with it."""
        if self._refusal is not None:
            whole = [entry for entry in self.pipeline if not entry[0].more_body]
            if not whole:
                self._say(*self._refusal)
                return
            self.pipeline = deque(whole)
        super().on_response_complete()

    def shutdown(self) -> None:
        """Close an idle connection; a new one may still send a request, which a proxy sends nowhere else."""
        self._is_ending = True
        if self._has_headers:
            super().shutdown()
        else:
            self.loop.call_later(LAST_REQUEST_SECONDS, self._end_waiting_for_last_request)

    def is_idle(self) -> bool:
        """Whether the connection is idle: no request, or incomplete headers."""
        return not self._has_headers or self.cycle.response_complete

    def _close_an_idle_one(self) -> bool:
        others = [connection for connection in self.connections if connection is not self]
        limited = [connection for connection in others if isinstance(connection, LimitedProtocol)]
        idle = [connection for connection in limited if connection.is_idle()]
        if idle:
            longest_idle = min(idle, key=lambda connection: connection._last_used)
            self.connections.discard(longest_idle)
            longest_idle.transport.abort()
        return bool(idle)

    def _end_waiting_for_headers(self) -> None:
        self._timer = None
        if self._n_header_bytes and not self._has_headers:
            self._refuse("too-slow", f"the headers took more than {HEADER_SECONDS:g} seconds")
        elif self.cycle is None:
            self.transport.close()

    def _end_waiting_for_last_request(self) -> None:
        if not self._has_headers and not self._n_header_bytes:
            self.transport.close()

    def _wait_for_body(self) -> None:
        """Count the time that the service waits for the client, not the reverse."""
        self._timer = None
        if not self.cycle.more_body or self.transport.is_closing():
            return
        if not self.flow.read_paused:
            self._waited += _TICK_SECONDS
        if self._waited > BODY_SECONDS + self._n_body_bytes / LEAST_BYTES_A_SECOND:
            self._refuse("too-slow", f"the body took more than {self._waited:g} seconds")
            return
        self._timer = self.loop.call_later(_TICK_SECONDS, self._wait_for_body)

    def _refuse(self, kind: str, detail: str) -> None:
        """Answer with a problem after the complete requests, and close the connection."""
        self._stop_timer()
        cycle = self.cycle
        is_answering = cycle is not None and not cycle.response_complete
        if self.pipeline or (is_answering and not cycle.more_body):
            self._refusal = kind, detail
            self.flow.pause_reading()
        elif is_answering and cycle.response_started:
            self.transport.close()
        else:
            self._say(kind, detail)

    def _say(self, kind: str, detail: str) -> None:
        self.transport.write(_problem_response(kind, detail))
        self.transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _problem_response(kind: str, detail: str) -> bytes:
    status, title = KINDS[kind]
    problem = {"type": f"urn:viewcast:{kind}", "title": title, "status": status, "detail": detail}
    body = to_json({**problem, "instance": ""})
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
        f"content-length: {len(body)}\r\nretry-after: 1\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
