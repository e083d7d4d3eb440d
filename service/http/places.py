"""Names of places in the input: as the sender would write them, and as JSON pointers."""

import re
from urllib.parse import quote

LONGEST = 500

Location = tuple[int | str, ...]
_LINE = re.compile(r"line \d+\.?", re.ASCII)
_PLACE = re.compile(r"[a-z_]+(\[\d+\])*(\.[a-z_]+(\[\d+\])*)*", re.ASCII)
_STEP = re.compile(r"[a-z_]+|\d+", re.ASCII)


def place(location: Location) -> str:
    """Write a place in the input as the sender would.

    >>> place(("series", 3, "views", 0))
    'series[3].views[0]'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")


def pointer(location: Location) -> str | None:
    """Write a place in a JSON body as a JSON pointer (RFC 6901) in a URI fragment, as RFC 9457 does.

    It has none when it is the body as a whole, or would be longer than 500 characters. That of a line of
    NDJSON begins in the line.

    >>> pointer(("series", 3, "views", 0))
    '#/series/3/views/0'
    """
    if location and isinstance(location[0], str) and _LINE.fullmatch(location[0]):
        location = location[1:]
    steps = (quote(str(part).replace("~", "~0").replace("/", "~1")) for part in location)
    written = "#" + "".join(f"/{step}" for step in steps)
    return written if 1 < len(written) <= LONGEST else None


def pointer_to(written: str, *keys: str) -> str | None:
    """Write a place that `place` has written as a JSON pointer.

    Parameters
    ----------
    written : of names of our own and indices
    keys : names of the sender's own, which follow it

    Returns
    -------
    str or None
        None for what is no such place.

    >>> pointer_to("series[3].events", "Black Friday")
    '#/series/3/events/Black%20Friday'
    """
    within = _LINE.sub("", written, count=1)
    if within and not _PLACE.fullmatch(within):
        return None
    return pointer((*_STEP.findall(within), *keys))
