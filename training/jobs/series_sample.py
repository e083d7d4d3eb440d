"""A sample of the series of many files or of the database: no process holds all of them.

The sample depends on the names of the series and on a seed, not on the order of files and rows.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from training.database.histories import Histories
from training.errors import ViewcastError, reason_of
from training.export.partitions import Partitions
from training.history.events import SeriesEvents
from training.history.files import parse_history
from training.history.options import ReadOptions
from training.history.series import History, HistoryError, Series, quoted
from training.jobs.training_settings import MOST_SAMPLED_SERIES
from training.progress import Progress, silent
from training.spread import in_parts

MOST_NOTES = 20
_HIGHEST_NUMBER = 2**64


@dataclass(frozen=True)
class SeriesSample:
    """A sample of series.

    Attributes
    ----------
    history : History
        The sampled series, with the first notes on their files.
    n_series : int
        Number of all series.
    n_files : int
        Number of files; 0 for the series of the database.
    """

    history: History
    n_series: int
    n_files: int = 0

    @property
    def sampled_from(self) -> int | None:
        """Number of all series, when some are not in the sample; else None."""
        return self.n_series if len(self.history.series) < self.n_series else None


class _Member(NamedTuple):
    """A series, its events, and its number: a hash of its name."""

    number: int
    series: Series
    events: SeriesEvents


@dataclass(frozen=True)
class _Drawn:
    """The series with the smallest numbers; all of them are below `limit`."""

    members: list[_Member]
    limit: int
    n_series: int = 0
    notes: tuple[str, ...] = ()

    def with_more(self, other: _Drawn, most_series: int) -> _Drawn:
        """Draw from both; the result is the same in any order."""
        drawn = _smallest([*self.members, *other.members], min(self.limit, other.limit), most_series)
        return replace(drawn, n_series=self.n_series + other.n_series, notes=self.notes + other.notes)


def sample_series(
    files: Partitions,
    reading: ReadOptions,
    random_state: int,
    progress: Progress = silent,
    most_series: int = MOST_SAMPLED_SERIES,
) -> SeriesSample:
    """Read files in parts, see `spread.in_parts`, and draw a sample of their series.

    Parameters
    ----------
    files : Partitions
        All days of a series are in one file.
    reading : ReadOptions
    random_state : int
        Seed of the sample.
    progress : callable
        Called with the name of the step and the fraction of files that is read, 0 to 1.
    most_series : int, default=20,000
        All series are in the sample when there are at most so many.

    Raises
    ------
    HistoryError
        When there is no file, a file cannot be read, or a sampled series is in two files.
    """
    names = files.names()
    if not names:
        raise HistoryError("there is no Parquet file to read")
    drawn = _Drawn([], _HIGHEST_NUMBER)
    draw = partial(_draw, files, reading, random_state, most_series)
    # Each file is given the limit of the time at which its turn comes, so that later files send few series.
    parts = ((name, drawn.limit) for name in names)
    for n_read, more in enumerate(in_parts(draw, parts), start=1):
        progress("reading the history", n_read / len(names))
        drawn = drawn.with_more(more, most_series)
    members = drawn.members
    for member, following in pairwise(members):
        if member.series.key == following.series.key:
            problem = "is in two files; all days of a series belong into one file"
            raise HistoryError(f"series {quoted(member.series.label)} {problem}")
    notes = drawn.notes[:MOST_NOTES]
    if len(drawn.notes) > MOST_NOTES:
        notes += (f"there are {len(drawn.notes) - MOST_NOTES:,} more notes on the files",)
    events = {member.series.name: member.events for member in members if member.events}
    history = History(tuple(member.series for member in members), notes, events)
    return SeriesSample(history, drawn.n_series, len(names))


def sample_kept(
    histories: Histories,
    events: Sequence[str],
    random_state: int,
    most_series: int = MOST_SAMPLED_SERIES,
) -> SeriesSample:
    """Read all kept series if there are at most `most_series`, and else a sample; see `sample_series`."""
    numbered = ((_number(name, random_state), (name, metric)) for name, metric in histories.all_keys())
    smallest = heapq.nsmallest(most_series + 1, numbered)
    if len(smallest) <= most_series:
        history = histories.all(events)
        return SeriesSample(history, len(history.series))
    limit, _ = smallest[-1]
    keys = [key for number, key in smallest if number < limit]
    _, n_series = histories.page(limit=0)
    return SeriesSample(histories.some(keys, events), n_series)


def _draw(
    files: Partitions, reading: ReadOptions, random_state: int, most_series: int, part: tuple[str, int]
) -> _Drawn:
    """Draw from one file the series with numbers below a limit."""
    name, limit = part
    try:
        with files.opened(name) as source:
            history = parse_history(source.read(), name, reading)
    except (ViewcastError, OSError) as error:
        raise HistoryError(f"{name}: {reason_of(error)}") from error
    members = [
        _Member(_number(series.name, random_state), series, history.events.get(series.name, {}))
        for series in history.series
    ]
    drawn = _smallest(members, limit, most_series)
    # Copies, because the views of a file's series are parts of one array.
    copies = [member._replace(series=_copy(member.series)) for member in drawn.members]
    return _Drawn(copies, drawn.limit, len(history.series), history.notes)


def _number(name: str, random_state: int) -> int:
    """Give a number below 2⁶⁴ that is as good as random, and always the same for a name and a seed."""
    key = random_state.to_bytes(8, "big")
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8, key=key).digest(), "big")


def _smallest(members: Sequence[_Member], limit: int, most_series: int) -> _Drawn:
    ordered = sorted(members, key=lambda member: (member.number, member.series.key))
    if len(ordered) > most_series:
        limit = min(limit, ordered[most_series].number)
    return _Drawn([member for member in ordered if member.number < limit], limit)


def _copy(series: Series) -> Series:
    return replace(series, views=series.views.copy())
