"""Read dates with names of months and weekdays, in the languages of the CLDR data of babel.

A few words name different months in two languages ("listopad" is October or November); then both are given.
"""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from babel import Locale

# The languages of YouTube Studio. When a word names different months, the first language here comes first.
_LANGUAGES = """
en de es fr it pt nl pl ru uk tr ar he fa hi bn ta te ja ko zh id ms vi th fil sv nb da fi cs sk hu ro bg el
hr sr sl lt lv et ca eu gl is ka hy az kk sw mr gu pa kn ml ur sq mk
""".split()  # noqa: SIM905
# Words between the numbers of a date that carry no meaning.
_BETWEEN = frozenset(
    "de del d di da of the г год року р рік год. e. a. m. den il le ngay nam at kl".split()  # noqa: SIM905
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|ere|eme|e|º|ª|o|a|\.)(?=\W|$)")
# Separators; a full stop before a number; the border between a number and a word, as in "25aug2026".
_BETWEEN_TOKENS = re.compile(r"[\s,،/()\-]+|(?<=\D)\.(?=\d)|(?<=\d)\.?(?=[^\W\d_])|(?<=[^\W\d_])(?=\d{4}\b)")
_ERA = re.compile("ค\\.ศ\\.|ที่")  # Thai names the era, and the day
_NUMBERED_MONTH = re.compile(r"\b(?:thang|thg)\.?\s*(\d{1,2})\b")


class NamedDate(NamedTuple):
    """A date with the name of a month; `months` has one number, or two when languages differ."""

    numbers: tuple[str, str]
    month_place: int
    months: tuple[int, ...]


def plain(text: str) -> str:
    """Normalise a text for comparison: no case, no accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn")


@cache
def _months() -> dict[str, tuple[int, ...]]:
    numbers_of: dict[str, list[int]] = {}
    for language in _LANGUAGES:
        names = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in names[context][width].items():
                    word = plain(name).rstrip(".")
                    if not any(c.isdigit() for c in word):
                        numbers = numbers_of.setdefault(word, [])
                        if number not in numbers:
                            numbers.append(number)
    numbers_of.setdefault("sept", [9])
    return {word: tuple(numbers[:2]) for word, numbers in numbers_of.items()}


@cache
def _weekdays() -> frozenset[str]:
    return frozenset(
        plain(name).rstrip(".")
        for language in _LANGUAGES
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated", "short")
        for name in Locale.parse(language).days[context][width].values()
    )


def is_weekday(text: str) -> bool:
    """Whether a text is the name of a weekday in any of the languages."""
    return plain(text).strip().rstrip(".") in _weekdays()


def is_month(text: str) -> bool:
    """Whether a text is the name of a month in any of the languages."""
    return plain(text).strip().rstrip(".") in _months()


@cache
def _phrases() -> re.Pattern[str]:
    """Match names of several words, like "thu ba" and "вт (мк)", before a text is split into words."""
    several = [w for w in (*_months(), *_weekdays()) if " " in w or "-" in w]
    names = "|".join(re.escape(w) for w in sorted(several, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)")


def split_named(text: str) -> NamedDate | None:
    """Split a date with the name of a month into its parts; None when the text is not such a date.

    Parameters
    ----------
    text : str
        Examples: "Tuesday, August 25th, 2026", "25 de agosto de 2026", "25-Aug-26".
    """
    text = _ERA.sub(" ", text)
    words = _ORDINAL.sub("", _NUMBERED_MONTH.sub(r" month\1 ", plain(text)))
    words = _phrases().sub(lambda match: match[0].replace(" ", "_").replace("-", "_"), words)
    tokens = [token.rstrip(".") for token in _BETWEEN_TOKENS.split(words)]
    tokens = [token for token in tokens if token and token not in _BETWEEN]
    kinds = [_kind(token) for token in tokens]
    certain = [i for i, (months, is_day) in enumerate(kinds) if months and not is_day]
    possible = certain or [i for i, (months, _) in enumerate(kinds) if months]
    if not possible:
        return None
    # "mar. 25 mars": when two words may be months, take the one that is not a weekday, otherwise the last.
    month = possible[-1]
    left = [(i, tokens[i]) for i in range(len(tokens)) if i != month and not kinds[i][1]]
    if len(left) != 2 or not all(re.fullmatch(r"\d{1,2}|\d{4}", token, re.ASCII) for _, token in left):
        return None
    place = sum(i < month for i, _ in left)
    return NamedDate((left[0][1], left[1][1]), place, kinds[month][0])


def _kind(token: str) -> tuple[tuple[int, ...], bool]:
    """Give the months that a word may name, and whether it may name a weekday."""
    if numbered := re.fullmatch(r"month(\d{1,2})", token):
        return (int(numbered[1]),), False
    word = token.replace("_", " ")
    if word.startswith("ב") and word[1:] in _months():  # the Hebrew prefix for "in": "in July"
        word = word[1:]
    hyphened = token.replace("_", "-")
    months = _months().get(word) or _months().get(hyphened) or ()
    return months, word in _weekdays() or hyphened in _weekdays()
