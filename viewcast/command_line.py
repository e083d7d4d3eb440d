"""The command `viewcast`: all that `python -m training` and `python -m service` do, under one name.

Nothing is imported before it is needed: each worker of the service imports this file again.
"""

import sys
from typing import TYPE_CHECKING, Annotated

if TYPE_CHECKING:
    import typer


def main() -> None:
    """Run the command line, and end the process."""
    from viewcast.name_clash import check_packages

    check_packages()
    from training.commands.app import run
    from training.jobs.signals import stop_on_signals

    # How a server ends is the server's to say.
    if sys.argv[1:2] != ["serve"]:
        stop_on_signals()
    run(joined_commands(), "viewcast")


def joined_commands() -> "typer.Typer":
    """Put the commands of training and of the service together."""
    import typer

    from service.command_line import commands as service_commands
    from training.commands.app import app as training_commands
    from training.version import VERSION

    app = typer.Typer(
        help="Learn to forecast views, and serve forecasts.",
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
