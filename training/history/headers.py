"""Which of a table's first rows is its header, and by which separator its fields stand apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from training.history.date_forms import looks_like_date
from training.history.series import HistoryError, quoted
from training.history.title_words import DATE, PAGE_VIEWS, VIEWS, key, words

LIKE = 'write a header like "series,date,views" or "date,views"'
_HEADER_WITHIN = 40  # rows


class NoTableError(HistoryError):
    """There is no header with a date and a count; another table of the same file may have one."""


@dataclass(frozen=True)
class SampleTable:
    """The first rows of a file, taken apart in one way.

    Parameters
    ----------
    separator : str
        What stands between two fields; empty where fields were apart already.
    rows : list of list of str
        None of them blank.
    lines : list of int
        The line that each begins on, from 1.
    ends : list of int
        The line that each ends on.
    """

    separator: str
    rows: list[list[str]]
    lines: list[int]
    ends: list[int]


def find_header(tables: Sequence[SampleTable], file: str) -> tuple[SampleTable, int]:
    """Find the header: the table that a separator makes, and the header's place among its rows.

    Raises `NoTableError` when no row is one.
    """
    for is_header in (_names_day_and_count, _names_a_day, _stands_above_days, names_days):
        for table, place in _candidates(tables):
            if is_header(table, place):
                return table, place
    raise NoTableError.at(file, *_no_header(tables))


def _candidates(tables: Sequence[SampleTable]) -> Iterator[tuple[SampleTable, int]]:
    """All rows that may be headers, with the separator first that makes most fields."""
    for place in range(_HEADER_WITHIN):
        fitting = [t for t in tables if place < len(t.rows) and len(t.rows[place]) > 1]
        for table in sorted(fitting, key=lambda t: -len(t.rows[place])):
            yield table, place


def _names_day_and_count(table: SampleTable, place: int) -> bool:
    titles = [key(title) for title in table.rows[place]]
    has_count = any(t in words(VIEWS) or t in words(PAGE_VIEWS) for t in titles)
    return has_count and any(title in words(DATE) for title in titles)


def _names_a_day(table: SampleTable, place: int) -> bool:
    return any(key(title) in words(DATE) for title in table.rows[place]) and not any(
        looks_like_date(title) for title in table.rows[place]
    )


def _stands_above_days(table: SampleTable, place: int) -> bool:
    """Whether this row has no date where the rows below have one."""
    below = table.rows[place + 1 : place + 4]
    return bool(below) and any(
        all(column < len(row) and looks_like_date(row[column]) for row in below)
        and not looks_like_date(table.rows[place][column])
        for column in range(len(table.rows[place]))
    )


def names_days(table: SampleTable, place: int) -> bool:
    days = [looks_like_date(title) for title in table.rows[place]]
    return sum(days) >= 2 and 2 * sum(days) > len(days) and not days[0]


def _no_header(tables: Sequence[SampleTable]) -> tuple[int | None, None, str]:
    widest = max(tables, key=lambda table: max(map(len, table.rows[:1]), default=0))
    if not widest.rows:
        return None, None, 'the file is empty; it needs a header like "series,date,views"'
    names = ", ".join(quoted(name) for name in widest.rows[0][:8])
    titles = {key(name) for name in widest.rows[0]}
    if not titles.isdisjoint(words(VIEWS)):
        problem = (
            f'there is no column "date" among {names}; of a table that sums up all days, as YouTube '
            'Studio\'s "Table data" does, nothing can be learned: take "Chart data.csv", "Totals.csv" or the '
            "whole zip"
        )
        return widest.lines[0], None, problem
    return widest.lines[0], None, f"the first line has to name the columns, and it is {names}; {LIKE}"
