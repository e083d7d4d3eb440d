"""The model that forecasts: it follows the version named in `models/current`.

A new version is loaded and verified beside the one in use and takes its place in one assignment, so a request
keeps the model that it began with. A version that fails verification is reported, and not used.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Hashable

from anyio.to_thread import run_sync

from service.http.problems import ProblemError
from training.store.manifest import Manifest
from training.store.model_store import LoadedModel, NoModelError
from training.store.signing import open_store
from training.store.storage import Place
from training.store.versions import Refusal

# Permissions, or a disk that answers again, mend what was refused without a change of its files.
RETRY_SECONDS = 30.0
log = logging.getLogger(__name__)


class CurrentModel:
    """The current model.

    Parameters
    ----------
    place : Path, or str
        The models folder, which need not exist yet, or the URL of an object store.
    signing_key : str, default=None
        What versions have to be signed with.
    clock : callable, default=time.monotonic

    Attributes
    ----------
    refused : tuple of Refusal
        What could not be loaded when the folder was last looked at, and why; empty when all is well.
    """

    def __init__(
        self, place: Place, signing_key: str | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.refused: tuple[Refusal, ...] = ()
        self.store = open_store(place, signing_key)
        self._loaded: LoadedModel | None = None
        self._reason = "the models folder has not been looked at yet"
        self._signature: Hashable = None
        self._clock = clock
        self._retry_at = 0.0

    def loaded(self) -> LoadedModel:
        """Give the model to forecast with.

        Raises
        ------
        ProblemError
            503, when there is none; says how to make one.
        """
        if self._loaded is None:
            raise ProblemError("no-model", self._reason, headers={"Retry-After": "5"})
        return self._loaded

    def manifest(self) -> Manifest | None:
        """Give the manifest of the current model; None when there is none."""
        return None if self._loaded is None else self._loaded.manifest

    def look(self) -> None:
        """Load the current version if the folder has changed since the last check, or some was refused."""
        signature = self.store.signature()
        if signature != self._signature or (self.refused and self._clock() >= self._retry_at):
            self._load()
            self._signature, self._retry_at = signature, self._clock() + RETRY_SECONDS

    async def watch(self) -> None:
        """Check again and again, outside of the event loop, until cancelled."""
        while True:
            await asyncio.sleep(self.store.storage.poll_seconds)
            try:
                await run_sync(self.look)
            except Exception:
                log.exception("the models folder could not be looked at")

    def _load(self) -> None:
        before, reason = self.refused, self._reason
        try:
            loaded = self.store.load_last_good()
        except NoModelError as error:
            self.refused, self._reason = error.refused, error.public
            if self._reason != reason:
                log.warning("no model is loaded: %s", error)
            return
        self.refused = loaded.refused
        for refusal in loaded.refused:
            if refusal not in before:
                log.error("refused %s: %s", refusal.name, refusal.reason)
        # What is in use was good and is newer than what the store would fall back to.
        if self._loaded is None or not loaded.refused:
            self._loaded = loaded
            log.info("model %s is in use", self._loaded.manifest.version)
