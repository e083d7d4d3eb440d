"""How long work says how far it is: a callable that takes the step's name and the fraction done, 0 to 1."""

from collections.abc import Callable

Progress = Callable[[str, float], None]


def silent(step: str, fraction: float) -> None:
    """Say nothing."""


def part(progress: Progress, begin: float, end: float) -> Progress:
    """Make what a part of the work calls: its 0 to 1 is the whole's `begin` to `end`."""
    return lambda step, fraction: progress(step, begin + fraction * (end - begin))
