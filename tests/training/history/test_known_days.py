"""Days that say nothing of a series: those before its page was there."""

import numpy as np
import pytest

from training.history.known_days import from_first_view

THOUSANDS = [1000.0] * 14


@pytest.mark.parametrize(
    ("days", "n_left"),
    [
        ([0.0] * 60 + THOUSANDS, 14),
        ([np.nan] * 3 + [0.0] * 60 + THOUSANDS, 14),
        ([0.0] * 3 + THOUSANDS, 17),
        (THOUSANDS + [0.0] * 20, 34),
        ([0.0] * 60 + [5.0] * 3, 63),
        ([0.0] * 30 + [1.0, 0.0, 0.0, 0.0] * 5, 50),
        ([0.0] * 14, 14),
        ([], 0),
    ],
    ids=[
        "a new page",
        "gaps before",
        "three zeros are a bad weekend",
        "zeros at the end are views",
        "too little since",
        "a page that is hardly read",
        "nothing but zeros",
        "nothing",
    ],
)
def test_zeros_before_the_first_view_of_a_new_page_are_left_out(days: list[float], n_left: int) -> None:
    assert len(from_first_view(np.array(days))) == n_left
