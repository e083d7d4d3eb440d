"""Phrases for notes: numbers of things, lists of rows and of names."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.history.options import ReadOptions
from training.history.series import quoted

_SHOWN = 8


def counted(n: int, noun: str) -> str:
    """Write a number with its noun: "1 row", "2 rows"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def rows_at(lines: NDArray[np.int32]) -> str:
    """Write rows with their lines: "1 row (line 5)", "12 rows (lines 5, 7, 9, 11, 13, …)"."""
    shown = ", ".join(str(line) for line in lines[:5])
    more = ", …" if lines.size > 5 else ""
    return f"{counted(lines.size, 'row')} ({'line' if lines.size == 1 else 'lines'} {shown}{more})"


def some(names: Sequence[str]) -> str:
    """List names, and count those that are not shown: "a", "b" and 3 more."""
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(map(quoted, names[:_SHOWN])) + more


def note_on_columns(titles: Sequence[str]) -> list[str]:
    """Say which columns of a table are not read, if any."""
    if not titles:
        return []
    which = f"column {some(titles)} is" if len(titles) == 1 else f"columns {some(titles)} are"
    return [f"the {which} passed over"]


def notes_on_passed_over(file: str, what: str, names: Sequence[str]) -> list[str]:
    """Say which tables of a file are not read because they have no days and counts, if any."""
    if not names:
        return []
    without = f"the {what} {some(names)} has" if len(names) == 1 else f"the {what}s {some(names)} have"
    return [f"{file}: {without} no days with counts: passed over"]


def choice_of(names: Sequence[str], where: str, options: ReadOptions) -> str:
    """Ask which count is meant, when no title means views."""
    choice = options.written("views", names[0])
    if len(names) == 1:
        return f"no column is called views, and {quoted(names[0])} {where}holds counts; {choice} chooses it"
    return (
        f"no column is called views, and {', '.join(map(quoted, names[:12]))} {where}may be counts; {choice} "
        "chooses one, and several are separated by commas"
    )
