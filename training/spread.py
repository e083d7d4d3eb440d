"""Distribute parts of work over the cores of this machine or over a Dask cluster."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any, TypeVar

from joblib import Parallel, delayed, parallel_config
from joblib.parallel import get_active_backend

from training.errors import ViewcastError

# How long to wait for an answer of the scheduler, and for the first worker.
PATIENCE_SECONDS = 30
# How long to wait for a new worker when all have left during the work, as when their machines restart.
WITHOUT_WORKERS_SECONDS = 300
_LOOK_SECONDS = 1

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


class ClusterError(ViewcastError):
    """The cluster cannot be reached, has no worker or not this code, or was lost; the message says which."""


@contextmanager
def working_on(scheduler: str | None) -> Iterator[None]:
    """Make `in_parts` work on a cluster within the block.

    Parameters
    ----------
    scheduler : str or None
        Address of the Dask scheduler, such as `tcp://10.0.0.5:8786`; None to work on this machine.

    Raises
    ------
    ClusterError
        When the extra `scale` is not installed, the scheduler does not answer or has no worker within 30
        seconds, the scheduler or a worker cannot import this file, or the scheduler, or all workers for five
        minutes, are lost during the work.
    """
    if not scheduler:
        yield
        return
    with _connected(scheduler) as client, _watched(client), parallel_config("dask", client=client):
        from distributed.comm.core import CommClosedError

        try:
            yield
        except (CancelledError, OSError) as error:
            is_of_a_file = not isinstance(error, CancelledError | CommClosedError)
            if is_of_a_file and client.status == "running":
                raise
            raise ClusterError(f"the cluster at {scheduler} was lost during the work") from error


@contextmanager
def _connected(scheduler: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError("a cluster needs the extra `scale`, which is not installed") from error
    # They print tracebacks of lost connections; the errors raised here say it in a line.
    for name in "distributed", "distributed.client", "tornado.application":
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(  # type: ignore[no-untyped-call]
            scheduler, timeout=PATIENCE_SECONDS, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise ClusterError(f"the cluster at {scheduler} does not answer") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
        except TimeoutError as error:
            raise ClusterError(f"the cluster at {scheduler} has no worker") from error
        try:
            # Otherwise the work would be waited for without end.
            client.run_on_scheduler(_is_importable)  # type: ignore[no-untyped-call]
            client.run(_is_importable)
        except ImportError as error:
            raise ClusterError(
                f"the scheduler or a worker at {scheduler} cannot import Viewcast: {error}"
            ) from error
        except OSError as error:
            raise ClusterError(f"the cluster at {scheduler} was lost") from error
        yield client


@contextmanager
def _watched(client: Any) -> Iterator[None]:
    """Close the client when all workers have left; otherwise its work would be waited for without end."""
    has_ended = Event()

    def watch() -> None:
        last_seen = time.monotonic()
        while not has_ended.wait(_LOOK_SECONDS):
            if client.scheduler_info().get("workers"):
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen > WITHOUT_WORKERS_SECONDS:
                client.close()
                return

    watching = Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        has_ended.set()
        watching.join()


def _is_importable() -> bool:
    """Answer; to do so, a process has to import this file."""
    return True


def is_on_cluster() -> bool:
    """Whether `in_parts` works on a cluster, in processes that share no memory with this one."""
    backend, _ = get_active_backend(prefer="threads")
    return not getattr(backend, "supports_sharedmem", False)


def in_parts(
    function: Callable[[_Part], _Result], parts: Iterable[_Part], n_threads: int = 1
) -> Iterator[_Result]:
    """Call a function with each part in parallel, and yield the results in the order of the parts.

    Parameters
    ----------
    function : callable
        On a cluster, the function, the parts and the results are pickled.
    parts : iterable
        A part is taken from it when its turn comes.
    n_threads : int, default=1
        Number of threads on this machine. Without effect on a cluster, which uses all threads of its workers.

    Yields
    ------
    result of the function
    """
    results: Iterator[_Result] = Parallel(n_threads, prefer="threads", return_as="generator")(
        delayed(function)(part) for part in parts
    )
    yield from results
