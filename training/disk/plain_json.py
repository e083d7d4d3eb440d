"""Convert values to JSON types, and read untrusted JSON."""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """Convert scores and settings to JSON types; days become ISO dates, NaN and infinities become None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.datetime64):
        return str(value)
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def read_plain(content: bytes) -> Any:
    """Read untrusted JSON; all its numbers must be finite.

    Raises
    ------
    ValueError
        When it is not JSON, is nested too deeply, or has a number that is not finite or an integer of more
        than 20 characters.
    """
    try:
        return json.loads(content, parse_constant=_refuse, parse_float=_finite, parse_int=_countable)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is too large a number")
    return number


def _countable(text: str) -> int:
    if len(text) > 20:
        raise ValueError(f"{text[:40]}… is too large a number")
    return int(text)
