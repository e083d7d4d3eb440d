"""The series of a batch, each cut out of the body as it stands there.

Reading a body of many megabytes in one go would hold up all other requests for as long: the interpreter lets
others in between one call and the next, and not within one.
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

    Returns None when it does not look like one, whether or not it is; nothing is checked here that JSON's
    reader will not check again.
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
            # An escape can write the field once more, of which the last one would count.
            return None if b"\\u" in envelope else Split(envelope, series)
    return None
