"""Names of series as they are kept: one for all the ways in which Unicode and spaces can write it."""

import re
import unicodedata

_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")


def tidy_name(text: str) -> str:
    """Give a name in Unicode's composed form (NFC), with plain single spaces, and none around."""
    if text.isascii() and "  " not in text:
        return text.strip(" ")
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return re.sub(r"[^\S\n\r\t\v\f\x1c-\x1f\x85]+", " ", composed).strip(" ")
