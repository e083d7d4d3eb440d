"""Find the series of each row of a table, and the columns that tell the parts of a day apart.

A title that names the series decides. Without such a title, the only column of words that repeat from day to
day is chosen. Columns of measures, notes, weekdays and the like are never chosen.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.history.column_kinds import Kind, kind_of
from training.history.date_forms import hour_minutes
from training.history.names import name_of, notes_on_spellings, tidy_name
from training.history.options import ReadOptions
from training.history.part_sums import without_sums
from training.history.phrases import note_on_columns
from training.history.row_groups import n_different, renumbered
from training.history.rows import Rows, TextColumn
from training.history.series import ONLY_SERIES, HistoryError, name_problem, quoted
from training.history.title_words import key


@dataclass(frozen=True)
class Naming:
    """The series of each row.

    Parameters
    ----------
    names : list of str
        Names of the series.
    codes : ndarray of shape (n_rows,), int32
        The position of each row's name in `names`.
    parts : ndarray of shape (n_rows,), int64, or None
        Equal for rows of the same part of a day; None when no column tells parts apart.
    titles : tuple of str
        Titles of the columns that tell parts apart.
    """

    names: list[str]
    codes: NDArray[np.int32]
    parts: NDArray[np.int64] | None
    titles: tuple[str, ...] = ()

    def only(self, chosen: NDArray[np.bool_]) -> "Naming":
        """Give a copy for the chosen rows only."""
        parts = None if self.parts is None else self.parts[chosen]
        return replace(self, codes=self.codes[chosen], parts=parts)


def name_series(rows: Rows, options: ReadOptions) -> tuple[Rows, Naming, list[str]]:
    """Find the series of each row.

    Parameters
    ----------
    rows : Rows
    options : ReadOptions
        May give the name of a single series.

    Returns
    -------
    rows : without rows that are totals of others
    naming : of the remaining rows
    notes : what was decided, in sentences

    Raises
    ------
    HistoryError
        When several columns may name the series, or a name is not valid.
    """
    notes: list[str] = []
    column = rows.names
    if column is None:
        column = _naming_column(rows)
        if column is not None:
            notes.append(f"the series are named by the column {quoted(_title(rows, column))}")
            column, spellings = _checked(rows, column)
            notes += spellings
    elif key(_title(rows, column)) != "series":
        notes.append(f"the series are named by the column {quoted(_title(rows, column))}")
    names = [ONLY_SERIES] if column is None else column.texts
    notes += _notes_on_case(names)
    codes = np.zeros(rows.days.size, np.int32) if column is None else column.codes
    if options.series is not None:
        names = [_given_name(rows, names, options.series, options.written("series"))]
    parts = [other for other in rows.others if column is None or other.column != column.column]
    # Where a column of hours has other texts, too, it tells parts of a day apart.
    hours = [other for other in parts if other.column == rows.layout.hour and hour_column(rows) is not None]
    parts = _parts(rows, [other for other in parts if other not in hours], codes)
    notes += _note_on_unused(rows, {used.column for used in (*parts, *hours, *([column] if column else []))})
    rows, codes, parts, sums = without_sums(rows, codes, parts)
    notes += sums
    naming = Naming(names, codes, _joined(parts), tuple(_title(rows, part) for part in parts))
    return rows, naming, notes


def _note_on_unused(rows: Rows, used: set[int]) -> list[str]:
    unused = {*rows.layout.unread, *(other.column for other in rows.others)} - used
    return note_on_columns([rows.layout.titles[column] for column in sorted(unused)])


def _title(rows: Rows, column: TextColumn) -> str:
    return rows.layout.titles[column.column]


def _given_name(rows: Rows, names: list[str], series: str, option: str) -> str:
    """Give the name that the option sets for a single series."""
    if len(names) > 1 or rows.layout.is_wide:
        n_series = len(rows.layout.counts) if rows.layout.is_wide else len(names)
        problem = f"the file names {n_series} series, and {option} names a lone one; leave it out"
        raise rows.error(None, None, problem)
    name = tidy_name(series)
    if trouble := name_problem(name):
        raise HistoryError(f"{option}: {trouble}")
    return name


def _naming_column(rows: Rows) -> TextColumn | None:
    """Find the column of words that names the series when no title does; None when there is one series."""
    if (
        n_different(rows.moments, *(o.codes for o in rows.others if o.column == rows.layout.hour))
        == rows.days.size
    ):
        return None
    candidates = [other for other in rows.others if other.column != rows.layout.hour and _may_name(other)]
    # A column whose words follow from another column is a detail of it, like a title beside an id.
    kept: list[TextColumn] = []
    for place, column in enumerate(candidates):
        rivals = candidates[:place] + candidates[place + 1 :]
        if not any(
            _settles(rival, column) and (rivals.index(rival) < place or not _settles(column, rival))
            for rival in rivals
        ):
            kept.append(column)
    if len(kept) > 1:
        which = ", ".join(quoted(_title(rows, column)) for column in kept[:5])
        problem = (
            f'{which} may each name the series; name the one that does "series", or leave the others out'
        )
        raise rows.error(rows.layout.header_line, None, problem)
    return kept[0] if kept else None


def _may_name(column: TextColumn) -> bool:
    """Whether a column's words repeat from row to row, and few rows have none."""
    if kind_of(column.texts) is not Kind.WORD:
        return False
    counts = np.bincount(column.codes, minlength=len(column.texts))
    blank = sum(int(n) for text, n in zip(column.texts, counts, strict=True) if not text.strip())
    return 2 * blank <= column.codes.size


