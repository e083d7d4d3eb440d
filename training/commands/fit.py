"""`fit`: train on a history, score it, publish a version."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

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
    SeriesName,
    ViewsColumns,
    WithoutLastDay,
    archive_url,
    plain_errors,
    print_notes,
    read_options,
)
from training.history.events import names_in
from training.jobs.job_states import JobStates, UnknownJobError
from training.jobs.running_job import QueuedJob, RunningJob
from training.jobs.signals import stop_when
from training.store.model_store import ModelStore, ModelStoreError
from training.store.scores import Scores
from training.store.versions import REPORT_FILE


def fit(
    file: Annotated[
        Path | None,
        typer.Argument(
            help=f"{FILE_HELP} Its days are kept, and everything that is kept is learned from, as without a "
            "file. When nothing is kept, a generated sample is."
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
            help="Countries, or their subdivisions, whose holidays are to be known: DE-BY,US. It helps where "
            "most of your visitors live there.",
        ),
    ] = "",
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Version to learn on from, as `models` lists it, or `current`: a few new days do not ask "
            "for all to be learned anew, and it takes a fraction of the time.",
            show_default="learn anew",
        ),
    ] = None,
    if_none: Annotated[
        bool,
        typer.Option("--if-none", help="Do nothing when there is a sound model, so that starting is quick."),
    ] = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Keep the file even if it changes most of what is kept of a series.",
        ),
    ] = False,
    only: Annotated[
        bool, typer.Option("--only", help="Learn from the file alone, and keep nothing of it.")
    ] = False,
    job: Annotated[
        str | None, typer.Option(help="Id for the run's state in jobs/, so that others can follow it.")
    ] = None,
    lock_descriptor: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Train a model on a history, score it on the most recent days, and publish it."""
    console = output()
    if file is None and only:
        raise typer.BadParameter("there is no file to learn from alone; name one", param_hint="--only")
    if if_none and (version := _sound_version(ModelStore(models))):
        print_line(console, f"{models} holds a sound model, {version}; nothing to do.")
        return
    # SQLAlchemy and scikit-learn take seconds to import; a start that finds a model does without.
    from training.jobs.training_run import TrainingSettings, run

    settings = TrainingSettings(
        models=models,
        archive=archive_url(archive, models),
        history=file,
        random_state=random_state,
        reading=read_options(views, series, differences, without_last_day, names_in(events)),
        holidays=names_in(holidays),
        start=start,
        replace=replace,
        only=only,
    )
    with (
        plain_errors(),
        _claimed(JobStates(models), job, lock_descriptor) as running,
        shown_progress(Console(stderr=True)) as show,
    ):

        def progress(step: str, fraction: float) -> None:
            running.report(step, fraction)
            show(step, running.state.progress)

        result = run(settings, progress=progress)
        running.succeed(
            version=result.manifest.version,
            took_over=result.manifest.verdict.took_over,
            scores=_document(result.manifest.scores),
            current_scores=_document(result.current_scores),
        )
    print_notes(console, result.notes)
    print_result(console, result.manifest)
    print_line(console, f"Report: {models / result.manifest.version / REPORT_FILE}")


def _document(scores: Scores | None) -> dict[str, Any] | None:
    return None if scores is None else asdict(scores)


def _sound_version(store: ModelStore) -> str | None:
    """The current version, when it passes verification."""
    try:
        version = store.current_version()
        return None if version is None else store.load(version)[1].version
    except ModelStoreError:
        return None


@contextmanager
def _claimed(states: JobStates, job_id: str | None, lock_descriptor: int | None) -> Iterator[RunningJob]:
    """The run's turn, which a queued run waits for; the process ends when somebody cancels the run."""
    try:
        job: QueuedJob | RunningJob = (
            states.claim(job_id)
            if job_id is None or lock_descriptor is None
            else states.adopt(job_id, lock_descriptor)
        )
    except (ValueError, UnknownJobError) as error:
        raise typer.BadParameter(str(error), param_hint="--job") from error
    with job, ExitStack() as stack:
        ended = stop_when(lambda: job.is_cancelled)
        stack.callback(ended.set)
        if isinstance(job, QueuedJob):
            yield stack.enter_context(states.wait_for_turn(job))
        else:
            yield job
