"""The outermost layer of the service: checks of every request, and headers of every answer, as plain ASGI.

It says who may ask, lets in as many as can be served, and gives each answer its request's id and the headers
that keep browsers from doing more with it than is meant.
"""

import os
import re
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.bodies import BytesInFlight
from service.http.key_check import KeyCheck
from service.http.logs import log_request, request_id
from service.http.metrics import Metrics
from service.http.origins import Origins
from service.http.problems import ProblemError
from service.http.scope import IN_FLIGHT, KEY, KIND
from service.http.tracing import take_traceparent

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_POLICY = b"content-security-policy"
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
# For pages: only scripts, styles and pictures of this service.
PAGE_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    b"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Swagger UI has an inline script, and inline pictures.
LENIENT_PAGE_POLICY = PAGE_POLICY.replace(b"script-src 'self'", b"script-src 'self' 'unsafe-inline'").replace(
    b"style-src 'self'", b"style-src 'self' 'unsafe-inline'"
)


class Gate:
    """The outermost ASGI application.

    Parameters
    ----------
    app : what answers
    origins : the hosts and origins that may ask
    keys : the API keys in force
    metrics : what is counted
    in_flight : the bytes of bodies that are held in memory
    most_requests : how many are served at once by this process; more get 503
    log_requests : whether each request is logged
    readable : wraps refusals as `app` is wrapped, so that pages of other origins can read them too
    """

    def __init__(
        self,
        app: ASGIApp,
        origins: Origins,
        keys: KeyCheck,
        metrics: Metrics,
        in_flight: BytesInFlight,
        most_requests: int,
        log_requests: bool = False,
        readable: Callable[[ASGIApp], ASGIApp] = lambda answering: answering,
    ) -> None:
        self._readable = readable
        self._metrics = metrics
        self._log_requests = log_requests
        self._app = app
        self._origins = origins
        self._keys = keys
        self._most_requests = most_requests
        self._n_requests = 0
        self._in_flight = in_flight

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request, and pass it on or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        name = headers.get(b"x-request-id", b"")
        if not _REQUEST_ID.fullmatch(name):
            name = os.urandom(8).hex().encode()
        request_id.set(name.decode())
        take_traceparent(headers)
        scope[IN_FLIGHT] = self._in_flight
        answer = _Answer(send, name, scope["path"])
        began = time.perf_counter()
        self._n_requests += 1
        try:
            self._origins.check(scope["method"], headers)
            if (key := self._keys.check(scope, headers)) is not None:
                scope[KEY] = key
            if self._n_requests > self._most_requests:
                raise _overloaded(self._most_requests)
        except ProblemError as problem:
            scope[KIND] = problem.kind
            await self._readable(problem.response(scope["path"]))(scope, receive, answer.send)
        else:
            await self._app(scope, receive, answer.send)
        finally:
            self._n_requests -= 1
            self._in_flight.release(scope)
            seconds = time.perf_counter() - began
            self._metrics.count(scope, answer.status, seconds)
            if self._log_requests:
                log_request(scope, answer.status, seconds)


class _Answer:
    """Adds the common headers to the beginning of an answer, and remembers its status."""

    def __init__(self, send: Send, name: bytes, path: str) -> None:
        self._send = send
        self._name = name
        self._path = path
        # The status that nginx logs when a client disconnects before the answer.
        self.status = 499

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message.get("headers", [])
            more = [(b"x-request-id", self._name), *SECURITY_HEADERS]
            names = dict(headers)
            if names.get(b"content-type", b"").startswith(b"text/html") and _POLICY not in names:
                policy = LENIENT_PAGE_POLICY if self._path.startswith("/docs") else PAGE_POLICY
                more.append((_POLICY, policy))
            message["headers"] = [*headers, *more]
        await self._send(message)


def _overloaded(most: int) -> ProblemError:
    detail = f"{most} requests are being served, as many as can be; try again in a second"
    return ProblemError("overloaded", detail, headers={"Retry-After": "1"})
