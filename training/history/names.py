"""Names of series as they are kept: one for all the ways in which Unicode and spaces can write it."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.history.phrases import some

# What a spreadsheet takes for the beginning of a formula, in either width, behind any number of apostrophes.
_FORMULA = re.compile("'*[=+\\-@＝＋－＠]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")


def tidy_name(text: str) -> str:
    """Give a name in Unicode's composed form (NFC), with plain single spaces, and none around."""
    if text.isascii() and "  " not in text:
        return text.strip(" ")
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return re.sub(r"[^\S\n\r\t\v\f\x1c-\x1f\x85]+", " ", composed).strip(" ")


def notes_on_spellings(
    texts: Sequence[str], positions: NDArray[np.int32], names: Sequence[str]
) -> tuple[str, ...]:
    """Say which names stand in a file in several ways, if any.

    Parameters
    ----------
    texts : sequence of str
        What stands there, each text once.
    positions : ndarray of shape (n_texts,)
        The place of each in `names`.
    names : sequence of str
        As they are kept.
    """
    is_repeated = np.bincount(positions, minlength=len(names)) > 1
    spellings: dict[int, set[str]] = {}
    for place in np.flatnonzero(is_repeated[positions]).tolist():
        spellings.setdefault(int(positions[place]), set()).add(texts[place].strip())
    marked = [names[p] for p, written in spellings.items() if len({tidy_name(text) for text in written}) > 1]
    joined = [names[p] for p, written in spellings.items() if len(written) > 1 and names[p] not in marked]
    notes = []
    if joined:
        how = "written in ways that differ in Unicode form or spaces only"
        notes.append(f"{some(joined)} {_are(joined)} {how}: one series")
    if marked:
        how = "written with and without an apostrophe in front, which is for spreadsheets"
        notes.append(f"{some(marked)} {_are(marked)} {how}: one series")
    return tuple(notes)


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are each"


def cell_of(name: str) -> str:
    """Write a name so that no spreadsheet runs it as a formula: with an apostrophe where it looks like one.

    See https://owasp.org/www-community/attacks/CSV_Injection. `name_of` takes the apostrophe away again.

    >>> cell_of("@channel"), cell_of("channel")
    ("'@channel", 'channel')
    """
    return f"'{name}" if _FORMULA.match(name) else name


def name_of(cell: str) -> str:
    """Read a name that `cell_of` has written, tidied."""
    name = tidy_name(cell)
    return name[1:] if name.startswith("'") and _FORMULA.match(name) else name
