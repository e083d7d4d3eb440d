"""`/retrain`: new history comes in; training jobs run in turn, and are listed, followed, cancelled.

Training runs in a process of its own, whose state is in files: any worker can answer for it. A service that
stops ends the training that it started; the history that came with it is kept.
"""

import asyncio
import logging
import subprocess
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Body, Depends, Query, Request
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from service.changing_models import changing_models
from service.database import ServiceDatabase
from service.http.apart import ApartReader
from service.http.bodies import limited
from service.http.key_check import prefix_of, refuse_foreign_series
from service.http.problems import ProblemError, problem_responses
from service.job_events import EVENT_STREAM, job_events
from service.keeping import keep
from service.request_examples import HISTORY_EXAMPLES
from service.schemas import (
    BatchHistory,
    FileOptions,
    MayReplace,
    RetrainAnswer,
    SeriesHistory,
)
from service.settings import Settings
from service.uploads import FORM, read_upload
from training.jobs.job_states import JobEndedError, JobQueuedError, JobStates, UnknownJobError
from training.jobs.process import TrainingProcess, start_training
from training.jobs.running_job import JobState

# What a training process may take to end when the service stops, before it is killed.
STOP_SECONDS = 5.0

log = logging.getLogger(__name__)


class Jobs(BaseModel):
    """Training jobs, latest first."""

    jobs: list[JobState]


class Trainings:
    """The training jobs of a models folder, and the processes of those that this worker has started."""

    def __init__(self, settings: Settings, database: ServiceDatabase) -> None:
        self.states = JobStates(settings.models)
        self._settings = settings
        self.database = database
        self._processes: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Queue a job, and give its id: that of the one that waits, when one does."""
        try:
            with changing_models("; no training is started, and a history that came with this is kept"):
                started = await run_sync(self._start)
        except JobQueuedError as error:
            return error.job_id
        watcher = asyncio.create_task(_watch(started.job_id, started.process))
        self._processes.add(watcher)
        watcher.add_done_callback(self._processes.discard)
        return started.job_id

    def _start(self) -> TrainingProcess:
        chosen = self._settings
        return start_training(chosen.models, chosen.archive_url, chosen.events or "", chosen.holidays or "")

    async def stop(self) -> None:
        """End the processes that were started here."""
        for watcher in tuple(self._processes):
            watcher.cancel()
            with suppress(asyncio.CancelledError):
                await watcher


class Retrain:
    """The ASGI endpoint of `POST /retrain`; it reads bodies of several kinds."""

    def __init__(self, trainings: Trainings, apart: ApartReader, settings: Settings) -> None:
        self.trainings = trainings
        self.apart = apart
        self.max_bytes = settings.max_history_bytes
        self.events = settings.event_names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 202 once the history is on disk and the job waits for its turn."""
        receive_limited = limited(scope, receive, self.max_bytes)
        history = await read_upload(scope, receive_limited, self.events, self.apart.run)
        if history is not None:
            refuse_foreign_series(scope, (series.name for series in history.series))
        upload = None if history is None else await keep(self.trainings.database, scope, history)
        job = await self.trainings.start()
        answer = RetrainAnswer(
            id=job,
            rows=history.n_rows if history else 0,
            upload=upload and upload.id,
            new=upload.n_new if upload else 0,
            changed=upload.n_changed if upload else 0,
            notes=list(history.notes) if history else [],
        )
        headers = {"Location": f"/retrain/{job}"}
        response = Response(to_json(answer), 202, headers=headers, media_type="application/json")
        await response(scope, receive, send)


async def train(
    options: Annotated[FileOptions, Query()],
    body: Annotated[SeriesHistory | BatchHistory | None, Body(openapi_examples=HISTORY_EXAMPLES)] = None,
    replace: MayReplace = False,
) -> RetrainAnswer:
    """Keep new history, and train a model on all that is kept; without a body, train on what is kept.

    One job runs at a time and one waits: it trains on all that is kept when its turn comes, so whoever asks
    meanwhile gets its id.
    The new model takes over by itself when it forecasts the most recent held-out days at least as well as the
    current one. Files are read as `POST /read` shows.
    """
    raise NotImplementedError


