"""Options and error messages that are the same for all commands.

Imports only what is fast: `--help` and `fit --if-none` should start quickly.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from training.commands.console import print_line
from training.errors import ViewcastError
from training.history.events import names_in
from training.history.options import ReadOptions
from training.plots.pictures import PictureError, check_matplotlib
from training.store.model_store import ModelStore
from training.store.signing import LEAST_KEY_LENGTH, open_store
from training.store.storage import Place, place_of

Models = Annotated[
    str,
    typer.Option(
        envvar="VIEWCAST_MODELS",
        help="Folder to publish versions in; a service with the same folder serves them. With the extra "
        "`scale`, also s3://bucket/prefix.",
    ),
]
MODELS = "models"
Archive = Annotated[
    str | None,
    typer.Option(
        envvar="VIEWCAST_ARCHIVE",
        help="SQLAlchemy URL of the database that keeps the histories for later runs.",
        show_default="archive.sqlite in the models folder",
    ),
]
RandomState = Annotated[
    int,
    typer.Option(min=0, max=2**32 - 1, help="Seed: the same seed and history give the same model."),
]
FILE_HELP = (
    "File with the daily counts: CSV as series,date,views, date,views, or as YouTube Studio and other tools "
    "export it, zipped or not; a workbook, Parquet or JSON."
)
HistoryFile = Annotated[Path, typer.Argument(help=FILE_HELP)]
ViewsColumns = Annotated[
    str,
    typer.Option(
        "--views",
        help="Columns to read, separated by commas: Clicks,Impressions. Each becomes a metric.",
        show_default="the column that means views",
    ),
]
SeriesName = Annotated[
    str,
    typer.Option("--series", help="Name of the series, for a file with a single one.", show_default="total"),
]
Differences = Annotated[
    bool,
    typer.Option("--differences", help="The counts are lifetime counts: use their daily differences."),
]
WithoutLastDay = Annotated[
    bool,
    typer.Option("--without-last-day", help="Leave out the file's last day: its count is incomplete."),
]

EventColumns = Annotated[
    str,
    typer.Option(
        "--events",
        envvar="VIEWCAST_EVENTS",
        help="Columns with events of each day, past and planned, separated by commas: campaign,upload. Their "
        "effects are learned; forecasts then need the planned days.",
    ),
]


Scheduler = Annotated[
    str | None,
    typer.Option(
        "--dask-scheduler",
        envvar="VIEWCAST_DASK_SCHEDULER",
        help="Address of a Dask scheduler, tcp://host:8786, whose workers do the work; it needs the extra "
        "`scale`.",
        show_default="this machine does it",
    ),
]


def read_options(
    views: str, series: str, differences: bool, without_last_day: bool, events: Sequence[str] = ()
) -> ReadOptions:
    """Make the options for reading a file from those of a command."""
    return ReadOptions(names_in(views), series or None, tuple(events), differences, without_last_day)


def print_notes(console: Console, notes: Sequence[str]) -> None:
    """Print notes, one on each line."""
    for note in notes:
        print_line(console, f"Note: {note}")


def archive_url(archive: str | None, models: str) -> str:
    """Give the URL of the database: the given one, or that of the models folder."""
    if not archive and not isinstance(models_place(models), Path):
        problem = "name the database: an object store holds the models only"
        raise typer.BadParameter(problem, param_hint="--archive")
    return archive or f"sqlite:///{models}/archive.sqlite"


def models_place(models: str) -> Place:
    """Give the place that versions are in."""
    try:
        return place_of(models)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--models") from error


def signing_key() -> str | None:
    """Give the key for signing versions, from the environment, as other users could read an option."""
    key = os.environ.get("VIEWCAST_SIGNING_KEY")
    if key and len(key) < LEAST_KEY_LENGTH:
        raise typer.BadParameter(
            f"it has {len(key)} characters; it needs at least {LEAST_KEY_LENGTH}",
            param_hint="VIEWCAST_SIGNING_KEY",
        )
    return key or None


def model_store(models: str) -> ModelStore:
    """Open the store of versions in a place, signed if there is a key."""
    return open_store(models_place(models), signing_key())


@contextmanager
def plain_errors(exit_code: int = 1) -> Iterator[None]:
    """Print errors that the user can correct in one line, and exit; other exceptions pass."""
    try:
        yield
    except (ViewcastError, OSError, MemoryError) as error:
        if isinstance(error, BrokenPipeError):
            raise  # handled by typer: the reader of the output has closed it
        message = " ".join(str(error).split()) or "there is not enough memory"
        if isinstance(error, OSError) and error.filename is not None:
            message = f"{error.filename}: {error.strerror}"
        print_line(Console(stderr=True), f"error: {message}")
        raise typer.Exit(exit_code) from error


def can_draw(errors: Console) -> bool:
    """Whether pictures can be drawn; if not, print a note that says what is missing."""
    try:
        check_matplotlib()
    except PictureError as error:
        print_line(errors, f"Note: {error}")
        return False
    return True
