"""Charts in JSON: points of a day and a count, or days beside lists of counts, as for chart libraries.

Chart.js, Highcharts, ECharts, ApexCharts, Plotly and Grafana use different keys. Days and counts are
recognised by their values; the name beside them becomes the series' name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from training.history.date_advice import why_no_day
from training.history.date_forms import from_epoch, looks_like_date
from training.history.metrics import is_metric_name
from training.history.series import HistoryError, quoted
from training.history.title_words import ANY_COUNT, key, words

TITLES = ("columns", "columnHeaders", "headers", "header", "fields")
_DEEPEST = 8
_NAMES = ("name", "label", "id", "title", "key", "target", "legend")
# Names of lists of points that do not name a series.
_UNTELLING = frozenset(
    {"data", "datapoints", "datasets", "index", "points", "result", "results", "rows", "series"}
)

Points = list[tuple[Any, Any]]


@dataclass(frozen=True)
class Line:
    """One line of a chart: its days, its counts, and its name if it has one."""

    name: str | None
    points: Points


def chart_rows(document: Any, file: str) -> list[list[Any]] | None:
    """Give the rows of a chart's lines, with a header first; None when the document is not a chart."""
    lines = list(_point_lines(document, None, 0)) or list(_labelled_lines(document, None, 0))
    if not lines:
        _check_labels(document, file)
        return None
    if len(lines) == 1 and (lines[0].name is None or is_metric_name(lines[0].name)):
        return [["date", lines[0].name or "value"], *map(list, lines[0].points)]
    names = [line.name or str(number) for number, line in enumerate(lines, 1)]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise HistoryError.at(
            file, None, None, f"two lines of the chart are named {quoted(twice)}; leave one"
        )
    title = "metric" if all(map(is_metric_name, names)) else "series"
    rows = [[name, *point] for name, line in zip(names, lines, strict=True) for point in line.points]
    return [[title, "date", "value"], *rows]


def _check_labels(document: Any, file: str) -> None:
    """Refuse a Chart.js chart whose labels are not days, or are more or fewer than its counts."""
    chart = document.get("data", document) if isinstance(document, Mapping) else None
    if not isinstance(chart, Mapping) or not all(
        isinstance(chart.get(k), list) for k in ("labels", "datasets")
    ):
        return
    labels = chart["labels"]
    odd = next((label for label in labels if not is_day(label)), None)
    problem = f"there are {len(labels)} labels, and another number of counts; write null where none is known"
    if odd is not None:
        problem = f"the label {quoted(str(odd))} {why_no_day(str(odd))}"
    raise HistoryError.at(file, None, None, problem)


def is_day(value: Any) -> bool:
    """Whether a value is a day: a date in any form, or a time since 1970."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    text = str(value).removesuffix(".0")
    return from_epoch(text) is not None or looks_like_date(text)


def _is_count(value: Any) -> bool:
    if isinstance(value, str):
        return value.replace(".", "", 1).isdigit()
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _children(value: Any, name: str | None) -> list[tuple[str | None, Any]]:
    """Give the parts of a value with their names; none for records, whose titles describe their values."""
    if isinstance(value, list):
        # Records of plain values contain no lists. There may be millions of them, so they are not searched.
        is_flat = isinstance(value[0], Mapping) and are_plain(value[0].values()) if value else True
        return [] if is_flat else [(name, item) for item in value]
    if not isinstance(value, Mapping) or any(isinstance(value.get(title), list) for title in TITLES):
        return []
    said = next((value[key] for key in _NAMES if isinstance(value.get(key), str)), None)
    return [(said or (name if _is_untelling(key) else key), child) for key, child in value.items()]


def _is_untelling(name: str) -> bool:
    return key(name) in _UNTELLING or key(name) in words(ANY_COUNT)


def are_plain(values: Iterable[Any]) -> bool:
    """Whether no value is a list or an object."""
    return not any(isinstance(value, Mapping | list) for value in values)


def _point_lines(value: Any, name: str | None, depth: int) -> Iterator[Line]:
    """Find all lists of points in a value; `name` is the value's name."""
    if isinstance(value, list) and (points := _points(value)):
        yield Line(name, points)
    elif depth < _DEEPEST:
        for child_name, child in _children(value, name):
            yield from _point_lines(child, child_name, depth + 1)


def _points(items: list[Any]) -> Points | None:
    """Read pairs of a day and a count, in either order, or objects with x and y."""
    pairs = [_pair(item) for item in items[:1]]
    if not pairs or pairs[0] is None:
        return None
    whole = [pair for item in items if (pair := _pair(item)) is not None]
    if len(whole) < len(items):
        return None
    fitting = [x for x in (0, 1) if all(is_day(pair[x]) and _is_count(pair[1 - x]) for pair in whole)]
    return [(pair[fitting[0]], pair[1 - fitting[0]]) for pair in whole] if len(fitting) == 1 else None


def _pair(item: Any) -> list[Any] | None:
    if isinstance(item, Mapping):
        return [item["x"], item["y"]] if item.keys() >= {"x", "y"} else None
    return item if isinstance(item, list) and len(item) == 2 else None


def _labelled_lines(value: Any, name: str | None, depth: int) -> Iterator[Line]:
    """Find lists of counts beside the only list of days in a value, when all have the same length."""
    if isinstance(value, Mapping) and all(
        isinstance(item, list) and are_plain(item) for item in value.values()
    ):
        return  # these are the columns of a table
    lists = list(_plain_lists(value, name, depth))
    days = [items for _, items in lists if len(items) > 1 and all(map(is_day, items))]
    if len(days) == 1:
        beside = [line for line in lists if line[1] is not days[0] and len(line[1]) == len(days[0])]
        if all(all(map(_is_count, items)) for _, items in beside):
            yield from (Line(title, list(zip(days[0], items, strict=True))) for title, items in beside)
    elif days and depth < _DEEPEST:
        for child_name, child in _children(value, name):
            yield from _labelled_lines(child, child_name, depth + 1)


def _plain_lists(value: Any, name: str | None, depth: int) -> Iterator[tuple[str | None, list[Any]]]:
    """Find all lists of plain values in a value, with their names."""
    if isinstance(value, list) and value and are_plain(value):
        yield name, value
    elif depth < _DEEPEST:
        for child_name, child in _children(value, name):
            yield from _plain_lists(child, child_name, depth + 1)
