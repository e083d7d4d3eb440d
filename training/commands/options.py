"""What the commands share: options that mean the same everywhere, and how an error is told.

Nothing heavy is imported here: `--help` and a start that finds its model wait for it.
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

Models = Annotated[
    Path,
    typer.Option(
        envvar="VIEWCAST_MODELS",
        help="Folder that versions are published into; a service that reads the same folder serves them.",
    ),
]
MODELS = Path("models")
Archive = Annotated[
    str | None,
    typer.Option(
        envvar="VIEWCAST_ARCHIVE",
        help="SQLAlchemy URL of the database that keeps histories, so that later runs learn from them.",
        show_default="archive.sqlite in the models folder",
    ),
]
RandomState = Annotated[
    int,
    typer.Option(min=0, max=2**32 - 1, help="Seed: the same one with the same history makes the same model."),
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
        help="Columns to read, separated by commas: Clicks,Impressions. Each is a metric of its own.",
        show_default="the one that is called views",
    ),
]
SeriesName = Annotated[
    str,
    typer.Option("--series", help="Name of the series of a file that has only one.", show_default="total"),
]
Differences = Annotated[
    bool,
    typer.Option("--differences", help="The counts are lifetime counts: take what each day adds to them."),
]
WithoutLastDay = Annotated[
    bool,
    typer.Option("--without-last-day", help="Leave the file's last day out: its count is not whole yet."),
]

EventColumns = Annotated[
    str,
    typer.Option(
        "--events",
        envvar="VIEWCAST_EVENTS",
        help="Columns that say what was or will be on a day, separated by commas: campaign,upload. Their "
        "effects are learned, and forecasts ask for their days to come.",
    ),
]


def read_options(
    views: str, series: str, differences: bool, without_last_day: bool, events: Sequence[str] = ()
) -> ReadOptions:
    """Put the options of a command that reads a file together."""
    return ReadOptions(names_in(views), series or None, tuple(events), differences, without_last_day)


def print_notes(console: Console, notes: Sequence[str]) -> None:
    """Print notes, a line each."""
    for note in notes:
        print_line(console, f"Note: {note}")


def archive_url(archive: str | None, models: Path) -> str:
    """Give the URL of the database, whether or not one was named."""
    return archive or f"sqlite:///{models}/archive.sqlite"


def signing_key() -> str | None:
    """Give the key that versions are signed with: from the environment, as others could read an option."""
    key = os.environ.get("VIEWCAST_SIGNING_KEY")
    if key and len(key) < LEAST_KEY_LENGTH:
        raise typer.BadParameter(
            f"it has {len(key)} characters; it needs at least {LEAST_KEY_LENGTH}",
            param_hint="VIEWCAST_SIGNING_KEY",
        )
    return key or None


def model_store(models: Path) -> ModelStore:
    """Give the versions in a folder, signed if there is a key."""
    return open_store(models, signing_key())


@contextmanager
def plain_errors(exit_code: int = 1) -> Iterator[None]:
    """Print what a person can put right in one line, and end; let bugs through."""
    try:
        yield
    except (ViewcastError, OSError, MemoryError) as error:
        if isinstance(error, BrokenPipeError):
            raise  # typer's: whoever read the output has gone
        message = " ".join(str(error).split()) or "there is not enough memory"
        if isinstance(error, OSError) and error.filename is not None:
            message = f"{error.filename}: {error.strerror}"
        print_line(Console(stderr=True), f"error: {message}")
        raise typer.Exit(exit_code) from error


def can_draw(errors: Console) -> bool:
    """Whether pictures can be drawn; when not, a note says what is missing."""
    try:
        check_matplotlib()
    except PictureError as error:
        print_line(errors, f"Note: {error}")
        return False
    return True
