"""What the commands share: options that mean the same everywhere, and how an error is told.

Nothing heavy is imported here: `--help` and a start that finds its model wait for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from training.commands.console import print_line
from training.errors import ViewcastError
from training.plots.pictures import PictureError, check_matplotlib

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
HistoryFile = Annotated[
    Path,
    typer.Argument(
        help="CSV or zip with the views: series,date,views, or date,views, or YouTube Studio's export."
    ),
]


def archive_url(archive: str | None, models: Path) -> str:
    """Give the URL of the database, whether or not one was named."""
    return archive or f"sqlite:///{models}/archive.sqlite"


@contextmanager
def plain_errors() -> Iterator[None]:
    """Say in one line what a person can put right, and end with 1; let faults of the program through."""
    try:
        yield
    except (ViewcastError, OSError, MemoryError) as error:
        if isinstance(error, BrokenPipeError):
            raise  # typer's: whoever read the output has gone
        message = " ".join(str(error).split()) or "there is not enough memory"
        if isinstance(error, OSError) and error.filename is not None:
            message = f"{error.filename}: {error.strerror}"
        print_line(Console(stderr=True), f"error: {message}")
        raise typer.Exit(1) from error


def can_draw(errors: Console) -> bool:
    """Whether pictures can be drawn; when not, a note says what is missing."""
    try:
        check_matplotlib()
    except PictureError as error:
        print_line(errors, f"Note: {error}")
        return False
    return True
