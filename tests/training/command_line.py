"""Commands of training, run in this process: most take less time than a new one needs for its imports.

What depends on a process (its signals, terminal, standard output, or what is imported when) runs in one.
"""

import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from tests.conftest import ROOT, wait_until
from training.clock import utc_now
from training.commands.app import app
from training.store.manifest import version_name
from training.store.model_store import ModelStore


def training(*arguments: object, code: int = 0, **variables: str) -> Result:
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
    unset = {name: None for name in os.environ if name.startswith("VIEWCAST_")}
    ended = CliRunner().invoke(
        app, [str(argument) for argument in arguments], env={**unset, **variables}, catch_exceptions=False
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
    """Run it in a process of its own, and check that it shows no traceback either."""
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
