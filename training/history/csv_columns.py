"""The header of a CSV file: what separates its columns, and which of them are date, views and series."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from training.history.series import HistoryError, quoted

_SEPARATORS = (",", ";", "\t")
# What YouTube Studio puts beside the column that names the series: a video's particulars, and other metrics.
_BESIDE = re.compile(
    r"video title|video publish time|duration|engaged views|watch time.*|impressions.*|"
    r"subscribers(?: gained| lost)?|likes|dislikes|shares|comments(?: added)?|average .*|rpm|cpm|"
    r"(?:unique|new|returning|casual|regular) viewers|hypes|hype points|"
    r"(?:your )?estimated .*|.*\((?:hours|minutes|seconds|%|[a-z]{3})\)"
)
_LIKE = 'write a header like "series,date,views" or "date,views"'


@dataclass(frozen=True)
class Columns:
    """Where in a row the date, the views and the series' name stand.

    Parameters
    ----------
    separator : str
        What stands between two fields.
    names : tuple of str
        All columns, as the header names them.
    date, views : int
        Positions in a row.
    series : int or None
        The same; None when the file is of one series only.
    events : dict of str to int
        The same, of the events that were asked for and are there.
    """

    separator: str
    names: tuple[str, ...]
    date: int
    views: int
    series: int | None
    events: dict[str, int]


def find_columns(header: str, file: str, line: int, events: Sequence[str] = ()) -> Columns:
    """Find the columns in the header's line, and those of the events that are asked for.

    Raises `HistoryError` when there is no date or no views, or when several columns may name the series.
    """
    if not header.isprintable() and re.search("[\0\udc80-\udcff]", header):
        raise HistoryError.at(file, line, None, 'not a text in UTF-8; save it as "CSV UTF-8"')
    candidates = [(separator, _fields(header, separator)) for separator in _SEPARATORS]
    for separator, names in candidates:
        keys = [name.casefold() for name in names]
        if "date" in keys and "views" in keys:
            for key in ("date", "views", "series", *(event.casefold() for event in events)):
                if keys.count(key) > 1:
                    raise HistoryError.at(file, line, None, f'two columns are named "{key}"; leave one')
            found = {event: keys.index(event.casefold()) for event in events if event.casefold() in keys}
            series = _series_column(names, keys, set(found.values()), file, line)
            return Columns(separator, names, keys.index("date"), keys.index("views"), series, found)
    names = max((names for _, names in candidates), key=len)
    raise HistoryError.at(file, line, None, _missing(names))


def _fields(header: str, separator: str) -> tuple[str, ...]:
    try:
        return tuple(name.strip() for name in next(csv.reader([header], delimiter=separator, strict=True)))
    except csv.Error:
        return (header.strip(),)


def _series_column(
    names: tuple[str, ...], keys: list[str], events: set[int], file: str, line: int
) -> int | None:
    if "series" in keys:
        return keys.index("series")
    left = [
        i
        for i, key in enumerate(keys)
        if key not in ("", "date", "views") and i not in events and not _BESIDE.fullmatch(key)
    ]
    if len(left) > 1:
        which = ", ".join(quoted(names[i]) for i in left[:5])
        raise HistoryError.at(
            file,
            line,
            None,
            f'{which} may each name the series; name the one that does "series", or leave the others out',
        )
    return left[0] if left else None


def _missing(names: tuple[str, ...]) -> str:
    keys = {name.casefold() for name in names}
    found = ", ".join(quoted(name) for name in names[:8])
    if "views" in keys and keys & {"content", "video title", "geography", "traffic source", "device type"}:
        return (
            'there is no column "date": this is YouTube Studio\'s "Table data", which sums up all days; '
            'take "Chart data.csv", "Totals.csv" or the whole zip'
        )
    for needed, other in (("date", "views"), ("views", "date")):
        if other in keys:
            return f'there is no column "{needed}" among {found}; {_LIKE}'
    return f"the first line has to name the columns, and it is {found}; {_LIKE}"
