"""Words for notes: how many, and which rows."""

import numpy as np
from numpy.typing import NDArray


def counted(n: int, noun: str) -> str:
    """Say how many there are: "1 row", "2 rows"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def rows_at(lines: NDArray[np.int32]) -> str:
    """Name rows by their lines: "1 row (line 5)", "12 rows (lines 5, 7, 9, 11, 13, …)"."""
    shown = ", ".join(str(line) for line in lines[:5])
    more = ", …" if lines.size > 5 else ""
    return f"{counted(lines.size, 'row')} ({'line' if lines.size == 1 else 'lines'} {shown}{more})"
