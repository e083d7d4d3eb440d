"""Find the header among the first rows of a table, and the separator of its fields."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from training.history.column_kinds import Kind, kind_of
from training.history.date_advice import lacks_year, longer_than_a_day
from training.history.date_forms import looks_like_date
from training.history.series import HistoryError, quoted
from training.history.title_words import DATE, PAGE_VIEWS, VIEWS, is_total, key, periods, words

LIKE = 'write a header like "series,date,views" or "date,views"'
_HEADER_WITHIN = 40  # rows
_MONTH_DAYS = range(28, 32)


class NoTableError(HistoryError):
    """No header with a date and a count was found; another table of the same file may have one."""


@dataclass(frozen=True)
class SampleTable:
    """The first rows of a file, split by one separator.

    Parameters
    ----------
    separator : str
        The separator between two fields; empty when the fields were separate cells.
    rows : list of list of str
        The rows; none of them is blank.
    lines : list of int
        The line on which each row begins, from 1.
    ends : list of int
        The line on which each row ends.
    is_headless : bool
        True when the first row is a header added by us because the file has none.
    """

    separator: str
    rows: list[list[str]]
    lines: list[int]
    ends: list[int]
    is_headless: bool = False


def sample_of_cells(rows: Iterable[list[str]]) -> SampleTable:
    """Make a sample of rows of cells; the first is row 1, and blank ones are left out."""
    filled = [(line, row) for line, row in enumerate(rows, 1) if any(map(str.strip, row))]
    lines = [line for line, _ in filled]
    return SampleTable("", [row for _, row in filled], lines, lines)


def find_header(tables: Sequence[SampleTable], file: str) -> tuple[SampleTable, int]:
    """Find the header: the table made by the right separator, and the position of the header among its rows.

    Raises `NoTableError` when no row is a header.
    """
    for is_header in (_names_day_and_count, _names_a_day, _stands_above_days, names_days):
        for table, place in _candidates(tables):
            if is_header(table, place):
                return _with_row_names(table, place), place
    for table in tables:
        if header := _header_of_headless(table):
            line = table.lines[0] - 1
            rows, lines, ends = [header, *table.rows], [line, *table.lines], [line, *table.ends]
            return replace(table, rows=rows, lines=lines, ends=ends, is_headless=True), 0
    raise NoTableError.at(file, *_no_header(tables))


def _with_row_names(table: SampleTable, place: int) -> SampleTable:
    """Add a title for the column of row names, which R writes without one."""
    header, below = table.rows[place], table.rows[place + 1 :]
    numbers = [str(number) for number in range(1, 1 + len(below))]
    if not below or [row[0] for row in below] != numbers or {len(row) for row in below} != {len(header) + 1}:
        return table
    return replace(table, rows=[*table.rows[:place], ["", *header], *below])


def _candidates(tables: Sequence[SampleTable]) -> Iterator[tuple[SampleTable, int]]:
    """Give all rows that may be headers; the separator that makes most fields comes first."""
    for place in range(_HEADER_WITHIN):
        fitting = [t for t in tables if place < len(t.rows) and len(t.rows[place]) > 1]
        for table in sorted(fitting, key=lambda t: -len(t.rows[place])):
            yield table, place


def _names_day_and_count(table: SampleTable, place: int) -> bool:
    titles = [key(title) for title in table.rows[place]]
    has_count = any(t in words(VIEWS) or t in words(PAGE_VIEWS) for t in titles)
    return has_count and any(title in words(DATE) for title in titles)


def _names_a_day(table: SampleTable, place: int) -> bool:
    row, below = table.rows[place], table.rows[place + 1 : place + 2]
    if any(map(looks_like_date, row)) or not any(key(title) in words(DATE) for title in row):
        return False
    return not _n_numbered(row) or any(looks_like_date(text) for cells in below for text in cells)


def _stands_above_days(table: SampleTable, place: int) -> bool:
    """Whether this row has no date in a column where the rows below have dates."""
    if is_total(next(filter(None, map(str.strip, table.rows[place])))):
        return False
    below = [
        row for row in table.rows[place + 1 : place + 5] if not any(is_total(text.strip()) for text in row)
    ]
    return bool(below) and any(
        all(column < len(row) and looks_like_date(row[column]) for row in below)
        and not looks_like_date(table.rows[place][column])
        for column in range(len(table.rows[place]))
    )


def names_days(table: SampleTable, place: int) -> bool:
    days = [looks_like_date(title) for title in table.rows[place]]
    return sum(days) >= 2 and 2 * sum(days) > len(days) and not days[0]


def _header_of_headless(table: SampleTable) -> list[str] | None:
    """Make the header for a table of a day and a count without one; None for other tables."""
    if not table.rows or set(map(len, table.rows)) != {2}:
        return None
    for header in ["date", "views"], ["views", "date"]:
        dates, counts = ([row[header.index(title)] for row in table.rows] for title in ("date", "views"))
        is_dated = looks_like_date(dates[0]) and kind_of(dates) is Kind.DATE
        if is_dated and kind_of(counts[:1]) is Kind.COUNTS and kind_of(counts) is Kind.COUNTS:
            return header
    return None


def _no_header(tables: Sequence[SampleTable]) -> tuple[int | None, None, str]:
    widest = max(tables, key=lambda table: max(map(len, table.rows[:1]), default=0))
    if not widest.rows:
        return None, None, 'the file is empty; it needs a header like "series,date,views"'
    row, line = _numbered_days(tables) or _most_like_a_header(tables) or (widest.rows[0], widest.lines[0])
    names = ", ".join(quoted(name) for name in row[:8])
    titles = [key(name) for name in row]
    if _n_numbered(row):
        problem = (
            f"the columns are days numbered 1 to {_n_numbered(row)}, and it is not said of which month; name "
            "each by its whole date, like 2026-11-20"
        )
    elif period := next(filter(None, map(periods().get, titles)), None):
        problem = f"the rows are {period}s, and no days; one row a day is needed, with the views of that day"
    elif sum(longer_than_a_day(title) is not None for title in row) > 1:
        problem = "the columns are months or weeks, and no days; one count a day is needed"
    elif 2 * sum(map(lacks_year, row)) > max(len(row), 4):
        problem = "the columns are days without their year; name each by its whole date, like 2026-11-20"
    elif any(re.fullmatch(r"nth (?:day|hour|week|month)", title) for title in titles):
        problem = (
            f"days are numbered in {names}, and it is not said which days they are; export the report by "
            '"Date"'
        )
    elif not words(VIEWS).keys().isdisjoint(titles):
        problem = (
            f'there is no column "date" among {names}; of a table that sums up all days, as YouTube '
            'Studio\'s "Table data" does, nothing can be learned: take "Chart data.csv", "Totals.csv" or the '
            "whole zip"
        )
    else:
        problem = f"the first line has to name the columns, and it is {names}; {LIKE}"
    return line, None, problem


def _numbered_days(tables: Sequence[SampleTable]) -> tuple[list[str], int] | None:
    """Find the first row that numbers the days of a month."""
    for table, place in _candidates(tables):
        if _n_numbered(table.rows[place]):
            return table.rows[place], table.lines[place]
    return None


def _n_numbered(row: Sequence[str]) -> int:
    """Count the fields that number the days of a month from 1 on; 0 when the row has no whole month."""
    texts = [text.strip(" .") for text in row]
    numbers = [int(text) for text in texts if re.fullmatch(r"\d{1,2}", text, re.ASCII)]
    is_month = numbers == list(range(1, len(numbers) + 1)) and len(numbers) in _MONTH_DAYS
    return len(numbers) if is_month else 0


def _most_like_a_header(tables: Sequence[SampleTable]) -> tuple[list[str], int] | None:
    """Find the first row with titles of counts or of periods."""
    for table, place in _candidates(tables):
        titles = {key(name) for name in table.rows[place]}
        if not titles.isdisjoint(words(VIEWS).keys() | periods().keys()):
            return table.rows[place], table.lines[place]
    return None
