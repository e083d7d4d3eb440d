"""The command line of the service: serving, backups, and API keys."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from service.http.api_keys import SCOPES, ApiKey, KeyFile
from service.serving import read_settings, run
from service.settings import Settings
from training.commands.options import plain_errors
from training.commands.standard_output import checked_output
from training.errors import ViewcastError

commands = typer.Typer()
keys = typer.Typer(no_args_is_help=True, help="API keys. As long as none was ever made, nobody needs one.")
commands.add_typer(keys, name="keys")

File = Annotated[Path, typer.Argument(help="The backup, a tar archive.")]
Id = Annotated[str, typer.Argument(help="The key's id, as `list` shows it.")]
ONCE = "Keep it now: only a hash of it is stored, and it cannot be shown again."


def main() -> None:
    """Run the command line, and exit."""
    app = typer.Typer(
        help="Serve forecasts over HTTP; without a command, that is what is done.",
        callback=serve_without_command,
        invoke_without_command=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.add_typer(commands)
    with checked_output():
        app(prog_name="python -m service")


def serve_without_command(context: typer.Context) -> None:
    """Serve when no command is given."""
    if context.invoked_subcommand is None:
        serve()


@commands.command()
def serve() -> None:
    """Serve forecasts over HTTP until Ctrl-C. Settings are environment variables, such as VIEWCAST_PORT."""
    sys.exit(run())


@commands.command()
def backup(file: File) -> None:
    """Write all kept data and all models to one file."""
    from training.store.backup import backup as write_backup

    settings = _settings()
    with plain_errors():
        write_backup(_models_folder(settings), settings.folder, settings.archive_url, file)
        typer.echo(f"{file} holds everything: {file.stat().st_size:,} bytes.")


@commands.command()
def restore(file: File) -> None:
    """Restore everything from a backup; a running service loads it."""
    from training.store.backup import restore as read_backup

    settings = _settings()
    keys = KeyFile(settings.folder)
    with plain_errors():
        had_keys = bool(keys.read())
        models = _models_folder(settings)
        read_backup(models, settings.folder, settings.archive_url, file, keys.merged_with)
        has_keys = bool(keys.read())
    typer.echo(f"Everything is as {file} holds it.")
    if had_keys:
        typer.echo("API keys that were created or revoked since the backup stay so.")
    elif has_keys:
        typer.echo("API keys that were revoked after the backup are in force again; revoke them once more.")


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="Who has it.")],
    scopes: Annotated[
        str, typer.Option(help=f"What it may do, separated by commas: {', '.join(SCOPES)}.")
    ] = "predict",
    prefix: Annotated[
        str, typer.Option(help="What the ids of all series that it may touch begin with; empty for all.")
    ] = "",
) -> None:
    """Create a key, and print it."""
    chosen = tuple(dict.fromkeys(scope.strip() for scope in scopes.split(",")))
    with plain_errors():
        _print_new(_keys().create(name, chosen, prefix))


@keys.command("list")
def list_keys() -> None:
    """List all keys, including revoked ones."""
    with plain_errors():
        kept = _keys().read().values()
    if not kept:
        typer.echo("There is no key: whoever reaches the service may use it.")
    for key in kept:
        typer.echo(_line(key))


@keys.command()
def revoke(id_: Id) -> None:
    """Revoke a key; running services refuse it within two seconds."""
    with plain_errors():
        _keys().revoke(id_)
    typer.echo(f"{id_} is revoked.")


@keys.command()
def rotate(id_: Id) -> None:
    """Revoke a key, and print a new one with the same rights."""
    with plain_errors():
        _print_new(_keys().rotate(id_))


def _settings() -> Settings:
    settings = read_settings()
    if settings is None:
        raise typer.Exit(2)
    return settings


def _models_folder(settings: Settings) -> Path:
    if isinstance(settings.models, Path):
        return settings.models
    raise ViewcastError(
        f"{settings.models} is no folder: an object store keeps versions by itself, the database's own tools "
        f"back it up, and {settings.folder} has the API keys and the logs of trainings"
    )


def _keys() -> KeyFile:
    return KeyFile(_settings().folder)


def _print_new(key: str) -> None:
    typer.echo(key)
    typer.echo(ONCE, err=True)


def _line(key: ApiKey) -> str:
    state = f"revoked {key.revoked}" if key.revoked else "in force"
    columns = key.id, key.name, ",".join(key.scopes), key.prefix or "(all series)", key.created, state
    return "  ".join(columns)
