"""Split the body of a batch into the texts of its series, without parsing JSON.

Parsing a body of many megabytes in one call would block all other requests, because the interpreter cannot
switch threads during the call.
"""

import re
from typing import NamedTuple

_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_FLAT_OBJECT = rb'\{(?:[^{}"]++|' + _STRING + rb")*+\}"
_HOLDING_OBJECT = rb'\{(?:[^{}"]++|' + _STRING + rb"|" + _FLAT_OBJECT + rb")*+\}"
_OPENINGS = {field: re.compile(rb'"%s"\s*+:\s*+\[' % field) for field in (b"series", b"inputs")}
# An object that may contain events, each of them an object; then the comma or bracket that follows.
_SERIES = re.compile(
    rb'\s*+(\{(?:[^{}"]++|' + _STRING + rb"|" + _HOLDING_OBJECT + rb")*+\})\s*+([,\]])", re.DOTALL
)


class Split(NamedTuple):
    """The pieces of a batch; if the batch is valid JSON, each piece is.

    Attributes
    ----------
    envelope : the body, with `[0]` instead of the list of series
    series : the text of each series
    """

    envelope: bytes
    series: list[bytes]


def split_batch(body: bytes, most_series: int, field: bytes = b"series") -> Split | None:
    """Split a batch into its series.

    All assumptions are checked again when the pieces are parsed.

    Parameters
    ----------
    body : bytes
    most_series : int
        When there are more, only `most_series` + 1 are returned.
    field : bytes, default=b"series"
        The field that contains the list of series.

    Returns
    -------
    Split or None
        None when the body has another form than expected; it may still be a valid batch.
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
            # With escapes, the body could contain the field twice; a JSON parser would use the last one.
            return None if b"\\u" in envelope else Split(envelope, series)
    return None
