"""Read kept series for `predict/`, and store their forecasts, to compare them with later days."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from anyio.to_thread import run_sync

from service.current_model import CurrentModel
from service.database import ServiceDatabase
from service.http.problems import ProblemError
from service.predict.answers import width_factors_of
from service.predict.kept import KeptDays, Key
from service.shadow import Shadow
from training.model.forecast_model import LEVELS
from training.model.windows import HORIZON_DAYS, LONG_CONTEXT_DAYS, MINIMUM_DAYS

if TYPE_CHECKING:
    from training.database.engine import Database

FLUSH_SECONDS = 1.0
CARE_SECONDS = 3600.0
# Forgetting a forecast does no harm; memory that grows without bound does.
MOST_WAITING = 10_000
MOST_KNOWN = 100_000
# After this, it is no longer taken for granted that a forecast is stored: its series may have been deleted.
KNOWN_SECONDS = 60.0
log = logging.getLogger(__name__)


class KeptSeries:
    """Reads the last days of kept series, and stores the forecasts.

    Parameters
    ----------
    database : ServiceDatabase
    models : what forecasts
    shadow : what forecasts along
    forecast_days : for so many days after its last one a forecast is remembered
    clock : callable, default=time.monotonic
    """

    def __init__(
        self,
        database: ServiceDatabase,
        models: CurrentModel,
        shadow: Shadow,
        forecast_days: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._models = models
        self._shadow = shadow
        self._forecast_days = forecast_days
        self._lock = threading.Lock()
        self._waiting: dict[tuple[Key, int], KeptDays] = {}
        # The series and last days of which the first forecast is remembered already.
        self._known: set[tuple[Key, int]] = set()
        self._known_until = 0.0
        self._clock = clock

    def recent(self, keys: Collection[Key], events: Sequence[str]) -> Mapping[Key, KeptDays]:
        """Read the last days of some series, in this thread; series that are not kept are left out."""

        def read(database: "Database") -> Mapping[Key, KeptDays]:
            from training.database.histories import Histories

            kept = Histories(database).recent(keys, LONG_CONTEXT_DAYS, events)
            return {
                key: KeptDays(days.counts, days.last_day, named, width_factors)
                for key, (days, named, width_factors) in kept.items()
            }

        kept = self._database.run_here(read)
        with self._lock:
            for key, days in kept.items():
                is_new = (key, days.last_date) not in self._known
                if is_new and days.views.size >= MINIMUM_DAYS and len(self._waiting) < MOST_WAITING:
                    self._waiting.setdefault((key, days.last_date), days)
        return kept

    async def remember(self) -> None:
        """Store the first forecast after each last day, and delete old ones, until cancelled."""
        next_care = 0.0
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await run_sync(self.flush)
            if self._clock() > next_care and self._database.is_there():
                next_care = self._clock() + CARE_SECONDS
                await run_sync(self._forget)
                await run_sync(self._shadow.judge)

    def flush(self) -> None:
        """Store the waiting forecasts, in this thread; failures are logged."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            if len(self._known) + len(waiting) > MOST_KNOWN or self._clock() >= self._known_until:
                self._known.clear()
                self._known_until = self._clock() + KNOWN_SECONDS
        if not waiting:
            return
        try:
            loaded = self._models.loaded()
            kept = list(waiting.values())
            last_dates = np.array([days.last_date for days in kept]).view("datetime64[D]")
            views, events = [days.existing() for days in kept], [days.events for days in kept]
            factors = width_factors_of(kept)
            made = loaded.model.predict(views, last_dates, HORIZON_DAYS, LEVELS, events, factors)
            bands = made.views.transpose(0, 2, 1)
            version = loaded.manifest.version
            challenge = self._shadow.medians(views, last_dates, events)

            def write(database: "Database") -> None:
                from training.database.forecasts import Forecasts

                widened = {at: days.width_factors for at, days in waiting.items() if days.width_factors}
                Forecasts(database).remember(version, dict(zip(waiting, bands, strict=True)), widened)
                if challenge is not None:
                    challenger, medians = challenge
                    beside = dict(zip(waiting, medians, strict=True))
                    Forecasts(database).remember_challenger(challenger, beside)

            self._database.run_here(write)
            with self._lock:
                self._known.update(waiting)
        except ProblemError as problem:
            log.warning("%d forecasts are not remembered: %s", len(waiting), problem.detail)

    def _forget(self) -> None:
        def forget(database: "Database") -> int:
            from training.database.forecasts import Forecasts
            from training.history.days import today

            return Forecasts(database).forget_before(today() - self._forecast_days)

        try:
            if n_forgotten := self._database.run_here(forget):
                log.info("%d old forecasts were forgotten", n_forgotten)
        except ProblemError as problem:
            log.warning("old forecasts are not forgotten: %s", problem.detail)
