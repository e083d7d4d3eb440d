"""Which column of a table holds what."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Layout:
    """The positions of a table's columns.

    Parameters
    ----------
    separator : str
        The separator between two fields.
    titles : tuple of str
        The titles of all columns, from the header.
    header_line, header_end : int
        The first and the last line of the header.
    date : int
        Position of the column of dates.
    counts : dict of str to int
        Positions of the columns of counts, by metric; in a wide table, by series.
    series : int or None
        Position of the column of series names; None when no title says so.
    hour : int or None
        Position of the column of hours of the day, if any.
    others : tuple of int
        Positions of columns that may hold series names or parts of them.
    unread : tuple of int
        Positions of all other columns that are not empty.
    events : dict of str to int
        Positions of the requested events that the table has.
    is_wide : bool
        Whether each column of counts belongs to a series rather than to a metric.
    days : tuple of int
        Positions of columns that are days; each row is then split into one row for each of them.
    row_metrics : tuple of str
        The requested metrics, when a column says of each row what it counts.
    notes : tuple of str
        Notes on how the table was read, where a reader may not expect it.
    """

    separator: str
    titles: tuple[str, ...]
    header_line: int
    header_end: int
    date: int
    counts: dict[str, int]
    series: int | None = None
    hour: int | None = None
    others: tuple[int, ...] = ()
    unread: tuple[int, ...] = ()
    events: dict[str, int] = field(default_factory=dict)
    is_wide: bool = False
    days: tuple[int, ...] = ()
    row_metrics: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
