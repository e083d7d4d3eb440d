"""The parts of the application that routes use, created from the settings."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator

from anyio.to_thread import run_sync
from threadpoolctl import threadpool_limits

from service.current_model import CurrentModel
from service.database import ServiceDatabase
from service.frozen_imports import spare_imports
from service.http.apart import ApartReader
from service.http.metrics import Metrics
from service.kept_series import KeptSeries
from service.predict.endpoint import Predict
from service.settings import Settings
from service.shadow import Shadow
from service.trainings import Trainings


class Parts:
    """The parts of one application.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.models = CurrentModel(settings.models, settings.key_to_sign_with)
        self.database = ServiceDatabase(settings.archive_url)
        # numpy.median imports the last of them, which takes longer than reading a small file.
        self.apart = ApartReader(modules=("service.uploads", "training.history.files", "numpy.ma"))
        self.shadow = Shadow(self.models.store, self.database)
        self.kept_series = KeptSeries(self.database, self.models, self.shadow, settings.forecast_days)
        self.trainings = Trainings(settings, self.database)
        self.metrics = Metrics(self.models, self.trainings)
        self.predict = Predict(
            self.models,
            settings.max_predict_bytes,
            self.kept_series.recent,
            self.apart,
            self.database.limiter,
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the background tasks until the application ends."""
        self.models.look()
        watching = asyncio.create_task(self.models.watch())
        remembering = asyncio.create_task(self.kept_series.remember())
        working = asyncio.create_task(self.trainings.work())
        migrating = asyncio.create_task(run_sync(self.database.migrate_if_there))
        _end_with_supervisor()
        spare_imports()
        # A batch is multiplied in pieces too small for threads of BLAS: they wait for each other in spins, on
        # cores that other workers and a training could use.
        with threadpool_limits(1, user_api="blas"):
            yield
        await self.apart.close()
        watching.cancel()
        self.trainings.stop()
        await working
        remembering.cancel()
        await run_sync(self.kept_series.flush)
        await migrating
        self.database.close()


def _end_with_supervisor() -> None:
    """End when the parent process has gone; otherwise this worker would go on and keep the port open."""
    if supervisor := multiprocessing.parent_process():
        loop = asyncio.get_running_loop()

        def end() -> None:
            loop.remove_reader(supervisor.sentinel)
            os.kill(os.getpid(), signal.SIGTERM)

        loop.add_reader(supervisor.sentinel, end)
