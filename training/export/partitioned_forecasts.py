"""Forecast a data set of many files, file by file; an output file is written completely or not at all.

The metadata of an output file record what it was made from: model, source file and options. A repeated run
skips files that are up to date, so it continues after an interruption.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from threadpoolctl import threadpool_limits

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
    """There is no file to forecast, or some files cannot be forecast; the message has names and reasons."""


@dataclass(frozen=True)
class PartitionedForecast:
    """Counts of a run.

    Attributes
    ----------
    n_files, n_series : int
        Numbers of files and series that this run forecast.
    n_up_to_date : int
        Number of files that were skipped, because their output was up to date.
    n_left_out : int
        Number of series with too few days.
    """

    n_files: int = 0
    n_series: int = 0
    n_up_to_date: int = 0
    n_left_out: int = 0


@dataclass(frozen=True)
class Work:
    """Definition of a run.

    Attributes
    ----------
    model : Forecaster
    version : str
        The name of the model's version, for the metadata.
    source, target : Partitions
        Files to read and to write; an output file has the name of its source file.
    options : ReadOptions
        How to read the source files.
    horizon : int
        Number of days to forecast.
    levels : sequence of int
        Levels of the central intervals, in percent.
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
    """Forecast all files of a data set, on this machine or on the cluster of `spread.working_on`.

    Parameters
    ----------
    work : Work
    progress : callable
        Called with the name of the step and the fraction of files that is done, 0 to 1.

    Returns
    -------
    PartitionedForecast

    Raises
    ------
    PartitionsError
        When there is no file, or some files cannot be forecast; all other files are written.
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
    # Further threads of BLAS shorten this little, and take cores from other workers.
    try:
        with threadpool_limits(1, user_api="blas"):
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
    """Read from an output file what it was made from; None when there is no readable output file."""
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
