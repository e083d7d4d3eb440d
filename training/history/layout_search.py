"""Find the header of a table, and which columns hold dates, counts and names.

The words in the header decide; where they do not, the first rows below it do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from training.history import title_words
from training.history.column_kinds import Kind, kind_of
from training.history.date_forms import hour_minutes, looks_like_date
from training.history.day_columns import name_columns
from training.history.headers import LIKE, NoTableError, SampleTable, find_header, names_days
from training.history.layout import Layout
from training.history.metrics import metrics_of, says_what_is_counted
from training.history.options import ReadOptions
from training.history.phrases import choice_of, rows_at
from training.history.series import VIEWS, HistoryError, quoted
from training.history.split_thousands import split_thousands
from training.history.title_words import (
    ALSO_IMPRESSIONS,
    ANY_COUNT,
    CLICKS,
    DATE,
    HOUR,
    PAGE_VIEWS,
    PARTICULARS,
    SERIES,
    TIME,
    is_metric,
    is_publication,
    is_ratio,
    is_total,
    is_unnamed,
    key,
    words,
)

_DAY_HOURS = 24


def find_layout(tables: Sequence[SampleTable], file: str, options: ReadOptions) -> Layout:
    """Find the header and the columns.

    Parameters
    ----------
    tables : sequence of SampleTable
        The first rows, split by each possible separator.
    file : str
        The file's name in messages.
    options : ReadOptions

    Raises
    ------
    HistoryError
        When there is no date or no count, when several columns may be the counts, or two have one title.
    """
    table, place = find_header(tables, file)
    return _Finder(table, place, file, options).layout()


class _Kinds(dict[int, Kind]):
    """The kind of each column, determined when first needed: comparing words with sixty languages is slow."""

    def __init__(self, columns: list[list[str]]) -> None:
        self._columns = columns

    def __missing__(self, column: int) -> Kind:
        kind = self[column] = kind_of(self._columns[column])
        return kind


class _Finder:
    """Finds the columns below one header."""

    def __init__(self, table: SampleTable, place: int, file: str, options: ReadOptions) -> None:
        self.table, self.place, self.file, self.options = table, place, file, options
        self.titles = tuple(title.strip() for title in table.rows[place])
        self.keys = [key(title) for title in self.titles]
        self.line = table.lines[place]
        rows = table.rows[place + 1 :]
        columns = [[row[i] for row in rows if i < len(row)] for i in range(len(self.titles))]
        self.samples = columns
        self.kinds = _Kinds(columns)
        self.notes: list[str] = []
        if table.is_headless:
            self.notes.append("there is no header: the columns are taken for the date and its views")
        self.above = table.lines[:place]
        self.row_metrics: tuple[str, ...] = ()

    def layout(self) -> Layout:
        """Give the layout; a note says how many lines above the header are left out."""
        layout = self._layout()
        if self.above:
            lines = rows_at(np.array(self.above, np.int32))
            return replace(layout, notes=(f"{lines} above the header: left out", *layout.notes))
        return layout

    def _layout(self) -> Layout:
        days = tuple(i for i, title in enumerate(self.titles) if looks_like_date(title))
        if len(days) >= 2 and names_days(self.table, self.place):
            return self._days_layout(days)
        date = self._date()
        events = self._events()
        taken: set[int | None] = {date, *events.values()}
        series = self._series(taken)
        hour = self._hour(taken | {series})
        counts, is_wide = self._counts(taken | {series, hour})
        if problem := split_thousands(self.table.separator, self.titles, self.samples, counts.values()):
            raise self._error(problem)
        rest = self._free(taken | {series, hour, *counts.values()})
        others = tuple(i for i in rest if self._may_part(i))
        unread = self._not_empty([i for i in rest if i not in others])
        return Layout(
            self.table.separator, self.titles, self.line, self.table.ends[self.place], date, counts,
            series, hour, others, unread, events, is_wide, (), self.row_metrics, tuple(self.notes),
        )  # fmt: skip

    def _days_layout(self, days: tuple[int, ...]) -> Layout:
        """Give the layout of a table with a column for each day."""
        names, worded = name_columns(self.titles, self.kinds, days)
        if len(names) > 1:
            which = ", ".join(quoted(self.titles[i]) for i in names[:5])
            raise self._error(f'{which} may each name the series; name the one that does "series"')
        series = names[0] if names else None
        others = tuple(i for i in worded if i != series)
        unread = self._not_empty(self._free({*days, series, *others}))
        self.notes.append(f"{len(days)} columns are days, a row a series")
        return Layout(
            self.table.separator, self.titles, self.line, self.table.ends[self.place], len(self.titles),
            {VIEWS: len(self.titles) + 1}, series, None, others, unread, {}, False, days, (),
            tuple(self.notes),
        )  # fmt: skip

    def _free(self, taken: set[int | None]) -> list[int]:
        return [i for i in range(len(self.titles)) if i not in taken]

    def _not_empty(self, columns: list[int]) -> tuple[int, ...]:
        return tuple(i for i in columns if any(map(str.strip, self.samples[i])))

    def _error(self, problem: str) -> HistoryError:
        return HistoryError.at(self.file, self.line, None, problem)

    def _date(self) -> int:
        named = [i for i, title in enumerate(self.keys) if title in words(DATE)]
        if len({self.keys[i] for i in named}) < len(named):
            raise self._error(f'two columns are named "{self.keys[named[0]]}"; leave one')
        if len(named) == 1:
            return named[0]
        dated = [i for i in named if self.kinds[i] is Kind.DATE]
        if named:
            return min(dated or named, key=lambda i: words(DATE)[self.keys[i]])
        dated = [i for i in range(len(self.titles)) if self.kinds[i] is Kind.DATE]
        published = [i for i in dated if self.keys[i] in words(PARTICULARS) or is_publication(self.titles[i])]
        dated = [i for i in dated if i not in published]
        if published and not dated:
            problem = f"{quoted(self.titles[published[0]])} is no day of views, and there is no other; {LIKE}"
            raise NoTableError.at(self.file, self.line, None, problem)
        if len(dated) != 1:
            which = " or ".join(quoted(self.titles[i]) for i in dated[:5])
            raise self._error(
                f'there is no column "date", and {which} may each be it; call one of them "date"'
            )
        return dated[0]

    def _events(self) -> dict[str, int]:
        folded = [title.casefold() for title in self.titles]
        for event in self.options.events:
            if folded.count(event.casefold()) > 1:
                raise self._error(f'two columns are named "{event.casefold()}"; leave one')
        return {
            event: folded.index(event.casefold())
            for event in self.options.events
            if event.casefold() in folded
        }

    def _series(self, taken: set[int | None]) -> int | None:
        """Find the column whose title says that it names the series."""
        if self.keys.count("series") > 1:
            raise self._error('two columns are named "series"; leave one')
        named = [i for i in self._free(taken) if self.keys[i] in words(SERIES)]
        if len(named) > 1:
            named = [i for i in named if self.kinds[i] is not Kind.EMPTY or self.keys[i] == "series"]
        if self.options.views:
            chosen = {key(name) for name in self.options.views}
            named = [i for i in named if self.keys[i] not in chosen]
        return min(named, key=lambda i: words(SERIES)[self.keys[i]]) if named else None

    def _hour(self, taken: set[int | None]) -> int | None:
        """Find the column of the hours of the day."""
        free = self._free(taken)
        timed = [
            i for i in free if self.keys[i] in words(TIME) and None not in map(hour_minutes, self.samples[i])
        ]
        return next((i for i in free if self.keys[i] in words(HOUR) or i in timed), None)

    def _may_part(self, i: int) -> bool:
        """Whether a column may name a series, or be part of its name."""
        if self.keys[i] in words(PARTICULARS) or is_unnamed(self.titles[i]):
            return False
        if self.keys[i] in words(SERIES):
            return self.kinds[i] is not Kind.EMPTY
        few = len(set(self.samples[i])) <= 50
        return (
            self.kinds[i] in (Kind.WORD, Kind.BOOLEAN)
            or (self.kinds[i] in (Kind.COUNTS, Kind.NUMBERS) and few)
        ) and not (is_metric(self.titles[i]) and self.kinds[i] is not Kind.WORD)

    def _counts(self, taken: set[int | None]) -> tuple[dict[str, int], bool]:
        """Find the columns of counts, by metric or, in a wide table, by series."""
        free = [i for i in self._free(taken) if self.titles[i]]
        if self.options.views and self._rows_say_what_is_counted():
            self.row_metrics = self.options.views
        elif self.options.views:
            return self._chosen_counts(free), False
        for table in (title_words.VIEWS, PAGE_VIEWS, ANY_COUNT):
            named = [i for i in free if self.keys[i] in words(table)]
            if len({self.keys[i] for i in named}) < len(named):
                raise self._error(f"two columns are named {quoted(self.titles[named[0]])}; leave one")
            rivals = [i for i in free if i not in named and self._is_rival(i, table)]
            if any(self.keys[i] in words(ALSO_IMPRESSIONS) for i in named):
                rivals += [i for i in free if self.keys[i] in words(CLICKS)]
            if len(named) > 1 or (named and rivals):
                raise self._several(sorted(named + rivals))
            if named:
                return {VIEWS: named[0]}, False
        return self._unnamed_counts(free)

    def _is_rival(self, i: int, table: str) -> bool:
        """Whether another column may be the views as well as the column chosen by the table of titles."""
        if table == title_words.VIEWS or self.kinds[i] not in (Kind.COUNTS, Kind.NUMBERS):
            return False
        if table == PAGE_VIEWS:
            return "views" in self.keys[i].split() and not is_ratio(self.titles[i])
        return is_metric(self.titles[i])

    def _rows_say_what_is_counted(self) -> bool:
        """Whether the requested metric is not a column, and a column says of each row what it counts."""
        if any(key(name) in self.keys for name in self.options.views):
            return False
        return any(
            self.kinds[i] is Kind.WORD and says_what_is_counted(self.titles[i], list(set(self.samples[i])))
            for i in range(len(self.titles))
        )

    def _chosen_counts(self, free: list[int]) -> dict[str, int]:
        chosen = []
        for name in self.options.views:
            places = [i for i in free if self.keys[i] == key(name)]
            if len(places) != 1:
                known = ", ".join(quoted(self.titles[i]) for i in free[:12]) or "none"
                problem = "there is no column" if not places else "there are two columns"
                problem += f" {quoted(name)}, which {self.options.written('views')} names; there are {known}"
                raise NoTableError.at(self.file, self.line, None, problem)
            chosen += places
        return dict(zip(metrics_of([self.titles[i] for i in chosen]), chosen, strict=True))

    def _unnamed_counts(self, free: list[int]) -> tuple[dict[str, int], bool]:
        """Choose the counts when no title says views: by the line above or as a wide table; else ask."""
        numeric = [i for i in free if self.kinds[i] in (Kind.COUNTS, Kind.NUMBERS)]
        numeric = [i for i in numeric if self.keys[i] not in words(PARTICULARS)]
        above = [row[0] for row in self.table.rows[: self.place] if sum(map(bool, row)) == 1 and row[0]]
        if (
            len(numeric) == 1
            and above
            and key(above[-1]) in {**words(title_words.VIEWS), **words(PAGE_VIEWS)}
        ):
            self.above = self.above[:-1]  # the last line above the header names the metric
            return {VIEWS: numeric[0]}, False
        measures = [i for i in free if self.kinds[i] is Kind.MEASURE or is_metric(self.titles[i])]
        if not numeric:
            names = ", ".join(quoted(name) for name in self.titles[:8])
            raise NoTableError.at(
                self.file, self.line, None, f'there is no column "views" among {names}; {LIKE}'
            )
        titles = [i for i in numeric if not is_total(self.titles[i])]
        if len({hour_minutes(self.titles[i]) for i in titles} - {None}) == _DAY_HOURS:
            raise self._error("the columns are the hours of a day; one row an hour, or a day, is needed")
        if [self.titles[i] for i in numeric] == ["0"]:
            return {VIEWS: numeric[0]}, False  # how pandas writes a series without a name
        if len(titles) < 2 or measures or any(self.kinds[i] is Kind.WORD for i in free):
            raise self._several(numeric)
        self.notes.append(f"{len(titles)} columns are series, a row a day")
        return self._wide(titles), True

    def _wide(self, columns: list[int]) -> dict[str, int]:
        names = [self.titles[i] for i in columns]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise self._error(f"two columns are named {quoted(twice)}; leave one")
        return dict(zip(names, columns, strict=True))

    def _several(self, columns: list[int]) -> HistoryError:
        """Make the error that asks which column is meant."""
        return self._error(choice_of([self.titles[i] for i in columns], "", self.options))
