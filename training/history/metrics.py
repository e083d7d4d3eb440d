"""What is counted, by the title of a column: views, clicks, likes."""

from training.history.series import LONGEST_METRIC, VIEWS
from training.history.title_words import ANY_COUNT, PAGE_VIEWS, key, words
from training.history.title_words import VIEWS as VIEWS_TITLES


def metric_of(title: str, *, plain: bool = False) -> str:
    """The metric that a column holds: views, whatever they are called, else its title in small letters."""
    if not plain and any(key(title) in words(t) for t in (VIEWS_TITLES, PAGE_VIEWS, ANY_COUNT)):
        return VIEWS
    tidy = " ".join(title.split()).casefold()
    return "".join(c for c in tidy if c.isprintable())[:LONGEST_METRIC].strip() or VIEWS
