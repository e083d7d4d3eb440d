"""Cuts the series of a batch out of its body, as text, before any JSON is read.

Parsing a body of many megabytes in one call would block all other requests: the interpreter switches threads
between calls, not within one.
"""

import re
from typing import NamedTuple

_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_FLAT_OBJECT = rb'\{(?:[^{}"]++|' + _STRING + rb")*+\}"
_HOLDING_OBJECT = rb'\{(?:[^{}"]++|' + _STRING + rb"|" + _FLAT_OBJECT + rb")*+\}"
_OPENINGS = {field: re.compile(rb'"%s"\s*+:\s*+\[' % field) for field in (b"series", b"inputs")}
# An object that may hold events, each of them an object, and what comes after it.
_SERIES = re.compile(
    rb'\s*+(\{(?:[^{}"]++|' + _STRING + rb"|" + _HOLDING_OBJECT + rb")*+\})\s*+([,\]])", re.DOTALL
)


class Split(NamedTuple):
    """A batch in pieces, each of them JSON if the whole is.

    Attributes
    ----------
    envelope : the body, with `[0]` in the place of its series
    series : the series
    """

    envelope: bytes
    series: list[bytes]


def split_batch(body: bytes, most_series: int, field: bytes = b"series") -> Split | None:
    """Cut a batch into its series; when there are more than `most_series`, into those and one more.

    `field` is what they stand in.

    Returns None when the body does not look like a batch, even if it is one. All that is assumed here is
    checked again when the pieces are read.
    """
    opening = _OPENINGS[field].search(body)
    if opening is None or body.count(b'"%b"' % field) > 1:
        return None
    series = []
    end = opening.end()
    while matched := _SERIES.match(body, end):
        series.append(matched[1])
        end = matched.end()
        if matched[2] == b"]" or len(series) > most_series:
            envelope = body[: opening.end()] + b"0]" + body[end:]
            # With escapes, the field could be written a second time, and JSON's last one would count.
            return None if b"\\u" in envelope else Split(envelope, series)
    return None
