"""Read counts as people and programs write them: a number of views, or a mark for a missing day.

Thousands and decimal separators are decided for a whole column: "1.245" alone can be read as either, and
the other texts of the column decide which it is.
"""

import math
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.history.series import LARGEST_VIEWS, quoted

_MISSING = frozenset(
    """
    - -- --- – — . .. ... … nan na n/a #n/a
    #n/d n/d nd null none nil ? nat undefined missing <na> #div/0! #value!
    #ref! #name? #num! #null! #nv #wert! #bezug! #zahl! #error! error k.a. n.v. s/d s.d. n.d. n.c. н/д
    なし 无 無 없음 unknown unavailable
    """.split()  # noqa: SIM905
) | frozenset(
    """
    (not set);\\n;;no data;not available;keine angabe;keine daten;sin datos;non disponible;sem dados
    нет данных;データなし;无数据;無數據
    """.strip()
    .replace("\n    ", ";")
    .split(";")
)
_INFINITE = frozenset({"inf", "infinity", "∞"})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_SPACED = re.compile(
    r"([+-]?\d{1,3})((?:(['’` \u00a0\u2007-\u2009\u202f])\d{3})(?:\3\d{3})*)([.,]\d+)?", re.ASCII
)
_POINTED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+", re.ASCII)
_COMMAED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+", re.ASCII)
_COMMAED_INDIAN = re.compile(r"[+-]?\d{1,3}(?:,\d{2})+,\d{3}", re.ASCII)
_ABBREVIATED = re.compile(
    r"(\d+(?:[.,]\d+)?)\s?(k|m|b|bn|mio\.?|mil|tsd\.?|тыс\.?|млн\.?|万|萬|億|亿|千|만|천|억)", re.I
)
_FACTORS = {
    **dict.fromkeys(("k", "mil", "tsd", "тыс", "千", "천"), 1e3),
    **dict.fromkeys(("万", "萬", "만"), 1e4),
    **dict.fromkeys(("m", "mio", "млн"), 1e6),
    **dict.fromkeys(("億", "亿", "억"), 1e8),
    **dict.fromkeys(("b", "bn"), 1e9),
}
_BOUND = re.compile(r"([<>≤≥~])\s*\d.*")
# The typographic minus sign, invisible direction marks, and the Arabic thousands separator.
_MARKS = str.maketrans({"−": "-", "\u200e": "", "\u200f": "", "٬": "'"})


class CountError(ValueError):
    """The text at `position` is not a count; the message says what to write instead."""

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(problem)
        self.position = position


def plain_counts(texts: Sequence[str]) -> NDArray[np.float64] | None:
    """Read texts that consist of digits only; None when any text has another character."""
    joined = "".join(texts)
    if joined.isascii() and joined.isdigit() and all(texts):
        return np.fromiter(map(float, texts), np.float64, len(texts))
    return None


def read_counts(texts: Sequence[str], *, commas_separate: bool) -> NDArray[np.float64]:
    """Read the distinct texts of a column. NaN is a missing day; negative numbers are returned as they are.

    Parameters
    ----------
    texts : sequence of str
        The texts in the file, each once.
    commas_separate : bool
        True when commas separate fields, or when cells have number types: a comma inside a count is then a
        thousands separator. Spreadsheets that separate fields by semicolons or tabs may use it as decimal
        separator.

    Returns
    -------
    ndarray of shape (n_texts,)
        At most 1e15 views a day, or NaN.

    Raises
    ------
    CountError
        For the first text that is neither a number nor a mark for a missing day, or that may be two numbers.
    """
    texts = [_tidy(text) for text in texts]
    point, comma = _meanings(texts, commas_separate)
    counts = np.empty(len(texts))
    for position, text in enumerate(texts):
        try:
            counts[position] = _read_count(text, point, comma)
        except ValueError as error:
            raise CountError(position, str(error)) from None
    if (too_large := np.flatnonzero(np.abs(counts) > LARGEST_VIEWS)).size:
        position = int(too_large[0])
        problem = f"{quoted(texts[position])} is too large; a count is at most {LARGEST_VIEWS:g} views a day"
        raise CountError(position, problem)
    return counts


def _tidy(text: str) -> str:
    """Strip spaces, and replace the digits of other scripts by 0 to 9."""
    text = text.strip()
    if text[:1] in "'=":  # spreadsheets mark a cell as text in these ways
        text = re.sub(r"""^(?:'|="(?=.*"$))|(?<=.)"$""", "", text)
    text = text.translate(_MARKS)
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and c.isdecimal() else c for c in text)


