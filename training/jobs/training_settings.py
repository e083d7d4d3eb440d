"""The settings of a training run, in a module of their own because the run takes seconds to import."""

from dataclasses import dataclass, field
from pathlib import Path

from training.history.options import ReadOptions
from training.store.storage import Place

# Training uses at most 200,000 windows: ten of each of these series. Two years of them take 120 MB.
MOST_SAMPLED_SERIES = 20_000


@dataclass(frozen=True)
class TrainingSettings:
    """What to train on, and how.

    Attributes
    ----------
    models : where to publish: a folder, or the URL of a place in an object store
    archive : URL of the database
    history : a file whose days are kept. Training uses everything that is kept, also without a file; when
    nothing is kept, it uses a generated sample
    partitions : a folder or URL of Parquet files to train on instead; none of their days are kept
    random_state : seed of all random numbers
    reading : how to read the file, and which columns are events whose effects to learn
    holidays : places, `DE` or `DE-BY`, whose holidays' effects to learn
    start : the version to continue from, or `current`; None to start from the prior
    replace : whether the file may change most of the kept days of a series
    only : train on the file alone, and keep none of its days
    n_sigmoids : number of sigmoids of each sum; None chooses it on held-out days
    signing_key : key to sign versions and to verify them with; None for none
    """

    models: Place
    archive: str
    history: Path | None = None
    partitions: str | None = None
    random_state: int = 0
    reading: ReadOptions = ReadOptions()  # noqa: RUF009, it is frozen
    holidays: tuple[str, ...] = ()
    start: str | None = None
    replace: bool = False
    only: bool = False
    n_sigmoids: int | None = None
    signing_key: str | None = field(default=None, repr=False)
