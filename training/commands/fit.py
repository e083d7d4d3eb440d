"""`fit`: train on a history, score the model, publish a version."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from training.commands.console import output, print_line, print_result, shown_progress
from training.commands.options import (
    FILE_HELP,
    MODELS,
    Archive,
    Differences,
    EventColumns,
    Models,
    RandomState,
    Scheduler,
    SeriesName,
    ViewsColumns,
    WithoutLastDay,
    archive_url,
    model_store,
    models_place,
    plain_errors,
    print_notes,
    read_options,
    signing_key,
)
from training.export.partitions import are_partitions
from training.history.events import names_in
from training.jobs.job_state import TRAINING_SECONDS, JobFailedError, UnknownJobError
from training.jobs.signals import StoppedError, stop_when
from training.jobs.training_settings import MOST_SAMPLED_SERIES, TrainingSettings
from training.spread import working_on
from training.store.model_store import ModelStore, ModelStoreError
from training.store.scores import Scores
from training.store.versions import REPORT_FILE

if TYPE_CHECKING:
    from training.jobs.queue import JobQueue
    from training.jobs.running_job import RunningJob
    from training.jobs.training_run import TrainingResult

MOST_SIGMOIDS = 512  # of each of six sums; a version may have up to 8,192
WAIT_SECONDS = 0.5  # between two checks whether another run has ended


def fit(
    file: Annotated[
        str | None,
        typer.Argument(
            help=f"{FILE_HELP} Its days are kept. Training uses everything that is kept, also without a "
            "file; when nothing is kept, it uses a generated sample. Or a folder of Parquet files, or its "
            f"URL, of which nothing is kept. Of more than {MOST_SAMPLED_SERIES:,} series, training uses a "
            "random sample."
        ),
    ] = None,
    models: Models = MODELS,
    archive: Archive = None,
    random_state: RandomState = 0,
    views: ViewsColumns = "",
    series: SeriesName = "",
    differences: Differences = False,
    without_last_day: WithoutLastDay = False,
    events: EventColumns = "",
    holidays: Annotated[
        str,
        typer.Option(
            envvar="VIEWCAST_HOLIDAYS",
            help="Countries or subdivisions whose holidays' effects to learn: DE-BY,US. This helps when most "
            "of your visitors live there.",
        ),
    ] = "",
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Version to continue from, as listed by `models`, or `current`. For a few new days, this is "
            "enough and takes a fraction of the time.",
            show_default="start from the prior",
        ),
    ] = None,
    sigmoids: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_SIGMOIDS,
            help="Number of sigmoids of each sum. More of them allow more bends, and need more data.",
            show_default="chosen on held-out days",
        ),
    ] = None,
    if_none: Annotated[
        bool,
        typer.Option("--if-none", help="Do nothing when there is a valid model."),
    ] = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Keep the file even if it changes most of the kept days of a series.",
        ),
    ] = False,
    only: Annotated[
        bool, typer.Option("--only", help="Train on the file alone, and keep none of its days.")
    ] = False,
    time_limit: Annotated[
        float,
        typer.Option(
            min=0.1,
            envvar="VIEWCAST_TRAINING_SECONDS",
            help="Time limit of the training, in seconds.",
        ),
    ] = TRAINING_SECONDS,
    job: Annotated[
        str | None,
        typer.Option(help="Id of the training run.", show_default="a new id"),
    ] = None,
    scheduler: Scheduler = None,
    handed_over: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Train a model on a history, score it on the most recent days, and publish it."""
    console = output()
    if file is None and only:
        raise typer.BadParameter("it needs a file to train on", param_hint="--only")
    is_many = file is not None and are_partitions(file)
    if is_many and replace:
        raise typer.BadParameter("no day of a folder is kept", param_hint="--replace")
    if sigmoids and start:
        raise typer.BadParameter("the version of --from has a fixed number", param_hint="--sigmoids")
    if if_none and (version := _sound_version(model_store(models))):
        print_line(console, f"{models} has a valid model, {version}; nothing to do.")
        return
    settings = TrainingSettings(
        models=models_place(models),
        archive=archive_url(archive, models),
        history=None if file is None or is_many else Path(file),
        partitions=file if is_many else None,
        random_state=random_state,
        reading=read_options(views, series, differences, without_last_day, names_in(events)),
        holidays=names_in(holidays),
        start=start,
        replace=replace,
        only=only,
        n_sigmoids=sigmoids,
        signing_key=signing_key(),
    )
    result = _train(settings, job, handed_over, time_limit, scheduler)
    print_notes(console, result.notes)
    print_result(console, result.manifest)
    print_line(console, f"Report: {models}/{result.manifest.version}/{REPORT_FILE}")


def _train(
    settings: TrainingSettings, job: str | None, handed_over: bool, time_limit: float, scheduler: str | None
) -> "TrainingResult":
    """Wait for this run's turn, train, and report progress to the terminal and to the database."""
    with (
        plain_errors(),
        _queue(settings.archive) as queue,
        _run_of_this_process(queue, job, handed_over, time_limit) as running,
        shown_progress(Console(stderr=True)) as show,
        working_on(scheduler),
    ):
        while not handed_over and (other := queue.begin(running)):
            show(f"waiting for training run {other}", 0.0)
            time.sleep(WAIT_SECONDS)

        # On a busy machine, importing scikit-learn takes minutes; the run must renew its lease meanwhile.
        from training.jobs.training_run import run

        def progress(step: str, fraction: float) -> None:
            running.report(step, fraction)
            show(step, running.progress)

        result = run(settings, progress=progress)
        running.succeed(
            version=result.manifest.version,
            took_over=result.manifest.verdict.took_over,
            scores=_document(result.manifest.scores),
            current_scores=_document(result.current_scores),
        )
    return result


def _document(scores: Scores | None) -> dict[str, Any] | None:
    return None if scores is None else asdict(scores)


def _sound_version(store: ModelStore) -> str | None:
    """Give the current version if it passes verification; otherwise None."""
    try:
        version = store.current_version()
        return None if version is None else store.load(version)[1].version
    except ModelStoreError:
        return None


@contextmanager
def _queue(archive: str) -> "Iterator[JobQueue]":
    from training.database.engine import Database
    from training.jobs.queue import JobQueue

    with closing(Database(archive)) as database:
        yield JobQueue(database)


@contextmanager
def _run_of_this_process(
    queue: "JobQueue", job_id: str | None, handed_over: bool, time_limit: float
) -> "Iterator[RunningJob]":
    """Begin the run of this process; it ends when it is cancelled or takes too long."""
    try:
        running = (
            queue.adopt(job_id, time_limit) if job_id and handed_over else queue.claim(job_id, time_limit)
        )
    except (ValueError, UnknownJobError) as error:
        raise typer.BadParameter(str(error), param_hint="--job") from error
    with running:
        ended = stop_when(running.must_stop)
        try:
            yield running
        except StoppedError:
            if running.error is None:
                raise
            raise JobFailedError(running.error) from None
        finally:
            ended.set()
