"""The fields of one column in some rows: each distinct text is looked at once, and numbers stay numbers."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from training.history.counts import plain_counts
from training.history.rows import Codes, Counts


class Positions(dict[str, int]):
    """Positions of texts in order of first appearance; looking up a new text appends it."""

    def __missing__(self, text: str) -> int:
        position = self[text] = len(self)
        return position

    def of(self, texts: Sequence[str]) -> Codes:
        """Give the position of each text."""
        return np.fromiter(map(self.__getitem__, texts), np.int32, len(texts))


class Fields(Protocol):
    """The fields of one column in some rows."""

    def __iter__(self) -> Iterator[str]:
        """Give the text of each field."""
        ...

    def distinct(self) -> set[str]:
        """Give each text once."""
        ...

    def positions(self, known: Positions) -> Codes:
        """Give the position of each text; texts that are not known are appended."""
        ...

    def counts(self) -> tuple[Counts, NDArray[np.intp], "Fields"]:
        """Give counts, NaN for other texts than digits; and the places of such texts, and their fields."""
        ...


class TextFields:
    """Fields that are texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def __iter__(self) -> Iterator[str]:
        """Give the text of each field."""
        return iter(self._texts)

    def distinct(self) -> set[str]:
        """Give each text once."""
        return set(self._texts)

    def positions(self, known: Positions) -> Codes:
        """Give the position of each text; texts that are not known are appended."""
        return known.of(self._texts)

    def counts(self) -> tuple[Counts, NDArray[np.intp], Fields]:
        """Give counts, NaN for other texts than digits; and the places of such texts, and their fields."""
        texts = self._texts
        plain = plain_counts(texts)
        if plain is not None:
            return plain, np.empty(0, np.intp), TextFields(())
        is_plain = are_digits(texts)
        odd = np.flatnonzero(~is_plain)
        counts = (float(text) if plain else np.nan for text, plain in zip(texts, is_plain, strict=True))
        return np.fromiter(counts, np.float64, len(texts)), odd, TextFields([texts[i] for i in odd.tolist()])


def are_digits(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each text consists of digits only."""
    return np.fromiter((text.isascii() and text.isdigit() for text in texts), np.bool_, len(texts))
