"""Histories for tests: short ones by hand, and any at all for hypothesis."""

from datetime import date
from typing import Any

import numpy as np
from hypothesis import strategies as st

from training.history.files import History, HistoryError, ReadOptions, Series, parse_history
from training.history.names import tidy_name
from training.history.series import name_problem

NAN = float("nan")


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")


def series(name: str, first_date: str, *views: float) -> Series:
    return Series(name, day(first_date), np.array(views, dtype=np.float64))


def parsed(content: str | bytes, name: str = "views.csv", **options: Any) -> History:
    """Read a file; no day is one to come, unless the options have a day for today."""
    content = content.encode() if isinstance(content, str) else content
    return parse_history(content, name, ReadOptions(**{"today": day("2199-12-31"), **options}))


def refusal(content: str | bytes, name: str = "views.csv", **options: Any) -> str:
    """The message of the error that reading ends with."""
    try:
        history = parsed(content, name, **options)
    except HistoryError as error:
        return str(error)
    raise AssertionError(f"read without an error: {history}")


names = (
    st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=30)
    .map(tidy_name)
    .filter(lambda name: name and name_problem(name) is None)
)
counts = st.one_of(st.integers(0, 100_000).map(float), st.floats(0, 1e15, allow_nan=False), st.just(NAN)).map(
    abs
)


@st.composite
def any_series(draw: st.DrawFn, name: str) -> Series:
    # The second day is known, so that no series is taken for weekly or monthly sums.
    # The first is more than 0: zeros before it would be days before the series existed.
    ends = st.integers(1, 1_000_000).map(float)
    views = [draw(ends), draw(ends), *draw(st.lists(counts, max_size=20)), draw(ends)]
    first_date = draw(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 11, 30)))
    return Series(name, day(str(first_date)), np.array(views))


@st.composite
def histories(draw: st.DrawFn) -> History:
    return History(
        tuple(draw(any_series(name)) for name in draw(st.lists(names, min_size=1, max_size=5, unique=True)))
    )
