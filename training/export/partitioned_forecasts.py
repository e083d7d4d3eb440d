"""Forecasts of a data set of many files, a file at a time: each is forecast whole or not at all.

An output file says in its metadata what it was made of. A run that is repeated passes over the files that
are up to date, so that one that was interrupted goes on where it was.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from training.errors import ViewcastError, reason_of
from training.export.bulk_forecasts import forecast_tables
from training.export.forecast_files import parquet_file
from training.export.partitions import Partitions
from training.history.files import parse_history
from training.history.options import ReadOptions
from training.model.forecaster import Forecaster
from training.progress import Progress, silent
from training.spread import in_parts

_METADATA = "viewcast"
NAMED_FAILURES = 5


class PartitionsError(ViewcastError):
    """Some files cannot be forecast, or there is none; the message names them, and why."""


@dataclass(frozen=True)
class PartitionedForecast:
    """What a run did.

    Attributes
    ----------
    n_files, n_series : int
        How many were forecast by this run.
    n_up_to_date : int
        Files that had been forecast before.
    n_left_out : int
        Series that are too short.
    """

    n_files: int = 0
    n_series: int = 0
    n_up_to_date: int = 0
    n_left_out: int = 0


@dataclass(frozen=True)
class Work:
    """What to forecast, and how: the same for all files.

    Attributes
    ----------
    model : Forecaster
    version : str
        The name of the model.
    source, target : Partitions
        What to read, and where to write; a file has the same name in both.
    options : ReadOptions
    horizon : int
        Days to forecast.
    levels : sequence of int
        Central intervals, in percent.
    """

    model: Forecaster
    version: str
    source: Partitions
    target: Partitions
    options: ReadOptions
    horizon: int
    levels: Sequence[int]


@dataclass(frozen=True)
class _Outcome:
    done: PartitionedForecast
    failure: str | None = None


def forecast_partitions(work: Work, progress: Progress = silent) -> PartitionedForecast:
    """Forecast all files of a data set, here or on the cluster of `spread.working_on`.

    Raises
    ------
    PartitionsError
        When there is no file, or some cannot be forecast; the others are written then.
    OSError
        When the source cannot be listed.
    """
    names = work.source.names()
    if not names:
        raise PartitionsError("there is no Parquet file to read")
    total, failures = PartitionedForecast(), []
    for number, outcome in enumerate(in_parts(partial(_forecast_file, work), names), start=1):
        progress("forecasting", number / len(names))
        total = _sum(total, outcome.done)
        if outcome.failure:
            failures.append(outcome.failure)
    if failures:
        more = f"; and {len(failures) - NAMED_FAILURES} more" if len(failures) > NAMED_FAILURES else ""
        problem = f"{len(failures)} of {len(names)} files are not forecast: "
        raise PartitionsError(problem + "; ".join(failures[:NAMED_FAILURES]) + more)
    return total


def _forecast_file(work: Work, name: str) -> _Outcome:
    try:
        return _Outcome(_forecast(work, name))
    except (ViewcastError, OSError) as error:
        return _Outcome(PartitionedForecast(), f"{name}: {reason_of(error)}")


def _forecast(work: Work, name: str) -> PartitionedForecast:
    read = work.options
    how = (read.views, read.series, read.events, read.differences, read.without_last_day)
    made_of = json.dumps([work.version, work.source.stamp(name), work.horizon, list(work.levels), *how])
    if _made_of(work.target, name) == made_of:
        return PartitionedForecast(n_up_to_date=1)
    with work.source.opened(name) as source:
        history = parse_history(source.read(), name, work.options)
    stream = io.BytesIO()
    n_series = 0
    with parquet_file(stream, work.levels, {_METADATA: made_of}) as file:
        for table in forecast_tables(work.model, history, work.horizon, work.levels):
            file.write(table)
            n_series += len(table.names)
    work.target.write(name, stream.getvalue())
    return PartitionedForecast(1, n_series, 0, len(history.series) - n_series)


def _made_of(target: Partitions, name: str) -> str | None:
    """What an output file was made of; None when there is none that can be read."""
    from pyarrow import ArrowException, parquet

    try:
        with target.opened(name) as stream:
            metadata = parquet.read_metadata(stream).metadata or {}
    except (ArrowException, FileNotFoundError):
        return None
    made_of = metadata.get(_METADATA.encode())
    return None if made_of is None else made_of.decode()


def _sum(total: PartitionedForecast, other: PartitionedForecast) -> PartitionedForecast:
    return PartitionedForecast(
        total.n_files + other.n_files,
        total.n_series + other.n_series,
        total.n_up_to_date + other.n_up_to_date,
        total.n_left_out + other.n_left_out,
    )
