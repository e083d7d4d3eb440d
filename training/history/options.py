"""What a person says about a file of views when it is read; the same for every command and upload."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.history.series import quoted


def on_command_line(option: str, value: str = "") -> str:
    """Write an option as it is given to a command: `--views "Engaged views"`."""
    name = option.replace("_", "-")
    shown = value if re.fullmatch(r"\w*", value) else quoted(value)
    return f"--{name} {shown}".rstrip()


@dataclass(frozen=True)
class ReadOptions:
    """How a file is to be read.

    Parameters
    ----------
    views : tuple of str, default=none
        Titles of the columns to read, each a metric of its own; without, the column that is called views.
    series : str, default=none
        Name of the series of a file that has only one.
    events : tuple of str, default=none
        Columns that say how much of an event there is on each day; days to come may have no views yet.
    differences : bool, default=False
        Whether the counts are lifetime counts, whose differences from day to day are the views.
    without_last_day : bool, default=False
        Whether the last day of the file is left out, because its count is not whole yet.
    today : datetime64[D], default=none
        A count later than tomorrow is an error. Without, it is the clock's day, in UTC.
    written : callable, default=as a command takes it
        Writes an option, by its name here and a value or none, as whoever reads a message can give it.
    """

    views: tuple[str, ...] = ()
    series: str | None = None
    events: tuple[str, ...] = ()
    differences: bool = False
    without_last_day: bool = False
    today: np.datetime64 | None = None
    written: Callable[..., str] = on_command_line
