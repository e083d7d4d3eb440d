"""Normalise names of series, so that different Unicode forms and spaces give one name."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.history.phrases import some

# Characters that begin a formula in a spreadsheet (normal or full width), after any number of apostrophes.
_FORMULA = re.compile("'*[=+\\-@＝＋－＠]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")


def tidy_name(text: str) -> str:
    """Normalise a name: Unicode composed form (NFC), single spaces, no spaces around it."""
    if text.isascii() and "  " not in text:
        return text.strip(" ")
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return re.sub(r"[^\S\n\r\t\v\f\x1c-\x1f\x85]+", " ", composed).strip(" ")


def notes_on_spellings(
    texts: Sequence[str], positions: NDArray[np.int32], names: Sequence[str]
) -> tuple[str, ...]:
    """Say which names are written in several ways in a file, if any.

    Parameters
    ----------
    texts : sequence of str
        The texts in the file, each once.
    positions : ndarray of shape (n_texts,)
        The position of each text's name in `names`.
    names : sequence of str
        The normalised names.
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
    """Write a name with an apostrophe in front when a spreadsheet would run it as a formula.

    See https://owasp.org/www-community/attacks/CSV_Injection. `name_of` removes the apostrophe again.

    >>> cell_of("@channel"), cell_of("channel")
    ("'@channel", 'channel')
    """
    return f"'{name}" if _FORMULA.match(name) else name


def name_of(cell: str) -> str:
    """Read a name written by `cell_of`, and normalise it."""
    name = tidy_name(cell)
    return name[1:] if name.startswith("'") and _FORMULA.match(name) else name