_FILE = {"type": "string", "format": "binary"}
# The other kinds of body, beside JSON.
UPLOADS: dict[str, Any] = {
    "requestBody": {
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "series,date,views\nchannel,2026-11-20,1689\n",
            },
            "application/zip": {"schema": _FILE},
            "application/gzip": {"schema": _FILE},
            FORM: {"schema": {"type": "object", "properties": {"file": _FILE}, "required": ["file"]}},
        }
    }
}

router = APIRouter(tags=["training"])


async def _job_states(request: Request) -> JobStates:
    trainings: Trainings = request.app.state.trainings
    return trainings.states


States = Annotated[JobStates, Depends(_job_states)]


@router.get("/retrain", summary="All training jobs")
def list_jobs(states: States) -> Jobs:
    """List the latest hundred training jobs, latest first."""
    return Jobs(jobs=states.all())


@router.get("/retrain/{job_id}", summary="Follow a training job", responses=problem_responses("unknown-job"))
def get_job(job_id: str, states: States, request: Request) -> JobState:
    """Say whether a training job waits, how far it is, or how it ended."""
    state = _state(states, job_id)
    if prefix_of(request.scope):  # it trained on everybody's series
        error = state.error and "it failed; who runs the service can say why"
        state = replace(state, scores=None, current_scores=None, error=error)
    return state


@router.get(
    "/retrain/{job_id}/events",
    summary="Follow a training job as it goes on",
    response_class=StreamingResponse,
    responses={
        200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}, "description": "Server-sent events"},
        **problem_responses("unknown-job"),
    },
)
def follow_job(job_id: str, states: States) -> StreamingResponse:
    """Send the job's state whenever it changes, as server-sent events, until the job has ended.

    Each event's data is the state as `GET /retrain/{id}` gives it, and `seconds_left`, the time that the rest
    takes at the pace so far.
    """
    _state(states, job_id)
    return StreamingResponse(
        job_events(states, job_id), media_type=EVENT_STREAM, headers={"Cache-Control": "no-store"}
    )


@router.get(
    "/retrain/{job_id}/log",
    summary="What a training job printed",
    response_class=PlainTextResponse,
    responses=problem_responses("unknown-job"),
)
def get_log(job_id: str, states: States) -> PlainTextResponse:
    """Give what the job's process has printed so far; empty for a job of the command line."""
    _state(states, job_id)
    path = states.log_path(job_id)
    return PlainTextResponse(path.read_text(errors="replace") if path.exists() else "")


@router.delete(
    "/retrain/{job_id}",
    summary="Cancel a training job",
    status_code=202,
    responses=problem_responses("unknown-job", "job-ended"),
)
def cancel_job(job_id: str, states: States) -> JobState:
    """Ask a job to end: within a second or two its state is `cancelled`. Its history stays kept."""
    try:
        with changing_models():
            states.cancel(job_id)
    except UnknownJobError as error:
        raise ProblemError("unknown-job", str(error)) from error
    except JobEndedError as error:
        raise ProblemError("job-ended", str(error)) from error
    return _state(states, job_id)


def _state(states: JobStates, job_id: str) -> JobState:
    try:
        return states.state(job_id)
    except UnknownJobError as error:
        raise ProblemError("unknown-job", str(error)) from error


async def _watch(job: str, process: subprocess.Popen[bytes]) -> None:
    """Wait for a training process; when cancelled, end it."""
    try:
        while process.poll() is None:
            await asyncio.sleep(0.5)
        log.info("training job %s ended with exit code %d", job, process.returncode)
    except asyncio.CancelledError:
        process.terminate()
        try:
            await run_sync(process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            await run_sync(process.wait)
        log.warning("training job %s was ended, because the service stops", job)
        raise
