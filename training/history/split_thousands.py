"""Find counts like 1,245 that stand without quotes in a file whose fields are separated by commas."""

import re
from collections.abc import Iterable, Sequence

from training.history.series import quoted
from training.history.title_words import REMARKS, is_unnamed, key, words


def split_thousands(
    separator: str, titles: Sequence[str], columns: Sequence[Sequence[str]], counts: Iterable[int]
) -> str | None:
    """Say which count goes on in the column beside it, one without a title or for remarks, if any."""
    if separator != ",":
        return None
    for i in counts:
        beside = i + 1
        if beside >= len(titles) or not (is_unnamed(titles[beside]) or key(titles[beside]) in words(REMARKS)):
            continue
        pairs = [
            (count.strip(), more.strip())
            for count, more in zip(columns[i], columns[beside], strict=False)
            if more.strip()
        ]
        if pairs and all(re.fullmatch(r"[1-9]\d{0,2},\d{3}", ",".join(pair), re.ASCII) for pair in pairs):
            count, more = pairs[0]
            return (
                f"{quoted(count)} has {quoted(more)} beside it, in the column {quoted(titles[beside])}; "
                f"if {count},{more} is meant, write {count}{more}, else leave that column out"
            )
    return None
