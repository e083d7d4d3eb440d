"""`python -m service backup FILE` and `restore FILE`: everything that is kept, as one file, while it runs."""

from pathlib import Path
from typing import Annotated

import typer

from service.settings import Settings
from training.errors import ViewcastError

app = typer.Typer(add_completion=False, no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="The backup, a tar archive.")]


@app.command("backup")
def write_backup(file: File) -> None:
    """Write everything that is kept, and every model, into one file."""
    from training.store.backup import backup

    settings = Settings()
    backup(settings.models, settings.archive_url, file)
    typer.echo(f"{file} holds everything: {file.stat().st_size:,} bytes.")


@app.command("restore")
def read_backup(file: File) -> None:
    """Bring everything back to what a backup holds; a running service follows."""
    from training.store.backup import restore

    settings = Settings()
    restore(settings.models, settings.archive_url, file)
    typer.echo(f"Everything is as {file} holds it.")


def run(arguments: list[str]) -> int:
    """Run the command; give the exit code."""
    try:
        app(arguments, prog_name="python -m service", standalone_mode=False)
    except typer.Exit as end:
        return end.exit_code
    except (ViewcastError, OSError) as error:
        typer.echo(str(error), err=True)
        return 1
    return 0
