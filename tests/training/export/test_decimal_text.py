"""Numbers as text, many at a time: the same text that formatting one by one gives."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.export.decimal_text import lines_of

hundredths = st.integers(0, 2**50) | st.integers(0, 10**6) | st.sampled_from([0, 99, 100, 999_999, 1_000_000])


@given(
    st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(hundredths, min_size=n, max_size=n), min_size=1))
)
def test_every_number_has_its_two_decimals(rows: list[list[int]]) -> None:
    prefixes = np.array([f"row {i},".encode() for i in range(len(rows))])
    lines = lines_of(prefixes, np.array(rows) / 100.0).decode().splitlines()
    for i, (line, row) in enumerate(zip(lines, rows, strict=True)):
        assert line == f"row {i}," + ",".join(f"{n // 100}.{n % 100:02}" for n in row)


def test_the_largest_forecast_that_there_can_be_is_written() -> None:
    assert lines_of(np.array([b""]), np.array([[1.5e17]])) == b"150000000000000000.00\n"
