"""Write kept series as CSV that every upload can read: `series,date,views`, with a column for each metric."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from service.database import ServiceDatabase
from service.series_schemas import between
from training.history.names import cell_of
from training.history.series import DAY, VIEWS, Series

if TYPE_CHECKING:
    from training.database.engine import Database


async def csv_of_all(database: ServiceDatabase, metric: str | None, prefix: str) -> AsyncIterator[bytes]:
    """Write all series whose names begin with `prefix`, of one metric or all, some hundred at a time."""

    def begin(opened: "Database") -> tuple[list[str], Iterator[list[Series]]]:
        from training.database.histories import Histories

        histories = Histories(opened)
        # Views first: it is what a reader looks for.
        every = sorted(histories.metrics(prefix), key=lambda name: (name != VIEWS, name)) or [VIEWS]
        metrics = every if metric is None else [metric]
        return metrics, histories.by_name(metrics, prefix)

    metrics, chunks = await database.run(begin)
    yield _lines([["series", "date", *map(cell_of, metrics)]])
    while series := await database.run(lambda _: next(chunks, None)):
        yield await database.run(lambda _, series=series: _lines(_rows(series, metrics)))  # type: ignore[misc]


def csv_of_one(series: Series, since: date | None, until: date | None) -> bytes:
    """Write one series, or a range of its days."""
    cut = between(series, since, until)
    rows = [] if cut is None else _rows([cut], [series.metric])
    return _lines([["series", "date", cell_of(series.metric)], *rows])


def _rows(series: Sequence[Series], metrics: Sequence[str]) -> Iterator[list[Any]]:
    """Yield a row for each name and day with a count of any metric."""
    for name, same in groupby(series, lambda each: each.name):
        by_metric = {each.metric: each for each in same}
        first = min(each.first_date for each in by_metric.values())
        last = max(each.last_date for each in by_metric.values())
        counts = np.full((int((last - first).astype(int)) + 1, len(metrics)), np.nan)
        for place, metric in enumerate(metrics):
            if of_metric := by_metric.get(metric):
                start = int((of_metric.first_date - first).astype(int))
                counts[start : start + of_metric.views.size, place] = of_metric.views
        known = np.flatnonzero(~np.isnan(counts).all(axis=1))
        dates = np.datetime_as_string(first + known * DAY)
        for day, row in zip(dates.tolist(), counts[known].tolist(), strict=True):
            yield [cell_of(name), day, *map(_text, row)]


def _text(count: float) -> float | int | str:
    if count != count:
        return ""
    return int(count) if count.is_integer() else count


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