def _settles(column: TextColumn, other: TextColumn) -> bool:
    """Whether rows with equal words in one column have equal words in the other."""
    return n_different(column.codes, other.codes) == n_different(column.codes)


def _checked(rows: Rows, column: TextColumn) -> tuple[TextColumn, tuple[str, ...]]:
    """Normalise a column's names, with notes; an error names the first row with an invalid name."""
    names: dict[str, int] = {}
    positions = []
    for code, text in enumerate(column.texts):
        name = name_of(text.strip())
        if problem := name_problem(name):
            line = int(rows.lines[np.argmax(column.codes == code)])
            raise rows.error(line, column.column, problem)
        positions.append(names.setdefault(name, len(names)))
    kept, places = list(names), np.array(positions, np.int32)
    notes = notes_on_spellings(column.texts, places, kept)
    return TextColumn(column.column, kept, places[column.codes]), notes


def _notes_on_case(names: list[str]) -> list[str]:
    spellings: dict[str, list[str]] = {}
    for name in names:
        spellings.setdefault(name.casefold(), []).append(name)
    alike = [" and ".join(map(quoted, same[:3])) for same in spellings.values() if len(same) > 1]
    return [f"{', '.join(alike[:5])} differ in case only: kept as series of their own"] if alike else []


def _parts(rows: Rows, columns: list[TextColumn], codes: NDArray[np.int32]) -> list[TextColumn]:
    """Find the columns in which rows of the same series and day differ because they are parts of the day."""
    if not columns:
        return []
    kinds = {column.column: kind_of(column.texts) for column in columns}
    worded = [c for c in columns if kinds[c.column] in (Kind.WORD, Kind.BOOLEAN) and len(c.texts) > 1]
    numbers = [c for c in columns if kinds[c.column] in (Kind.COUNTS, Kind.NUMBERS, Kind.CALENDAR)]
    # A column of numbers tells parts apart when every day has several; otherwise it is another measure.
    by_words = n_different(codes, rows.moments, *(column.codes for column in worded))
    if 2 * rows.days.size >= 3 * by_words:
        together = worded + numbers
        if n_different(codes, rows.moments, *(column.codes for column in together)) == rows.days.size:
            return together
    return worded


def _joined(parts: list[TextColumn]) -> NDArray[np.int64] | None:
    """Number the combinations of what the columns hold."""
    if not parts:
        return None
    joined = parts[0].codes.astype(np.int64)
    for part in parts[1:]:
        joined = renumbered(joined * len(part.texts) + part.codes)
    return joined


def hour_column(rows: Rows) -> NDArray[np.int32] | None:
    """Give the minute of the day from the column of hours; None without one, or when it holds no hours."""
    for other in rows.others:
        if other.column == rows.layout.hour:
            minutes = _minutes_of(other.texts)
            if None not in minutes:
                return np.array(minutes, np.int32)[other.codes]
    return None


def _minutes_of(hours: list[str]) -> list[int | None]:
    """Give the first minute of each hour; the hours may be numbered 1 to 24."""
    numbers = {int(hour) for hour in hours if hour.strip().isdecimal()}
    if len(numbers) == len(hours) and 24 in numbers and numbers <= set(range(1, 25)):
        return [60 * (int(hour) - 1) for hour in hours]
    return [hour_minutes(hour) for hour in hours]
