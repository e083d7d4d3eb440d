"""How long work tells how far it is: a callable that takes the step's name and the fraction done, 0 to 1."""

from collections.abc import Callable

Report = Callable[[str, float], None]


def silent(step: str, fraction: float) -> None:
    """Do nothing: progress is not shown."""


def part(report: Report, begin: float, end: float) -> Report:
    """Report on a part of the whole: its 0 to 1 is the whole's `begin` to `end`."""
    return lambda step, fraction: report(step, begin + fraction * (end - begin))
