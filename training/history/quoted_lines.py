"""Lines quoted as a whole, as a spreadsheet writes a table that lies in a single column."""

import io
import re
from collections.abc import Sequence
from typing import TextIO

from training.history.series import HistoryError

NOTE = "each line is in quotes as a whole: read without them"
_QUOTED = re.compile(r'[ \t]*"((?:[^"\r\n]|"")*[,;\t|](?:[^"\r\n]|"")*)"[ ,;\t|]*(\r?\n|\r|)')
_LARGEST_CHARACTERS = 2**30


def are_quoted(lines: Sequence[str]) -> bool:
    """Whether every line (except blank ones and perhaps the header) is one quoted text with several fields.

    A valid table has a date and a count in each line, so lines with a single field are not a table as they
    stand.
    """
    filled = [line for line in lines if line.strip(" ,;\t|\r\n")]
    return len(filled) > 1 and all(map(_QUOTED.fullmatch, filled[1:]))


def unquoted(lines: Sequence[str]) -> list[str]:
    """Remove the outer quotes, and undouble the inner ones; other lines stay unchanged."""
    matches = map(_QUOTED.fullmatch, lines)
    return [
        match[1].replace('""', '"') + match[2] if match else line
        for line, match in zip(lines, matches, strict=True)
    ]


def unquoted_rest(text: TextIO, file: str) -> TextIO:
    """Do the same for the remaining lines of a text."""
    rest = text.read(_LARGEST_CHARACTERS + 1)
    if len(rest) > _LARGEST_CHARACTERS:
        raise HistoryError.at(file, None, None, "each line is in quotes as a whole; write it without them")
    return io.StringIO("".join(unquoted(io.StringIO(rest, newline="").readlines())), newline="")
