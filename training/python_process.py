"""Command and environment of a separate Python process that imports from the same places as this one."""

import os
import sys
from collections.abc import Mapping


def python_command(module: str, *arguments: str) -> list[str]:
    """Give the command that runs a module with arguments.

    `-P` keeps Python from importing from the current folder, which may contain a package of the same name.
    """
    return [sys.executable, "-P", "-m", module, *arguments]


def python_environment(**variables: str) -> Mapping[str, str]:
    """Give the environment for `python_command`: that of this process, its import paths, and `variables`."""
    places = [place or os.getcwd() for place in sys.path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places), **variables}
