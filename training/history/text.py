"""Decode the bytes of a text file: UTF-8, UTF-16 and UTF-32 with certainty, other encodings by a guess.

Older encodings are not declared in a file. charset-normalizer guesses them, and a note names the guess.
"""

import codecs
import io
import re
from typing import IO

from charset_normalizer import from_bytes

from training.history.series import HistoryError
from training.history.title_words import DATE, PAGE_VIEWS, SERIES, VIEWS, key, words

# Longest first: the byte order mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK_BYTES = 2**22
_GUESSED_BYTES = 2**18
# What spreadsheets write when they do not write UTF-8. Chosen when the text decodes to letters of western
# Europe, with at most two non-ASCII letters in a row.
_USUAL = "cp1252"
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüŒœ–—‘’‚“”„«»…•·°€£§©®™ªº¿¡´\u00a0"
)
_LONG_RUN = re.compile(rb"[\x80-\xff]{3}")
# Other encodings from before UTF-8, chosen by the column titles that they give.
_OLDER = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874",
    "cp932", "gb18030", "big5", "cp949", "euc_jp", "koi8_r", "mac_roman",
)  # fmt: skip
_TITLES_BYTES = 2_000


def open_text(stream: IO[bytes], file: str) -> tuple[io.TextIOWrapper, tuple[str, ...]]:
    """Open a stream as text; a note names the encoding when it was guessed.

    Parameters
    ----------
    stream : IO of bytes
        The bytes; the stream must be seekable.
    file : str
        The file's name in messages.

    Returns
    -------
    text : TextIOWrapper
        The text; line ends are not translated.
    notes : tuple of str
        Empty, or one sentence that names the guessed encoding.

    Raises
    ------
    HistoryError
        When the bytes are not text.
    """
    start = stream.read(4)
    encoding = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    encoding = encoding or _unmarked(start)
    notes: tuple[str, ...] = ()
    stream.seek(0)
    bad = _first_undecodable(stream, encoding)
    if bad is not None:
        encoding = _guess(stream, bad, file) if encoding.startswith("utf-8") else _refuse(file)
        notes = (f"the text is not UTF-8 and was read as {encoding}; look whether the names are right",)
    stream.seek(0)
    return io.TextIOWrapper(stream, encoding=encoding, newline=""), notes


def _unmarked(start: bytes) -> str:
    """Detect the encoding without a byte order mark; in UTF-16, every other byte of ASCII text is zero."""
    if len(start) == 4 and start[0] and start[2] and not start[1] and not start[3]:
        return "utf-16-le"
    if len(start) == 4 and start[1] and start[3] and not start[0] and not start[2]:
        return "utf-16-be"
    return "utf-8"


def _first_undecodable(stream: IO[bytes], encoding: str) -> int | None:
    """Give the position of the first chunk that cannot be decoded; None when all can."""
    decoder = codecs.getincrementaldecoder(encoding)()
    at = 0
    try:
        while chunk := stream.read(_CHUNK_BYTES):
            decoder.decode(chunk)
            at += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return at
    return None


def _guess(stream: IO[bytes], bad: int, file: str) -> str:
    stream.seek(bad)
    chunk = stream.read(_CHUNK_BYTES)
    # The invalid bytes may lie far inside the chunk, and the guess needs the lines around them.
    valid = chunk.decode("utf-8", "ignore").encode()
    around = max(0, _differ_at(chunk, valid) - _GUESSED_BYTES // 2)
    sample = chunk[around : around + _GUESSED_BYTES]
    if b"\0" in sample or _has_multibyte_utf8(sample):
        _refuse(file)
    best = None if _is_western(sample) else from_bytes(sample).best()
    encoding = _USUAL if best is None else best.encoding
    stream.seek(0)
    encoding = _with_known_titles(stream.read(_TITLES_BYTES), encoding)
    stream.seek(0)
    if _first_undecodable(stream, encoding) is not None:
        _refuse(file)
    return encoding


def _is_western(sample: bytes) -> bool:
    odd = {c for c in sample.decode(_USUAL, "replace") if not c.isascii()}
    return odd <= _WESTERN and _LONG_RUN.search(sample) is None


def _with_known_titles(start: bytes, guessed: str) -> str:
    """Choose the encoding that gives the most known column titles; the guessed one when none is better."""
    known = words(DATE).keys() | words(VIEWS).keys() | words(PAGE_VIEWS).keys() | words(SERIES).keys()

    def n_known(encoding: str) -> int:
        text = start.decode(encoding, "ignore")
        return sum(key(title) in known for title in re.split(r"[,;\t|\r\n]+", text.replace('"', "")))

    return max([guessed, *_OLDER], key=n_known)


def _differ_at(block: bytes, other: bytes) -> int:
    """Give the first position at which two texts differ."""
    low, high = 0, min(len(block), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if block[:middle] == other[:middle] else (low, middle - 1)
    return low


def _has_multibyte_utf8(sample: bytes) -> bool:
    """Whether most of a text is valid UTF-8, so that its invalid bytes are damage, not another encoding."""
    replaced = sample.decode("utf-8", "replace")
    valid = sum(not c.isascii() and c != "\ufffd" for c in replaced)
    return valid > replaced.count("\ufffd")


def _refuse(file: str) -> str:
    raise HistoryError.at(file, None, None, 'not a text in UTF-8; save it as "CSV UTF-8"')
