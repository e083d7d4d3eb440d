"""View histories: what they are, and reading and writing them."""

from training.series import History, HistoryError, Series

__all__ = ["History", "HistoryError", "Series"]
