"""The supervisor of several worker processes: it replaces those that end, and says when all are ready."""

import time
from contextlib import suppress

from uvicorn.supervisors import multiprocess

from service.welcome import welcome

# How long one look at a worker waits for its answer; the next look takes what came later.
_LOOK_SECONDS = 0.1


class Worker(multiprocess.Process):
    """A worker process that is asked whether it is well, and not waited for.

    uvicorn's supervisor waits for each answer. Meanwhile it sees neither a signal nor the end of a worker,
    not even of the one that it waits for.
    """

    _asked: float | None = None  # since when an answer is missing
    _has_started = False

    def is_alive(self, timeout: float = 5) -> bool:
        """Whether it runs, and no answer has been missing for `timeout` seconds."""
        if not self.process.is_alive():
            return False
        self._look()
        return self._asked is None or time.monotonic() - self._asked < timeout

    def is_ready(self, timeout: float = 5) -> bool:
        """Whether its last answer said that it serves; `timeout` is not used."""
        self._look()
        return self._has_started

    def _look(self) -> None:
        # A worker that has ended cannot be asked; `is_alive` sees that by the process itself.
        with suppress(OSError, EOFError):
            if self._asked is None:
                self._asked = time.monotonic()
                self.parent_conn.send(b"ping")
            if self.parent_conn.poll(_LOOK_SECONDS):
                self._has_started = self.parent_conn.recv()
                self._asked = None


# uvicorn has no setting for the class of its workers.
multiprocess.Process = Worker  # type: ignore[misc]


class Supervisor(multiprocess.Multiprocess):
    """uvicorn's supervisor, which prints what to open when all workers are ready."""

    _has_welcomed = False

    def keep_subprocess_alive(self) -> None:
        """Supervise the workers, at uvicorn's interval."""
        super().keep_subprocess_alive()
        if self._has_welcomed or self.should_exit.is_set():
            return
        if all(process.is_ready() for process in self.processes):
            host, port = self.sockets[0].getsockname()[:2]
            print(welcome(host, port, self.config.host), flush=True)
            self._has_welcomed = True
