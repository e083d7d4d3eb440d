"""Counts as people and programs write them: a number of views, a missing day, or an error."""

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.history.series import LARGEST_VIEWS, quoted

_MISSING = frozenset({"", "-", "–", "—", "nan", "na", "n/a", "#n/a", "null", "none", "nil", "?"})
_INFINITE = frozenset({"inf", "infinity", "∞"})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([,.'’ \u00a0\u2009\u202f])\d{3})(?:\1\d{3})*", re.ASCII)
_ABBREVIATED = re.compile(r"(\d+(?:\.\d+)?) ?([kmb])", re.ASCII | re.IGNORECASE)
_FACTOR = {"k": 1e3, "m": 1e6, "b": 1e9}


class CountError(ValueError):
    """What stands at `position` among the texts is no count; the message says what would be right."""

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(problem)
        self.position = position


def read_counts(texts: Sequence[str], *, points_are_decimal: bool) -> NDArray[np.float64]:
    """Read numbers of views; NaN is a missing day.

    Parameters
    ----------
    texts : sequence of str
        What stands in the file.
    points_are_decimal : bool
        Whether 1.204 is surely a bit more than one. Where spreadsheets separate by semicolons or tabs, it may
        as well be 1204, and 1,204 a bit more than one; both are refused there.

    Returns
    -------
    ndarray of shape (n_texts,)
        0 to 1e15 views a day, or NaN.

    Raises
    ------
    CountError
        At the first text that is neither a number nor a mark for a missing day.
    """
    counts = np.empty(len(texts))
    for position, text in enumerate(texts):
        try:
            # Nearly all are plain digits; the rest takes its time.
            plain = text.isascii() and text.isdigit()
            counts[position] = float(text) if plain else _read_count(text, points_are_decimal)
        except ValueError as error:
            raise CountError(position, str(error)) from None
    if (too_large := np.flatnonzero(counts > LARGEST_VIEWS)).size:
        position = int(too_large[0])
        problem = f"{quoted(texts[position])} is too large; a count is at most {LARGEST_VIEWS:g} views a day"
        raise CountError(position, problem)
    return counts


def _read_count(text: str, points_are_decimal: bool) -> float:
    text = text.strip()
    if text.lower() in _MISSING:
        return math.nan
    grouped = _GROUPED.fullmatch(text)
    if grouped and not (grouped[1] == "." and points_are_decimal and text.count(".") == 1):
        raise ValueError(f"{quoted(text)} {_ungrouped(text, grouped[1], points_are_decimal)}")
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{quoted(text)} {_advice(text)}")
    count = float(text)
    if count < 0:
        raise ValueError(
            f"{quoted(text)} is negative; a count is 0 or more, or empty when the day is unknown"
        )
    return abs(count)  # no -0.0


def _ungrouped(text: str, mark: str, points_are_decimal: bool) -> str:
    plain = text.replace(mark, "")
    if points_are_decimal or mark not in ",." or text.count(mark) > 1:
        return f"has a thousands separator; write {plain}"
    return f"may be {plain} or {text.replace(mark, '.')}0; write one of these"


def _advice(text: str) -> str:
    if text.lower().lstrip("+-") in _INFINITE:
        return "is infinite; write a number, or leave it empty when the day is unknown"
    if abbreviated := _ABBREVIATED.fullmatch(text):
        full = float(abbreviated[1]) * _FACTOR[abbreviated[2].lower()]
        return f"is abbreviated; write it in full, like {full:.0f}"
    if "," in text and _NUMBER.fullmatch(text.replace(",", ".", 1)):
        return f"has a comma; write {text.replace(',', '.', 1)}"
    return "is not a number; write digits, like 1204, or leave it empty when the day is unknown"
