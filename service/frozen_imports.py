"""Keeping the garbage collector away from what stays for good."""

import gc


def spare_imports() -> None:
    """Take all that was imported until now out of the garbage collector's sight.

    To look through it took 50 ms each time, often under load, and was most of what the slowest hundredth of
    requests waited for. What is garbage already is collected before, or it would stay for good as well.
    """
    gc.collect()
    gc.freeze()
