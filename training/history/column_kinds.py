"""Guess what kind of values a column holds from how its texts look."""

import re
from collections.abc import Iterable
from enum import Enum

from training.history.date_forms import looks_like_date
from training.history.month_names import is_month, is_weekday
from training.history.title_words import NO, YES, key, words

_COUNT = re.compile(r"\d+(?:\.0+)?|\d{1,3}(?:([,.'’` \u00a0\u2007-\u2009\u202f])\d{3})(?:\1\d{3})*", re.ASCII)
_NUMBER = re.compile(r"[+\-−]?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_MEASURE = re.compile(
    r"[+\-−<>~]?\s*[$€£¥₹]?\s*[+\-−]?[\d.,'’ \u00a0\u202f]*\d[\d.,]*\s*(?:[%‰٪％$€£¥₹]|[kmb]|万|億|亿|만)?|"
    r"\d+:\d{2}(?::\d{2})?(?:\.\d+)?|p?t?(?:\d+[dhms] ?)+",
    re.IGNORECASE,
)
_MISSING = frozenset({"", "-", "--", "–", "—", "nan", "na", "n/a", "null", "none", "#n/a"})


class Kind(Enum):
    """The kind of values in a column."""

    EMPTY = "nothing"
    DATE = "days"
    COUNTS = "whole numbers, 0 or more"
    NUMBERS = "numbers"
    MEASURE = "shares, amounts of money, durations, changes with a sign"
    BOOLEAN = "true or false"
    CALENDAR = "weekdays or months"
    WORD = "words"


def kind_of(texts: Iterable[str]) -> Kind:
    """Say what kind of values a column holds; a few texts of another kind are ignored."""
    different = {text.strip() for text in texts}
    different = {text for text in different if text.lower() not in _MISSING}
    if not different:
        return Kind.EMPTY
    kinds = [_kind(text) for text in list(different)[:200]]
    if 5 * kinds.count(Kind.DATE) > 3 * len(kinds):
        return Kind.DATE
    if Kind.WORD in kinds:
        return Kind.WORD if 5 * kinds.count(Kind.WORD) > len(kinds) or len(kinds) < 5 else _most(kinds)
    if set(kinds) == {Kind.COUNTS}:
        return Kind.COUNTS
    if set(kinds) <= {Kind.COUNTS, Kind.NUMBERS}:
        signed = any(text[0] == "+" for text in different)
        return Kind.MEASURE if signed else Kind.NUMBERS
    return _most(kinds)


def _most(kinds: list[Kind]) -> Kind:
    return max(set(kinds), key=lambda kind: (kinds.count(kind), kind.value))


def _kind(text: str) -> Kind:
    if _COUNT.fullmatch(text):
        is_day = len(text) == 8 and text.isdigit() and looks_like_date(text)
        return Kind.DATE if is_day else Kind.COUNTS
    if _NUMBER.fullmatch(text) and not looks_like_date(text):
        return Kind.NUMBERS
    if _MEASURE.fullmatch(text) and not looks_like_date(text):
        return Kind.MEASURE
    if key(text) in words(YES) or key(text) in words(NO):
        return Kind.BOOLEAN
    if looks_like_date(text):
        return Kind.DATE
    if is_weekday(text) or is_month(text):
        return Kind.CALENDAR
    return Kind.WORD
