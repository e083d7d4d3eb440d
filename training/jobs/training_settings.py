"""The settings of a training run, apart from the run itself, which takes seconds to import."""

from dataclasses import dataclass, field
from pathlib import Path

from training.history.options import ReadOptions


@dataclass(frozen=True)
class TrainingSettings:
    """What to train on, and how.

    Attributes
    ----------
    models : the models folder
    archive : URL of the archive
    history : a file whose days are kept; training is on all that is kept then, as without a file, and on a
        generated sample when that is nothing
    random_state : seed of everything random
    reading : how the file is read, and the columns of events to learn the effects of
    holidays : places, `DE` or `DE-BY`, to learn the effects of their holidays
    start : the version to learn on from, or `current`; without one, all is learned anew
    replace : whether the file may change most of what is kept of a series
    only : train on the file alone, and keep nothing of it
    n_sigmoids : sigmoids of each sum that learns from the history; None chooses on held-out days
    signing_key : what versions are signed with, and have to be; None for none
    """

    models: Path
    archive: str
    history: Path | None = None
    random_state: int = 0
    reading: ReadOptions = ReadOptions()  # noqa: RUF009, it is frozen
    holidays: tuple[str, ...] = ()
    start: str | None = None
    replace: bool = False
    only: bool = False
    n_sigmoids: int | None = None
    signing_key: str | None = field(default=None, repr=False)
