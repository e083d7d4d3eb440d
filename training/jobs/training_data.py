"""What a training run learns from, and what it is judged on: what is kept, a file, or a generated sample."""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training.clock import Clock
from training.database.engine import Database
from training.database.histories import Histories
from training.database.uploads import ReplacesMostError, Uploads
from training.history.events import event_names_problem
from training.history.files import check_events, read_history
from training.history.options import ReadOptions
from training.history.series import DAY, History, HistoryError, shown
from training.history.synthetic import generate_history
from training.store.manifest import Source

SAMPLE_SERIES = 20
SAMPLE_DAYS = 730


@dataclass(frozen=True)
class TrainingData:
    """The histories of a training run.

    Attributes
    ----------
    history : what the version is made of
    lesson : what there is to learn; nothing of a generated sample, all of which the prior knows
    judged : what the new version and the current one are compared on: everything that is kept, also when the
        run learns from a file alone
    source : where the history is from
    notes : what was cleaned, and what the file changed of what was kept
    """

    history: History
    lesson: History
    judged: History
    source: Source
    notes: tuple[str, ...]


def training_data(
    archive: str,
    file: Path | None,
    reading: ReadOptions,
    *,
    only: bool = False,
    may_replace: bool = False,
    random_state: int = 0,
    clock: Clock,
) -> TrainingData:
    """Read what a training run is about, and keep the days of its file.

    Parameters
    ----------
    archive : URL of the database
    file : its days are kept, and everything that is kept is learned from; without one, that alone is, or a
        generated sample when nothing is kept
    reading : how the file is read, and the events to learn the effects of
    only : learn from the file alone, and keep nothing of it
    may_replace : whether the file may change most of what is kept of a series
    random_state : seed of the generated sample
    clock : says what day it is

    Raises
    ------
    ViewcastError
        When the file cannot be read or kept, or the database fails.
    """
    if problem := event_names_problem(reading.events):
        raise HistoryError(problem)
    with closing(Database(archive)) as database:
        if file is None:
            return _kept(database, reading) or _sample(random_state, clock)
        today = np.datetime64(clock().date())
        history = read_history(file, replace(reading, today=today))
        check_events(history, reading.events, file.name)
        if only:
            judged = Histories(database).all(reading.events).merge(history)
            return TrainingData(history, history, judged, Source("file", file.name), history.notes)
        try:
            upload = Uploads(database, clock).add(history, file.name, may_replace=may_replace)
        except ReplacesMostError as error:
            raise HistoryError(error.advice(reading.written("replace"))) from error
        notes = history.notes
        if upload.n_changed:
            notes += (f"{file.name}: {upload.n_changed} days that were kept already got another count",)
        kept = _kept(database, reading)
    if kept is None:  # an upload has at least one day; somebody has erased it meanwhile
        raise HistoryError(f"{shown(file.name)}: nothing is kept of it any more")
    n_others = len({series.key for series in kept.history.series} - {series.key for series in history.series})
    if n_others:
        notes += (f"{n_others:,} series that were kept before are learned from as well",)
    return replace(kept, notes=notes)


def _kept(database: Database, reading: ReadOptions) -> TrainingData | None:
    """Everything that is kept; None when nothing is."""
    history = Histories(database).all(reading.events)
    return TrainingData(history, history, history, Source("kept"), ()) if history.series else None


def _sample(random_state: int, clock: Clock) -> TrainingData:
    """A generated sample, which shows how good the prior is."""
    yesterday = np.datetime64(clock().date()) - DAY
    sample = generate_history(SAMPLE_SERIES, SAMPLE_DAYS, yesterday, random_state)
    return TrainingData(sample, History(()), sample, Source("sample"), ())
