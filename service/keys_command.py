"""`python -m service keys`: make, list, end and renew API keys."""

from typing import Annotated

import typer

from service.http.api_keys import SCOPES, ApiKey, KeyFile, KeysError
from service.settings import Settings

app = typer.Typer(
    name="keys",
    no_args_is_help=True,
    add_completion=False,
    help="API keys. As long as none was ever made, nobody needs one.",
)
Id = Annotated[str, typer.Argument(help="The key's id, as `list` shows it.")]
ONCE = "Keep it now: only a hash of it is stored, and it cannot be shown again."


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who has it.")],
    scopes: Annotated[
        str, typer.Option(help=f"What it may do, separated by commas: {', '.join(SCOPES)}.")
    ] = "predict",
    prefix: Annotated[
        str, typer.Option(help="What the ids of all series that it may touch begin with; empty for all.")
    ] = "",
) -> None:
    """Make a key, and print it."""
    chosen = tuple(dict.fromkeys(scope.strip() for scope in scopes.split(",")))
    _print_new(_keys().create(name, chosen, prefix))


@app.command("list")
def list_keys() -> None:
    """List all keys, those that were revoked too."""
    keys = _keys().read().values()
    if not keys:
        typer.echo("There is no key: whoever reaches the service may use it.")
    for key in keys:
        typer.echo(_line(key))


@app.command()
def revoke(id_: Id) -> None:
    """End a key; running services refuse it within two seconds."""
    _keys().revoke(id_)
    typer.echo(f"{id_} is revoked.")


@app.command()
def rotate(id_: Id) -> None:
    """End a key, and print a new one that may do the same."""
    _print_new(_keys().rotate(id_))


def run(arguments: list[str]) -> int:
    """Run the command; give the exit code."""
    try:
        app(arguments, prog_name="python -m service keys", standalone_mode=False)
    except typer.Exit as end:
        return end.exit_code
    except KeysError as error:
        typer.echo(str(error), err=True)
        return 1
    return 0


def _keys() -> KeyFile:
    return KeyFile(Settings().models)


def _print_new(key: str) -> None:
    typer.echo(key)
    typer.echo(ONCE, err=True)


def _line(key: ApiKey) -> str:
    state = f"revoked {key.revoked}" if key.revoked else "in force"
    columns = key.id, key.name, ",".join(key.scopes), key.prefix or "(all series)", key.created, state
    return "  ".join(columns)
