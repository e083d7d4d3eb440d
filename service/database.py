"""The database of this process: opened at its first use, and used outside of the event loop.

A service that only forecasts what it is sent never loads SQLAlchemy.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Depends, Request

from service.frozen_imports import spare_imports
from service.http.problems import ProblemError
from training.history.series import HistoryError

if TYPE_CHECKING:
    from training.database.engine import Database

# How long a request waits for another process that is writing, and when its client should try again.
BUSY_SECONDS = 5.0
RETRY_SECONDS = 10
# Most threads that may wait for the database: the others stay free for forecasts.
MOST_AT_ONCE = 8

T = TypeVar("T")
log = logging.getLogger(__name__)


class ServiceDatabase:
    """The database at a URL; it need not exist yet.

    Parameters
    ----------
    url : SQLAlchemy's
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._opening = threading.Lock()
        self._database: Database | None = None
        # For all threads that call `run_here`.
        self.limiter = CapacityLimiter(MOST_AT_ONCE)

    async def run(self, use: "Callable[[Database], T]") -> T:
        """Call a function with the open database, in a thread.

        Raises
        ------
        ProblemError
            503 when the database is locked or gone, 422 when it is given a history that it cannot keep, 409
            when it may not keep it.
        """
        return await run_sync(self.run_here, use, limiter=self.limiter)

    def run_here(self, use: "Callable[[Database], T]") -> T:
        """Call a function with the open database, in this thread."""
        with self._problems():
            return use(self._open())

    def is_there(self) -> bool:
        """Whether the database may exist; opening SQLite to find out would create its file."""
        file = self._url.removeprefix("sqlite:///")
        return file == self._url or Path(file.partition("?")[0]).exists()

    def migrate_if_there(self) -> None:
        """Migrate the tables of an older release, if the database exists."""
        if not self.is_there():
            return
        with suppress(ProblemError):  # it has been logged
            self.run_here(lambda database: None)

    def close(self) -> None:
        """Close the connections."""
        if self._database is not None:
            self._database.close()

    def _open(self) -> "Database":
        with self._opening:
            if self._database is None:
                from training.database.engine import Database

                self._database = Database(self._url, BUSY_SECONDS)
                spare_imports()
            return self._database

    @contextmanager
    def _problems(self) -> Iterator[None]:
        from training.database.engine import DatabaseError
        from training.database.quota import QuotaError
        from training.database.uploads import KeyReusedError, ReplacesMostError

        try:
            yield
        except ReplacesMostError as error:
            raise ProblemError("replaces-most", error.advice("?replace=true")) from error
        except QuotaError as error:
            raise ProblemError("quota-exceeded", f"{error}; DELETE /series/{{id}} makes room") from error
        except (HistoryError, KeyReusedError) as error:
            raise ProblemError("invalid-input", str(error)) from error
        except DatabaseError as error:
            log.error("%s", error)
            raise ProblemError(
                "no-archive", error.public, headers={"Retry-After": str(RETRY_SECONDS)}
            ) from error


async def _database(request: Request) -> ServiceDatabase:
    database: ServiceDatabase = request.app.state.database
    return database


OpenDatabase = Annotated[ServiceDatabase, Depends(_database)]
