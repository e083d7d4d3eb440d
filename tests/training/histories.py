"""Histories for tests: short ones by hand, and any at all for hypothesis."""

import numpy as np
from hypothesis import strategies as st

from training.history.files import History, HistoryError, Series, parse_history

NAN = float("nan")


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")


def series(name: str, first_date: str, *views: float) -> Series:
    return Series(name, day(first_date), np.array(views, dtype=np.float64))


def parsed(content: str | bytes, name: str = "views.csv") -> History:
    return parse_history(content.encode() if isinstance(content, str) else content, name)


def refusal(content: str | bytes, name: str = "views.csv") -> str:
    """The message of the error that reading ends with."""
    try:
        history = parsed(content, name)
    except HistoryError as error:
        return str(error)
    raise AssertionError(f"read without an error: {history}")


names = (
    st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=30)
    .map(str.strip)
    .filter(bool)
)
counts = st.one_of(st.integers(0, 100_000).map(float), st.floats(0, 1e15, allow_nan=False), st.just(NAN)).map(
    abs
)


@st.composite
def any_series(draw: st.DrawFn, name: str) -> Series:
    # The second day is known, so that no series is taken for weekly or monthly sums.
    ends = st.floats(0, 1e6).map(round).map(float)
    views = [draw(ends), draw(ends), *draw(st.lists(counts, max_size=20)), draw(ends)]
    first_date = draw(st.dates(min_value=day("1900-01-01").item(), max_value=day("2199-11-30").item()))
    return Series(name, day(str(first_date)), np.array(views))


@st.composite
def histories(draw: st.DrawFn) -> History:
    return History(
        tuple(draw(any_series(name)) for name in draw(st.lists(names, min_size=1, max_size=5, unique=True)))
    )
