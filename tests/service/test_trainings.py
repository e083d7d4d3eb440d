"""What a worker does with the processes of trainings."""

import asyncio
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service import trainings
from service.database import ServiceDatabase
from service.settings import Settings
from service.trainings import Trainings
from tests.conftest import PATIENCE_SECONDS
from tests.training.job_queues import open_queue
from training.jobs import queue as queues


def test_a_training_that_hangs_is_killed_and_tried_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that says nothing stands for one that was stopped, or waits for a disk that is gone."""
    started: list[subprocess.Popen[bytes]] = []

    def start_silent(*_: Any) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]))
        return started[-1]

    monkeypatch.setattr(trainings, "start_training", start_silent)
    monkeypatch.setattr(trainings, "LOST_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(queues, "START_LEASE", timedelta(seconds=0.5))

    async def work_until_it_has_failed() -> None:
        with closing(ServiceDatabase(f"sqlite:///{tmp_path}/archive.sqlite")) as database:
            worker = Trainings(Settings(models=tmp_path), database)
            job = await worker.enqueue()
            working = asyncio.create_task(worker.work())
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not (await worker.states())[0].has_ended:
                    await asyncio.sleep(0.05)
            worker.stop()
            await working
            assert (await worker.states())[0].id == job

    asyncio.run(work_until_it_has_failed())
    assert len(started) == 2
    assert all(process.returncode < 0 for process in started)
    with open_queue(tmp_path) as queue:
        (state,) = queue.all()
    assert (state.state, state.error) == ("failed", queues.DIED)
