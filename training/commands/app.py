"""The command line of training: its commands and exit codes.

The exit code is 0 on success, 1 after an error (with a message of one line), 2 for invalid arguments, 130
after Ctrl-C.
"""

import sys

import typer
from rich.console import Console

from training.commands.backtest import backtest
from training.commands.console import print_line
from training.commands.fit import fit
from training.commands.forecast import forecast
from training.commands.kept import forget, migrate, undo
from training.commands.ladder import ladder
from training.commands.lecture import lecture
from training.commands.prior import prior
from training.commands.read import read
from training.commands.sample import sample
from training.commands.standard_output import checked_output
from training.commands.versions import activate, list_models, rollback, sign
from training.jobs.signals import StoppedError, stop_on_signals

app = typer.Typer(
    help="Train models that forecast views, and work with their versions.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.command()(fit)
app.command()(read)
app.command()(forecast)
app.command()(ladder)
app.command()(lecture)
app.command()(backtest)
app.command()(sample)
app.command()(prior)
app.command("models")(list_models)
app.command()(activate)
app.command()(rollback)
app.command()(sign)
app.command()(forget)
app.command()(undo)
app.command()(migrate)


def main() -> None:
    """Run the command line, and exit."""
    stop_on_signals()
    run(app, "python -m training")


def run(commands: typer.Typer, program: str) -> None:
    """Run commands, and exit; a signal ends the process with one line and the usual exit code.

    Parameters
    ----------
    commands : typer.Typer
    program : str
        Name of the program in `--help`.
    """
    with checked_output():
        try:
            commands(prog_name=program)
        except StoppedError as stopped:
            print_line(Console(stderr=True), f"error: {stopped}")
            sys.exit(stopped.exit_code)
