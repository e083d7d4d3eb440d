"""Choose the rows of the requested metrics, or of views, when a column says what each row counts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from training.history.metrics import is_metric_column, is_views, metrics_of, says_what_is_counted
from training.history.options import ReadOptions
from training.history.phrases import choice_of
from training.history.rows import Rows, TextColumn
from training.history.series import HistoryError, quoted
from training.history.title_words import key


def rows_by_metric(rows: Rows, options: ReadOptions) -> list[Rows]:
    """Split the rows by metric; a table without a column of metrics is returned as it is.

    Raises `HistoryError` when there are several metrics and none is requested, or when a requested one has no
    row.
    """
    chosen = rows.layout.row_metrics
    for column in (*([rows.names] if rows.names else []), *rows.others):
        title = rows.layout.titles[column.column]
        if not says_what_is_counted(title, column.texts):
            continue
        if chosen:
            return list(_chosen(rows, column, chosen, options))
        views = [text for text in column.texts if is_views(text)]
        if len(views) == 1 and len(column.texts) > 1:
            return list(_chosen(rows, column, views, options))
        if not views and _is_one_count(rows, title, column.texts):
            continue
        if len(views) != 1:
            raise _which(rows, column, options)
    if chosen:
        names = ", ".join(map(quoted, chosen))
        problem = f"there is no column {names}, which {options.written('views')} names, nor any row of it"
        raise rows.error(rows.layout.header_line, None, problem)
    return [rows]


def _is_one_count(rows: Rows, title: str, texts: Sequence[str]) -> bool:
    """Whether all rows count the same metric, for example views by new and by returning visitors."""
    titles = [rows.layout.titles[i] for i in rows.layout.counts.values() if i < len(rows.layout.titles)]
    return any(map(is_views, titles)) or (len(texts) < 2 and not is_metric_column(title))


def _which(rows: Rows, column: TextColumn, options: ReadOptions) -> HistoryError:
    """Make the error that asks which metric is meant."""
    texts = [text for text in column.texts if text.strip()]
    problem = choice_of(texts, "in this one ", options)
    return rows.error(rows.layout.header_line, column.column, problem)


def _chosen(rows: Rows, column: TextColumn, chosen: Sequence[str], options: ReadOptions) -> Iterator[Rows]:
    """Give the rows of each requested metric, without the column of metrics."""
    title = quoted(rows.layout.titles[column.column])
    note = f"only the rows with {', '.join(map(quoted, chosen))} in {title} are read"
    names = None if rows.names is column else rows.names
    others = tuple(other for other in rows.others if other.column != column.column)
    counts = rows.layout.counts
    for name, metric in zip(chosen, metrics_of(chosen), strict=True):
        is_meant = np.array([key(text) == key(name) for text in column.texts], np.bool_)
        if not is_meant.any():
            known = ", ".join(map(quoted, column.texts[:12]))
            problem = (
                f"no row counts {quoted(name)}, which {options.written('views')} names; there are {known}"
            )
            raise rows.error(rows.layout.header_line, column.column, problem)
        if rows.layout.row_metrics:
            counts = {metric: next(iter(rows.layout.counts.values()))}
        layout = replace(rows.layout, counts=counts)
        kept = replace(rows, layout=layout, names=names, others=others, notes=(*rows.notes, note))
        yield kept.only(is_meant[column.codes])
