"""Several services on one database and one models folder."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import serving, wait_until
from tests.ports import free_port
from tests.training.publisher import publish


class Replicas:
    """Services on one database and one models folder, each on a port of its own.

    Parameters
    ----------
    folder : holds the models
    settings : of the services
    n_replicas : int, default=2
    """

    def __init__(self, folder: Path, n_replicas: int = 2, **settings: Any) -> None:
        publish(folder / "models", 1)
        self.ports = [free_port() for _ in range(n_replicas)]
        self._settings = settings
        self._stacks = [ExitStack() for _ in self.ports]
        # Each writes its log beside the folder, so each sees the same folder by another name.
        self._aliases = [folder / str(port) / "models" for port in self.ports]
        for alias in self._aliases:
            alias.parent.mkdir()
            alias.symlink_to(folder / "models")

    @property
    def urls(self) -> list[str]:
        """Where they answer."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run all of them within the block."""
        with ExitStack() as stack:
            for number in range(len(self.ports)):
                self.start(number)
                stack.callback(self.stop, number)
            yield

    def start(self, number: int) -> None:
        """Start one of them, and wait until it is ready."""
        settings = self._settings | {"port": self.ports[number]}
        service = self._stacks[number].enter_context(serving(self._aliases[number], **settings))
        wait_until(lambda: service.version() is not None)

    def stop(self, number: int) -> None:
        """End one of them, as an operator does."""
        self._stacks[number].close()
