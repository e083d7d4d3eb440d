"""Options for reading a file of views, shared by all commands and uploads."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.history.series import quoted


def on_command_line(option: str, value: str = "") -> str:
    """Write an option in command-line form: `--views "Engaged views"`."""
    name = option.replace("_", "-")
    shown = value if re.fullmatch(r"\w*", value) else quoted(value)
    return f"--{name} {shown}".rstrip()


@dataclass(frozen=True)
class ReadOptions:
    """How to read a file.

    Parameters
    ----------
    views : tuple of str, default=none
        Titles of the columns to read, each as a metric of its own; by default, the column that means views.
    series : str, default=none
        Name of the series, for a file with a single series.
    events : tuple of str, default=none
        Titles of columns with the size of an event on each day; future days may have no views yet.
    differences : bool, default=False
        Whether the counts are lifetime totals; the views are then the differences from day to day.
    without_last_day : bool, default=False
        Whether to leave out the last day of the file, because its count is not complete yet.
    today : datetime64[D], default=none
        Counts later than the day after this are an error. By default, the current day in UTC.
    written : callable, default=as a command takes it
        Function that writes an option, given its name here and a value or none, in the form the reader of a
        message can use.
    """

    views: tuple[str, ...] = ()
    series: str | None = None
    events: tuple[str, ...] = ()
    differences: bool = False
    without_last_day: bool = False
    today: np.datetime64 | None = None
    written: Callable[..., str] = on_command_line
