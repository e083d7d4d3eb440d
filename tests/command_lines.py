"""Commands, run in this process: most take less time than a new one needs for its imports.

What depends on a process (its signals, terminal, standard output, or what is imported when) runs in one.
"""

import os
import subprocess
import sys
from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from service.command_line import commands as service_commands
from tests.conftest import ROOT, wait_until
from training.clock import utc_now
from training.commands.app import app as training_commands
from training.store.manifest import version_name
from training.store.model_store import ModelStore


def training(*arguments: object, code: int = 0, **variables: object) -> Result:
    """Run a command of `python -m training` in this process, and check its exit code.

    Parameters
    ----------
    arguments : the command and its arguments
    code : the exit code that it must end with
    variables : of the environment; those of Viewcast that are not given are unset

    Returns
    -------
    Result
        With `stdout` and `stderr`.
    """
    return _invoke(training_commands, arguments, code, variables)


def service_command(*arguments: object, code: int = 0, **variables: object) -> Result:
    """Run a command of `python -m service`, in the same way."""
    return _invoke(service_commands, arguments, code, variables)


def said_of_setting(models: Path, name: str, value: str) -> str:
    """Give what a command, which reads the settings as the service does, says of one that is wrong."""
    settings: dict[str, object] = {"VIEWCAST_MODELS": models, f"VIEWCAST_{name}": value}
    return service_command("keys", "list", code=2, **settings).stderr


def _invoke(
    commands: typer.Typer, arguments: tuple[object, ...], code: int, variables: dict[str, object]
) -> Result:
    unset = {name: None for name in os.environ if name.startswith("VIEWCAST_")}
    given = {name: str(value) for name, value in variables.items()}
    # An exception is one of the test: on a terminal, it would be a traceback.
    ended = CliRunner().invoke(
        commands, list(map(str, arguments)), env={**unset, **given}, catch_exceptions=False
    )
    assert ended.exit_code == code, ended.output
    return ended


def fitted(models: Path, *arguments: object) -> tuple[Result, str]:
    """Run `fit` on a models folder, and give what it printed and the version that it made.

    Not in the second of the version before it: by their names, one is as new as the other.
    """
    before = ModelStore(models).version_names()
    wait_until(lambda: not before or version_name(utc_now(), "000000") > before[-1])
    ended = training("fit", *arguments, "--models", models)
    *others, version = ModelStore(models).version_names()
    assert others == before
    return ended, version


def training_process(*arguments: object, code: int = 0, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `python -m training` in a process, and check that it shows no traceback either."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VIEWCAST_")}
    ended = subprocess.run(
        [sys.executable, "-m", "training", *map(str, arguments)],
        cwd=ROOT,
        env=inherited | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended
