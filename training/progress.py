"""Progress reports: a callable that is called with the name of a step and the fraction done, 0 to 1."""

from collections.abc import Callable

Progress = Callable[[str, float], None]


def silent(step: str, fraction: float) -> None:
    """Ignore the progress."""


def part(progress: Progress, begin: float, end: float) -> Progress:
    """Make a callable for one part of the work: it maps the fraction from 0 to 1 to `begin` to `end`."""
    return lambda step, fraction: progress(step, begin + fraction * (end - begin))
