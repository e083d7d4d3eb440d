"""`Client` and `AsyncClient`: they send the requests that are defined in `calls`."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import anyio
import httpx

from training.disk.durable import replaced
from training.jobs.job_state import JobState
from viewcast.client import calls
from viewcast.client.call import Answer, Call, segment
from viewcast.client.client_settings import (
    PAUSE_SECONDS,
    RETRIES,
    TIMEOUT_SECONDS,
    URL,
    ClientSettings,
    Patience,
)
from viewcast.client.errors import ServiceError
from viewcast.client.events import JobProgress, progress_of

P = ParamSpec("P")
Method = TypeVar("Method", bound=Callable[..., Any])


def _described(method: Method, build: Callable[..., Any]) -> Method:
    """Copy the name, signature and documentation of the function that builds a method's call."""
    signature = inspect.signature(build)
    functools.update_wrapper(method, build)
    this = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    method.__signature__ = signature.replace(parameters=[this, *signature.parameters.values()])  # type: ignore[attr-defined]
    return method


def _method(build: Callable[P, Call[Answer]]) -> Callable[Concatenate[Client, P], Answer]:
    def method(client: Client, /, *arguments: P.args, **named: P.kwargs) -> Answer:
        return client.send(build(*arguments, **named))

    return _described(method, build)


def _async_method(
    build: Callable[P, Call[Answer]],
) -> Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, Answer]]:
    async def method(client: AsyncClient, /, *arguments: P.args, **named: P.kwargs) -> Answer:
        return await client.send(build(*arguments, **named))

    return _described(method, build)


