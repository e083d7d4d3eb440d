"""Python in a process of its own that imports what this one does."""

import os
import sys
from collections.abc import Mapping


def python_command(module: str, *arguments: str) -> list[str]:
    """Give the command that runs a module.

    `python -m` alone looks into the current folder first, where somebody may have a package of the same name;
    `-P` keeps it from that.
    """
    return [sys.executable, "-P", "-m", module, *arguments]


def python_environment(**variables: str) -> Mapping[str, str]:
    """Give the environment of such a process: this one's, the places it imports from, and some variables."""
    places = [place or os.getcwd() for place in sys.path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places), **variables}