def _meanings(texts: Sequence[str], commas_separate: bool) -> tuple[str, str]:
    """Decide what a point and a comma mean in a column: "thousand", "decimal", "either" or "both"."""
    seen: dict[str, set[str]] = {".": set(), ",": set()}
    for text in texts:
        for mark, other in (".,", ",."):
            if mark not in text or not re.fullmatch(r"[+-]?[\d.,]+", text):
                continue
            last = text.rsplit(mark, 1)[1]
            if text.count(mark) > 1 or (other in text and text.rindex(other) > text.rindex(mark)):
                seen[mark].add("thousand")
            elif other in text or len(last) != 3 or re.match(r"[+-]?(?:0|\d{4,}|)[.,]", text):
                seen[mark].add("decimal")
            else:
                seen[mark].add("either")
    if commas_separate and seen[","] == {"either"}:
        seen[","] = {"thousand"}
    if "decimal" in seen[","] and "either" in seen["."]:
        seen["."].add("thousand")
    return _meaning(seen["."], "decimal"), _meaning(seen[","], "thousand")


def _meaning(seen: set[str], usual: str) -> str:
    sure = seen - {"either"}
    if len(sure) == 2:
        return "both"
    return sure.pop() if sure else ("either" if seen else usual)


def _read_count(text: str, point: str, comma: str) -> float:
    if text.lower() in _MISSING:
        return math.nan
    if spaced := _SPACED.fullmatch(text):
        text = spaced[1] + re.sub(r"\D", "", spaced[2]) + (spaced[4] or "").replace(",", ".")
        return float(text)
    if "," in text and (
        _COMMAED.fullmatch(text.split(".")[0]) or _COMMAED_INDIAN.fullmatch(text.split(".")[0])
    ):
        _check_meaning(text, ",", comma)
        if comma == "thousand":
            text = text.replace(",", "")
    if "." in text and _POINTED.fullmatch(text.split(",")[0]):
        _check_meaning(text, ".", point)
        if point == "thousand":
            text = text.replace(".", "")
    if text.count(",") == 1 and comma == "decimal" and "." not in text:
        text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{quoted(text)} {_advice(text)}")
    return float(text) + 0.0  # turns -0.0 into 0.0


def _check_meaning(text: str, mark: str, meaning: str) -> None:
    """Refuse a separator that can be read as a thousands and as a decimal separator."""
    if meaning == "either":
        plain = text.replace(mark, "")
        raise ValueError(
            f"{quoted(text)} may be {plain}, with a thousands separator, or {text.replace(mark, '.')}0; "
            f"write one of these"
        )
    if meaning == "both":
        raise ValueError(
            f'{quoted(text)}: in this column "{mark}" stands between thousands and before decimals; '
            f"write counts as plain digits, like {text.replace(mark, '')}"
        )


def _advice(text: str) -> str:
    if text.lower().lstrip("+-") in _INFINITE:
        return "is infinite; write a number, or leave it empty when the day is unknown"
    if abbreviated := _ABBREVIATED.fullmatch(text):
        factor = _FACTORS[abbreviated[2].lower().rstrip(".")]
        full = float(abbreviated[1].replace(",", ".")) * factor
        return f"is abbreviated; write it in full, like {full:.0f}"
    if text.endswith(("%", "٪", "％")):
        return "is a share and no count; take the column with the numbers themselves"
    if bound := _BOUND.fullmatch(text):
        return f'is a bound, with "{bound[1]}", and no count; write the number, or leave it empty'
    if re.fullmatch(r"\d+:\d{2}(:\d{2})?", text):
        return "is a duration and no count"
    if text.strip("$€£¥₹ ") != text:
        return "is an amount of money and no count"
    if "," in text and _NUMBER.fullmatch(text.replace(",", ".", 1)):
        return f"has a comma; write {text.replace(',', '.', 1)}"
    return "is not a number; write digits, like 1204, or leave it empty when the day is unknown"


def count_text(count: float) -> str:
    """Write a count so that it can be read in one way only: "1.204" could be a thousand, "1.2040" not."""
    if count.is_integer():
        return str(int(count))
    text = repr(count)
    return f"{text}0" if "e" not in text and len(text.partition(".")[2]) == 3 else text
