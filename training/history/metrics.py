"""Recognise what is counted (views, clicks, likes) from a column's title or its words."""

from collections.abc import Sequence

from training.history.series import LONGEST_METRIC, VIEWS
from training.history.title_words import ANY_COUNT, METRIC_COLUMN, PAGE_VIEWS, is_metric, key, words
from training.history.title_words import VIEWS as VIEWS_TITLES


def metrics_of(titles: Sequence[str]) -> list[str]:
    """Name the metric of each column: "views" for all of its synonyms, otherwise the title in lower case.

    When several titles mean views, only the first becomes "views".
    """
    metrics: list[str] = []
    for title in titles:
        is_views = VIEWS not in metrics and _counts_views_or_anything(title)
        metrics.append(VIEWS if is_views else _in_small_letters(title))
    return metrics


def _counts_views_or_anything(title: str) -> bool:
    return any(key(title) in words(table) for table in (VIEWS_TITLES, PAGE_VIEWS, ANY_COUNT))


def _in_small_letters(title: str) -> str:
    tidy = " ".join(title.split()).casefold()
    return "".join(c for c in tidy if c.isprintable())[:LONGEST_METRIC].strip() or VIEWS


def is_views(title: str) -> bool:
    """Whether a title means views."""
    return key(title) in words(VIEWS_TITLES) or key(title) in words(PAGE_VIEWS)


def says_what_is_counted(title: str, texts: Sequence[str]) -> bool:
    """Whether a column says of each row what it counts, judged by its title or by all of its words."""
    if key(title) == "series":
        return False
    filled = [text for text in texts if text.strip()]
    is_named = is_metric_column(title) and len(filled) > 1
    return is_named or (bool(filled) and all(map(is_metric_name, filled)))


def is_metric_column(title: str) -> bool:
    """Whether a column's title means "metric"."""
    return key(title) in words(METRIC_COLUMN)


def is_metric_name(text: str) -> bool:
    """Whether a text names a metric and is not a name given by a person: "views", not "views of 2026"."""
    return is_metric(text) and not any(c.isdigit() for c in text)
