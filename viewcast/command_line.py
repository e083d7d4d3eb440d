"""The command `viewcast`: all commands of `python -m training` and `python -m service` under one name.

Imports are made when needed, because each worker of the service imports this file again.
"""

import sys
from typing import TYPE_CHECKING, Annotated

if TYPE_CHECKING:
    import typer


def main() -> None:
    """Run the command line, and exit."""
    from viewcast.name_clash import check_packages

    check_packages()
    from training.commands.app import run
    from training.jobs.signals import stop_on_signals

    # The server decides how its process ends.
    if sys.argv[1:2] != ["serve"]:
        stop_on_signals()
    run(joined_commands(), "viewcast")


def joined_commands() -> "typer.Typer":
    """Join the commands of training and of the service."""
    import typer

    from service.command_line import commands as service_commands
    from training.commands.app import app as training_commands
    from training.version import VERSION

    app = typer.Typer(
        help="Train models that forecast views, and serve forecasts.",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )

    def print_version(is_wanted: bool) -> None:
        if is_wanted:
            typer.echo(VERSION)
            raise typer.Exit

    @app.callback()
    def options(
        version: Annotated[
            bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")
        ] = False,
    ) -> None:
        pass

    app.add_typer(training_commands)
    app.add_typer(service_commands)
    return app
