"""The data of a training run: the kept histories, a file, or a generated sample."""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import numpy as np

from training.clock import Clock
from training.database.engine import Database
from training.database.histories import Histories
from training.database.uploads import ReplacesMostError, Uploads
from training.export.partitions import partitions_at
from training.history.events import event_names_problem
from training.history.files import check_events, read_history
from training.history.options import ReadOptions
from training.history.series import DAY, History, HistoryError, shown
from training.history.synthetic import generate_history
from training.jobs.series_sample import SeriesSample, sample_kept, sample_series
from training.jobs.training_settings import MOST_SAMPLED_SERIES
from training.progress import Progress
from training.store.manifest import Source

SAMPLE_SERIES = 20
SAMPLE_DAYS = 730


@dataclass(frozen=True)
class TrainingData:
    """The histories of a training run.

    Attributes
    ----------
    history : what the final version is fitted on
    lesson : what can be learned from it; None for a generated sample, because the prior knows such series
    already
    judged : what the new version and the current one are compared on: all kept histories, even when the run
    trains on a file alone
    source : where the history comes from
    notes : what was cleaned, and which kept days the file changed
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
    """Read the data of a training run, and keep the days of its file in the database.

    Parameters
    ----------
    archive : URL of the database
    file : its days are kept, and training uses everything that is kept. Without a file, training uses what is
    kept, or a generated sample when nothing is kept
    reading : how to read the file, and which events to learn the effects of
    only : train on the file alone, and keep none of its days
    may_replace : whether the file may change most of the kept days of a series
    random_state : seed of the generated sample, and of the sample of more series than are used
    clock : gives the current day

    Raises
    ------
    ViewcastError
        When the file cannot be read or kept, or the database fails.
    """
    if problem := event_names_problem(reading.events):
        raise HistoryError(problem)
    with closing(Database(archive)) as database:
        if file is None:
            return _kept(database, reading, random_state) or _sample(random_state, clock)
        today = np.datetime64(clock().date())
        history = read_history(file, replace(reading, today=today))
        check_events(history, reading.events, file.name)
        if only:
            kept = _kept_series(database, reading, random_state)
            judged = kept.history.merge(history)
            notes = history.notes + _sample_notes(kept)
            return TrainingData(history, history, judged, Source("file", file.name), notes)
        try:
            upload = Uploads(database, clock).add(history, file.name, may_replace=may_replace)
        except ReplacesMostError as error:
            raise HistoryError(error.advice(reading.written("replace"))) from error
        notes = history.notes
        if upload.n_changed:
            notes += (f"{file.name}: {upload.n_changed} days that were kept already got another count",)
        data = _kept(database, reading, random_state)
    if data is None:  # an upload has at least one day; somebody has erased it meanwhile
        raise HistoryError(f"{shown(file.name)}: nothing is kept of it any more")
    n_others = len({series.key for series in data.history.series} - {series.key for series in history.series})
    if n_others:
        notes += (f"{n_others:,} series that were kept before are learned from as well",)
    return replace(data, notes=notes + data.notes)


def sampled_data(
    archive: str,
    partitions: str,
    reading: ReadOptions,
    *,
    random_state: int = 0,
    clock: Clock,
    progress: Progress,
) -> TrainingData:
    """Draw the data of a training run from a folder or URL of Parquet files, and keep none of their days.

    Parameters
    ----------
    archive : URL of the database; the versions are compared on its histories, too
    partitions : the folder or URL
    reading : how to read the files, and which events to learn the effects of
    random_state : seed of the sample of series
    clock : gives the current day
    progress : called with the name of the step and the fraction of files that is read, 0 to 1

    Raises
    ------
    ViewcastError
        When a file cannot be read, or the database fails.
    """
    if problem := event_names_problem(reading.events):
        raise HistoryError(problem)
    name = PurePath(partitions).name or partitions
    reading = replace(reading, today=np.datetime64(clock().date()))
    sample = sample_series(partitions_at(partitions), reading, random_state, progress)
    history = sample.history
    check_events(history, reading.events, name)
    with closing(Database(archive)) as database:
        kept = _kept_series(database, reading, random_state)
    n_series = f"{len(history.series):,} of {sample.n_series:,} series in {sample.n_files:,} files"
    notes = (f"{name}: the model is trained on {n_series}", *history.notes, *_sample_notes(kept))
    source = Source("file", name, sample.sampled_from)
    return TrainingData(history, history, kept.history.merge(history), source, notes)


def _kept(database: Database, reading: ReadOptions, random_state: int) -> TrainingData | None:
    """Give what is kept, or a sample of very many series; None when nothing is kept."""
    sample = _kept_series(database, reading, random_state)
    history, source = sample.history, Source("kept", sampled_from=sample.sampled_from)
    return TrainingData(history, history, history, source, _sample_notes(sample)) if history.series else None


def _kept_series(database: Database, reading: ReadOptions, random_state: int) -> SeriesSample:
    return sample_kept(Histories(database), reading.events, random_state, MOST_SAMPLED_SERIES)


def _sample_notes(kept: SeriesSample) -> tuple[str, ...]:
    """Say whether only a sample of the kept series is used."""
    if kept.sampled_from is None:
        return ()
    return (f"of {kept.n_series:,} kept series, a sample of {len(kept.history.series):,} is used",)


def _sample(random_state: int, clock: Clock) -> TrainingData:
    """Give a generated sample, which shows how well the prior forecasts."""
    yesterday = np.datetime64(clock().date()) - DAY
    sample = generate_history(SAMPLE_SERIES, SAMPLE_DAYS, yesterday, random_state)
    return TrainingData(sample, History(()), sample, Source("sample"), ())
