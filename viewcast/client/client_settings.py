"""What both clients have in common: their parameters, and when a request is sent again."""

from __future__ import annotations

import time
from typing import Any

import httpx

from viewcast.client.errors import ServiceError

URL = "http://127.0.0.1:8000"
TIMEOUT_SECONDS = 60.0
RETRIES = 3
# Longest Retry-After, in seconds, that is waited for.
LONGEST_WAIT_SECONDS = 60.0
# Pause before a stream of events that broke off is opened again.
PAUSE_SECONDS = 1.0
# A stream of events without news sends a comment every 15 seconds: a shorter timeout would end it.
LEAST_STREAM_SECONDS = 60.0
# How long `wait` goes on without an answer: a restart with a large model on a busy machine takes less.
ABSENT_SECONDS = 300.0
# These statuses, with Retry-After, say that the request was not processed.
_TRY_AGAIN = (429, 503)
# A proxy answers with these while there is no service behind it.
_ABSENT = (502, 503, 504)


class ClientSettings:
    """The parameters and retries of both clients; the parameters are described in `Client`."""

    def __init__(
        self,
        url: str = URL,
        key: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        retries: int = RETRIES,
    ) -> None:
        self.url = url
        self.retries = retries
        self._options: dict[str, Any] = {
            "base_url": url,
            "timeout": timeout,
            "headers": {} if key is None else {"Authorization": f"Bearer {key}"},
        }
        self._stream_timeout = httpx.Timeout(timeout, read=max(timeout, LEAST_STREAM_SECONDS))

    def _wait_seconds(self, response: httpx.Response, n_tries: int, may_repeat: bool) -> float | None:
        """Give the seconds to wait before the next try; None when there is none, and the error is raised."""
        if response.is_success:
            return None
        error = ServiceError.of(response)
        is_put_off = response.status_code in _TRY_AGAIN and error.retry_after is not None
        if is_put_off and may_repeat and n_tries <= self.retries:
            assert error.retry_after is not None
            if error.retry_after <= LONGEST_WAIT_SECONDS:
                return error.retry_after
        raise error


class Patience:
    """Whether to go on without an answer of a service that has answered before, and so may be restarting."""

    def __init__(self) -> None:
        self._has_answered = False
        self._absent_since: float | None = None

    def answered(self) -> None:
        """Note an answer."""
        self._has_answered = True
        self._absent_since = None

    def is_left(self, error: httpx.TransportError | ServiceError) -> bool:
        """Whether to go on after an error."""
        if not self._has_answered or (isinstance(error, ServiceError) and error.status not in _ABSENT):
            return False
        now = time.monotonic()
        if self._absent_since is None:
            self._absent_since = now
        return now - self._absent_since < ABSENT_SECONDS
