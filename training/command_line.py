"""The command line of training: all commands, and how the process ends.

Ends with 0 when all went well, 1 with one line that says what did not, 2 when it was asked for something that
there is not, 130 after Ctrl-C.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from training.commands.backtest import backtest
from training.commands.forecast import forecast
from training.commands.ladder import ladder
from training.commands.options import MODELS, Models, RandomState, plain_errors
from training.history.events import names_in
from training.jobs.job_states import JobRunningError, JobStates, UnknownJobError
from training.jobs.running_job import RunningJob
from training.jobs.signals import StoppedError, stop_on_signals
from training.report import output, print_line, print_result, print_versions, shown_progress
from training.store.model_store import ModelStore, ModelStoreError
from training.store.versions import REPORT_FILE

app = typer.Typer(
    help="Learn to forecast views: a history goes in, a verified model comes out.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command()
def fit(
    history: Annotated[
        Path | None,
        typer.Argument(
            help="CSV or zip with the views: series,date,views, or date,views, or YouTube Studio's export. "
            "It is kept in the archive as well. Without one, everything in the archive is learned from, or a "
            "generated sample when that is empty."
        ),
    ] = None,
    models: Models = MODELS,
    archive: Annotated[
        str | None,
        typer.Option(
            envvar="VIEWCAST_ARCHIVE",
            help="SQLAlchemy URL of the database that keeps histories, so that later runs learn from them.",
            show_default="archive.sqlite in the models folder",
        ),
    ] = None,
    random_state: RandomState = 0,
    events: Annotated[
        str,
        typer.Option(
            envvar="VIEWCAST_EVENTS",
            help="Columns that say what was or will be on a day, separated by commas: campaign,upload. Their "
            "effects are learned, and forecasts ask for their days to come.",
        ),
    ] = "",
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
    job: Annotated[
        str | None, typer.Option(help="Id for the run's state in jobs/, so that others can follow it.")
    ] = None,
    lock_descriptor: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Train a model on a history, score it on the most recent days, and publish it."""
    console = output()
    if if_none and (version := _sound_version(ModelStore(models))):
        print_line(console, f"{models} holds a sound model, {version}; nothing to do.")
        return
    # SQLAlchemy and scikit-learn take seconds to import; a start that finds a model does without.
    from training.jobs.training_run import EXPECTED_ERRORS, TrainingSettings, run

    settings = TrainingSettings(
        models=models,
        archive=archive or f"sqlite:///{models}/archive.sqlite",
        history=history,
        random_state=random_state,
        events=names_in(events),
        holidays=names_in(holidays),
        start=start,
    )
    with (
        plain_errors(JobRunningError, *EXPECTED_ERRORS),
        _claim(JobStates(models), job, lock_descriptor) as running,
        shown_progress(Console(stderr=True)) as show,
    ):

        def report(step: str, fraction: float) -> None:
            running.report(step, fraction)
            show(step, running.state.progress)

        result = run(settings, report=report)
        running.succeed(
            version=result.manifest.version,
            took_over=result.manifest.verdict.took_over,
            scores=result.manifest.scores,
            current_scores=result.current_scores,
        )
    for note in result.notes:
        print_line(console, f"Note: {note}")
    print_result(console, result.manifest)
    print_line(console, f"Report: {models / result.manifest.version / REPORT_FILE}")


app.command()(forecast)
app.command()(ladder)
app.command()(backtest)


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help="File to write, so that there is something to try `fit` on.")],
    series: Annotated[
        int, typer.Option(min=1, max=10_000, help="Number of series: more of them take longer to learn from.")
    ] = 20,
    days: Annotated[
        int, typer.Option(min=1, max=10_000, help="Length of the longest, to see what a short history costs.")
    ] = 730,
    random_state: RandomState = 0,
) -> None:
    """Write generated view histories as CSV: a weekly profile, a season, spikes, noise, gaps, all made up."""
    from training.history.files import write_csv
    from training.history.synthetic import generate_history

    yesterday = np.datetime64(datetime.now(UTC).date()) - np.timedelta64(1, "D")
    with plain_errors(OSError):
        write_csv(generate_history(series, days, yesterday, random_state), out)
    print_line(output(), f"{out}: {series} series of up to {days} days.")


@app.command("models")
def list_models(models: Models = MODELS) -> None:
    """List the versions, oldest first: what they were learned from, how good they are, which is current."""
    store, console = ModelStore(models), output()
    with plain_errors(ModelStoreError, OSError):
        print_versions(console, store)


@app.command()
def activate(
    version: Annotated[str, typer.Argument(help="Name of the version, as `models` lists it.")],
    models: Models = MODELS,
) -> None:
    """Make a version the current one; a running service follows by itself."""
    with plain_errors(ModelStoreError, OSError):
        manifest = ModelStore(models).activate(version)
    print_line(output(), f"{manifest.version} is the current version now.")


@app.command()
def rollback(models: Models = MODELS) -> None:
    """Make the version current that was current before this one; a running service follows by itself."""
    with plain_errors(ModelStoreError, OSError):
        loaded = ModelStore(models).roll_back()
    for refusal in loaded.refused:
        print_line(Console(stderr=True), f"passed over: {refusal.reason}")
    print_line(output(), f"{loaded.manifest.version} is the current version now.")


def main() -> None:
    """Run the command line, and end the process."""
    stop_on_signals()
    try:
        app(prog_name="python -m training")
    except StoppedError as stopped:
        print_line(Console(stderr=True), f"error: {stopped}")
        sys.exit(stopped.exit_code)


def _sound_version(store: ModelStore) -> str | None:
    """The current version, when it passes verification."""
    try:
        version = store.current_version()
        return None if version is None else store.load(version)[1].version
    except ModelStoreError:
        return None


def _claim(states: JobStates, job: str | None, lock_descriptor: int | None) -> RunningJob:
    try:
        if job is not None and lock_descriptor is not None:
            return states.adopt(job, lock_descriptor)
        return states.claim(job)
    except (ValueError, UnknownJobError) as error:
        raise typer.BadParameter(str(error), param_hint="--job") from error
