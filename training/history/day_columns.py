"""Find the column of names in a table with a column for each day."""

from collections.abc import Sequence

from training.history.column_kinds import Kind
from training.history.title_words import PARTICULARS, SERIES, is_metric, is_total, is_unnamed, key, words


def name_columns(
    titles: Sequence[str], kinds: dict[int, Kind], days: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Give the columns that may each name the series, and all columns of words.

    Names may be numbers, like those of stores, where no column has words; averages stand behind the days.
    """
    free = [i for i in range(len(titles)) if i not in days]
    worded = [i for i in free if kinds[i] in (Kind.WORD, Kind.BOOLEAN)]
    numbered = [i for i in free if i < days[0] and _may_number(titles[i], kinds[i])]
    named = [i for i in worded + numbered if key(titles[i]) in words(SERIES)]
    if named:
        return [min(named, key=lambda i: words(SERIES)[key(titles[i])])], worded
    if worded:
        return (worded if len(worded) == 1 else []), worded
    return numbered, worded


def _may_number(title: str, kind: Kind) -> bool:
    is_detail = key(title) in words(PARTICULARS) or is_unnamed(title) or is_total(title) or is_metric(title)
    return kind in (Kind.COUNTS, Kind.NUMBERS) and not is_detail