class Client(ClientSettings):
    """A client of the service. As a context manager, it closes its connections at the end.

    Methods raise `ServiceError` when the service answers with an error, and httpx's `TransportError` when
    there is no answer.
    when there is no answer.

    Parameters
    ----------
    url : str, default="http://127.0.0.1:8000"
        URL of the service.
    key : str, default=none
        An API key.
    timeout : float, default=60
        Seconds to wait for a connection, or for the next piece of an answer; at least 60 for the pieces
        that `export`, `follow` and `wait` read.
    retries : int, default=3
        How often to repeat a request after 429 or 503 with `Retry-After`, if repeating it is safe. Requests
        that keep data have an `Idempotency-Key`, which makes it safe.
    """

    predict = _method(calls.predict)
    predict_kept = _method(calls.predict_kept)
    predict_many = _method(calls.predict_many)
    read = _method(calls.read)
    put_days = _method(calls.put_days)
    post_series = _method(calls.post_series)
    post_file = _method(calls.post_file)
    list_series = _method(calls.list_series)
    get_series = _method(calls.get_series)
    delete_series = _method(calls.delete_series)
    list_uploads = _method(calls.list_uploads)
    undo_upload = _method(calls.undo_upload)
    retrain = _method(calls.retrain)
    job = _method(calls.job)
    cancel = _method(calls.cancel)
    model = _method(calls.model)
    list_models = _method(calls.list_models)
    activate = _method(calls.activate)
    rollback = _method(calls.rollback)
    challenge = _method(calls.challenge)
    end_challenge = _method(calls.end_challenge)
    monitoring = _method(calls.monitoring)

    def __init__(
        self,
        url: str = URL,
        key: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        retries: int = RETRIES,
    ) -> None:
        super().__init__(url, key, timeout, retries)
        self._http = httpx.Client(**self._options)

    def send(self, call: Call[Answer]) -> Answer:
        """Send a call of `viewcast.client.calls`, with retries, and read its answer."""
        n_tries = 1
        while True:
            response = self._http.send(call.request(self._http))
            wait = self._wait_seconds(response, n_tries, call.is_safe_to_repeat)
            if wait is None:
                return call.read(response)
            time.sleep(wait)
            n_tries += 1

    def export(self, path: Path | str, metric: str | None = None) -> None:
        """Write all kept series, or those of one metric, to a CSV file, replacing it at once."""
        params = {} if metric is None else {"metric": metric}
        with self._stream("/series.csv", params) as response, replaced(Path(path)) as file:
            for piece in response.iter_bytes():
                file.write(piece)

    def follow(self, id: str) -> Iterator[JobProgress]:
        """Yield the state of a training job at each change, until it has ended."""
        with self._stream(f"/retrain/{segment(id)}/events") as response:
            for line in response.iter_lines():
                if progress := progress_of(line):
                    yield progress

    def wait(self, id: str) -> JobState:
        """Wait for the end of a training job, and return its state.

        The service may restart meanwhile: after a first answer, it may be gone for up to five minutes.
        """
        patience = Patience()
        while True:
            is_last = False
            try:
                state = self.job(id)
                patience.answered()
                if state.has_ended:
                    return state
                for progress in self.follow(id):
                    is_last = progress.has_ended
            except (httpx.TransportError, ServiceError) as error:
                if not patience.is_left(error):
                    raise
            if not is_last:
                time.sleep(PAUSE_SECONDS)

    @contextmanager
    def _stream(self, path: str, params: Mapping[str, str] | None = None) -> Iterator[httpx.Response]:
        """Open an answer that is read in pieces, with the retries of `send`."""
        n_tries = 1
        while True:
            opened = self._http.stream("GET", path, params=params, timeout=self._stream_timeout)
            with opened as response:
                if response.is_success:
                    yield response
                    return
                response.read()
            wait = self._wait_seconds(response, n_tries, may_repeat=True)
            assert wait is not None  # the answer is an error
            time.sleep(wait)
            n_tries += 1

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(ClientSettings):
    """`Client` for asyncio: the same parameters and methods, but methods are awaited.

    Use `async for` with `follow`, and `async with` for the client.
    """

    predict = _async_method(calls.predict)
    predict_kept = _async_method(calls.predict_kept)
    predict_many = _async_method(calls.predict_many)
    read = _async_method(calls.read)
    put_days = _async_method(calls.put_days)
    post_series = _async_method(calls.post_series)
    post_file = _async_method(calls.post_file)
    list_series = _async_method(calls.list_series)
    get_series = _async_method(calls.get_series)
    delete_series = _async_method(calls.delete_series)
    list_uploads = _async_method(calls.list_uploads)
    undo_upload = _async_method(calls.undo_upload)
    retrain = _async_method(calls.retrain)
    job = _async_method(calls.job)
    cancel = _async_method(calls.cancel)
    model = _async_method(calls.model)
    list_models = _async_method(calls.list_models)
    activate = _async_method(calls.activate)
    rollback = _async_method(calls.rollback)
    challenge = _async_method(calls.challenge)
    end_challenge = _async_method(calls.end_challenge)
    monitoring = _async_method(calls.monitoring)

    def __init__(
        self,
        url: str = URL,
        key: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        retries: int = RETRIES,
    ) -> None:
        super().__init__(url, key, timeout, retries)
        self._http = httpx.AsyncClient(**self._options)

    async def send(self, call: Call[Answer]) -> Answer:
        """Send a call of `viewcast.client.calls`, with retries, and read its answer."""
        n_tries = 1
        while True:
            response = await self._http.send(call.request(self._http))
            wait = self._wait_seconds(response, n_tries, call.is_safe_to_repeat)
            if wait is None:
                return call.read(response)
            await anyio.sleep(wait)
            n_tries += 1

    async def export(self, path: Path | str, metric: str | None = None) -> None:
        """Write all kept series, or those of one metric, to a CSV file, replacing it at once."""
        params = {} if metric is None else {"metric": metric}
        async with self._stream("/series.csv", params) as response:
            with replaced(Path(path)) as file:
                async for piece in response.aiter_bytes():
                    file.write(piece)

    async def follow(self, id: str) -> AsyncIterator[JobProgress]:
        """Yield the state of a training job at each change, until it has ended."""
        async with self._stream(f"/retrain/{segment(id)}/events") as response:
            async for line in response.aiter_lines():
                if progress := progress_of(line):
                    yield progress

    async def wait(self, id: str) -> JobState:
        """Wait for the end of a training job, and return its state.

        The service may restart meanwhile: after a first answer, it may be gone for up to five minutes.
        """
        patience = Patience()
        while True:
            is_last = False
            try:
                state = await self.job(id)
                patience.answered()
                if state.has_ended:
                    return state
                async for progress in self.follow(id):
                    is_last = progress.has_ended
            except (httpx.TransportError, ServiceError) as error:
                if not patience.is_left(error):
                    raise
            if not is_last:
                await anyio.sleep(PAUSE_SECONDS)

    @asynccontextmanager
    async def _stream(
        self, path: str, params: Mapping[str, str] | None = None
    ) -> AsyncIterator[httpx.Response]:
        """Open an answer that is read in pieces, with the retries of `send`."""
        n_tries = 1
        while True:
            opened = self._http.stream("GET", path, params=params, timeout=self._stream_timeout)
            async with opened as response:
                if response.is_success:
                    yield response
                    return
                await response.aread()
            wait = self._wait_seconds(response, n_tries, may_repeat=True)
            assert wait is not None  # the answer is an error
            await anyio.sleep(wait)
            n_tries += 1

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
