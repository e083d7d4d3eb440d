"""`/retrain`: keep new history and train; list, follow and cancel training jobs.

Jobs are in the database: any worker can answer for each. A service that stops puts the job that it does back
into the queue; the history that came with it is kept.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from service.http.apart import ApartReader
from service.http.bodies import limited
from service.http.key_check import prefix_of, refuse_foreign_series
from service.http.problems import BODY_PROBLEMS, problem_responses
from service.job_events import EVENT_STREAM, EVENTS, job_events
from service.keeping import keep
from service.request_examples import HISTORY_EXAMPLES
from service.settings import Settings
from service.trainings import Trainings
from service.upload_schemas import BatchHistory, FileOptions, MayReplace, RetrainAnswer, SeriesHistory
from service.uploads import UPLOADS, read_upload
from training.jobs.job_state import JobState
from training.jobs.process import log_path

if TYPE_CHECKING:
    from training.jobs.queue import JobQueue


class Jobs(BaseModel):
    """Training jobs, newest first."""

    jobs: list[JobState]


class Retrain:
    """The ASGI endpoint of `POST /retrain`; it reads bodies of several kinds."""

    def __init__(self, trainings: Trainings, apart: ApartReader, settings: Settings) -> None:
        self.trainings = trainings
        self.apart = apart
        self.max_bytes = settings.max_history_bytes
        self.events = settings.event_names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 202 when the history is on disk and the job is queued."""
        receive_limited = limited(scope, receive, self.max_bytes)
        history = await read_upload(scope, receive_limited, self.events, self.apart.run)
        if history is not None:
            refuse_foreign_series(scope, (series.name for series in history.series))
        upload = None if history is None else await keep(self.trainings.database, scope, history)
        job = await self.trainings.enqueue()
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
    """Keep new history, if the request has any, and train a model on everything that is kept.

    One job runs at a time and one waits: it trains on all that is kept when its turn comes, so whoever asks
    meanwhile gets its id.
    The new model becomes current if it forecasts the most recent held-out days at least as well as the
    current one. Files are read as by `POST /read`.
    """
    raise NotImplementedError


DOCUMENTATION: dict[str, Any] = {
    "summary": "Keep new history and train on it",
    "tags": ["training"],
    "status_code": 202,
    "responses": problem_responses(*BODY_PROBLEMS, "replaces-most", "quota-exceeded", "no-archive"),
    "openapi_extra": UPLOADS,
}

router = APIRouter(tags=["training"])


async def _trainings(request: Request) -> Trainings:
    trainings: Trainings = request.app.state.trainings
    return trainings


OurTrainings = Annotated[Trainings, Depends(_trainings)]


@router.get("/retrain", summary="All training jobs", responses=problem_responses("no-archive"))
async def list_jobs(trainings: OurTrainings) -> Jobs:
    """List the waiting and running jobs, and the last hundred that ended, newest first."""
    return Jobs(jobs=await trainings.states())


@router.get(
    "/retrain/{job_id}",
    summary="The state of a training job",
    responses=problem_responses("unknown-job", "no-archive"),
)
async def get_job(job_id: str, trainings: OurTrainings, request: Request) -> JobState:
    """Give the state of a training job."""
    return _public(request, await trainings.ask(lambda queue: queue.state(job_id)))


@router.get(
    "/retrain/{job_id}/events",
    summary="The states of a training job as events",
    response_class=StreamingResponse,
    responses={
        200: {"content": {EVENT_STREAM: EVENTS}, "description": "Server-sent events"},
        **problem_responses("unknown-job", "no-archive"),
    },
)
async def follow_job(job_id: str, trainings: OurTrainings, request: Request) -> StreamingResponse:
    """Send the job's state at each change, as server-sent events, until the job has ended.

    Each event's data is the state as `GET /retrain/{id}` gives it, and `seconds_left`, the time that the rest
    takes at the pace so far.
    """

    async def look() -> JobState:
        return _public(request, await trainings.ask(lambda queue: queue.state(job_id)))

    await look()
    return StreamingResponse(job_events(look), media_type=EVENT_STREAM, headers={"Cache-Control": "no-store"})


@router.get(
    "/retrain/{job_id}/log",
    summary="The log of a training job",
    response_class=PlainTextResponse,
    responses=problem_responses("unknown-job", "no-archive"),
)
async def get_log(job_id: str, trainings: OurTrainings) -> PlainTextResponse:
    """Give the output of the job's process so far; empty for a job of the command line."""

    def read(queue: "JobQueue") -> str:
        path = log_path(trainings.folder, queue.state(job_id).id)
        return path.read_text(errors="replace") if path.exists() else ""

    return PlainTextResponse(await trainings.ask(read))


@router.delete(
    "/retrain/{job_id}",
    summary="Cancel a training job",
    status_code=202,
    responses=problem_responses("unknown-job", "job-ended", "no-archive"),
)
async def cancel_job(job_id: str, trainings: OurTrainings) -> JobState:
    """Ask a job to end; its state is `cancelled` within a second or two. Its history stays kept."""

    def cancel(queue: "JobQueue") -> JobState:
        queue.cancel(job_id)
        return queue.state(job_id)

    return await trainings.ask(cancel)


def _public(request: Request, state: JobState) -> JobState:
    """Hide from a key with a prefix what a job says of other series."""
    if not prefix_of(request.scope):
        return state
    error = state.error and "it failed; who runs the service can say why"
    return replace(state, scores=None, current_scores=None, error=error)
