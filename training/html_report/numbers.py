"""Format numbers and days for readers, and choose round numbers for an axis."""

from __future__ import annotations

import math

import numpy as np

_UNITS = ((1e12, " tn"), (1e9, " bn"), (1e6, " M"), (1e3, " k"))


def short(value: float) -> str:
    """Format a count with about three digits.

    >>> [short(value) for value in (0, 0.25, 12, 999.6, 1234, 56_000_000)]
    ['0', '0.25', '12', '1 k', '1.23 k', '56 M']
    """
    for unit, name in _UNITS:
        if abs(value) >= unit * 0.9995:
            return f"{value / unit:.3g}{name}" if abs(value) < 1e15 else f"{value:.1e}".replace("+", "")
    return f"{value:.3g}"


def percent(value: float) -> str:
    """Format a share as whole percent.

    >>> percent(0.798)
    '80 %'
    """
    return f"{100 * value:.0f} %"


def day(date: np.datetime64) -> str:
    """Format a date as day and month.

    >>> day(np.datetime64("2026-03-07"))
    '7 Mar'
    """
    calendar_day = date.astype("datetime64[D]").item()
    return f"{calendar_day.day} {calendar_day:%b}"


def days_ahead(horizon: str) -> str:
    """Give the text for one of the horizons of the scores.

    >>> days_ahead("1"), days_ahead("1-7")
    ('1 day ahead', '1–7 days ahead')
    """
    return "1 day ahead" if horizon == "1" else f"{horizon.replace('-', '–')} days ahead"


def round_steps(low: float, high: float, at_most: int = 5) -> list[float]:
    """Choose round numbers in a range: multiples of 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    low, high : float
        The range, `low` < `high`.
    at_most : int, default=5
        Largest number of results; one more if both ends of the range are round.

    Returns
    -------
    list of float

    Examples
    --------
    >>> round_steps(0, 1234)
    [0.0, 500.0, 1000.0]
    """
    rough = (high - low) / at_most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(multiple * power for multiple in (1, 2, 5, 10) if multiple * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]
