"""What stands where in a table."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Layout:
    """Where in a row things stand.

    Parameters
    ----------
    separator : str
        What stands between two fields.
    titles : tuple of str
        All columns, as the header names them.
    header_line, header_end : int
        The line of the header, and the last one that belongs to it.
    date : int
        Position of the date in a row.
    counts : dict of str to int
        The same, of each metric; in a wide table, of each series.
    series : int or None
        The same, of the names of the series; None when no title says so.
    hour : int or None
        The same, of the hour of the day.
    others : tuple of int
        The same, of columns that may name series or parts of them.
    unread : tuple of int
        The same, of all other columns that are not empty.
    events : dict of str to int
        The same, of the events that are asked for and are there.
    is_wide : bool
        Whether each count is that of a series, and not a metric.
    days : tuple of int
        Columns that are days themselves; a row is then taken apart into one for each.
    row_metrics : tuple of str
        What the rows count that are asked for, where a column says what each row counts.
    notes : tuple of str
        How the table was understood, where it could be unexpected.
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
