"""Counts of consecutive days as arrays and as bytes, and replacing some of them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def pack(counts: NDArray[np.float64]) -> bytes:
    """Convert counts to bytes."""
    return counts.astype("<f8").tobytes()


def unpack(content: bytes) -> NDArray[np.float64]:
    """Convert bytes to counts."""
    return np.frombuffer(content, "<f8")


@lru_cache(maxsize=1000)
def _nothing(n_days: int) -> bytes:
    """Give the compressed bytes of days without counts; cached, as most uploads only add days."""
    return zlib.compress(pack(np.full(n_days, np.nan)), 1)


@dataclass(frozen=True)
class Days:
    """Consecutive days of one series.

    Attributes
    ----------
    first_day : in days since 1970-01-01
    counts : ndarray of shape (n_days,), NaN where a day is missing
    """

    first_day: int
    counts: NDArray[np.float64]

    @property
    def last_day(self) -> int:
        """The last day, in days since 1970-01-01."""
        return self.first_day + self.counts.size - 1

    @property
    def n_known(self) -> int:
        """Number of days with a count."""
        return self.counts.size - int(np.count_nonzero(np.isnan(self.counts)))

    def at(self, days: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the counts of some days; NaN for days without one."""
        place = days - self.first_day
        inside = (place >= 0) & (place < self.counts.size)
        counts = np.full(days.size, np.nan)
        counts[inside] = self.counts[place[inside]]
        return counts

    def put(self, days: NDArray[np.int64], counts: NDArray[np.float64]) -> Days | None:
        """Replace the counts of some days; NaN deletes a day. Gives None when no day is left."""
        first = min(self.first_day, int(days.min(initial=self.first_day)))
        last = max(self.last_day, int(days.max(initial=self.last_day)))
        laid = np.full(last - first + 1, np.nan)
        laid[self.first_day - first :][: self.counts.size] = self.counts
        laid[days - first] = counts
        known = np.flatnonzero(~np.isnan(laid))
        if known.size == 0:
            return None
        return Days(first + int(known[0]), laid[known[0] : known[-1] + 1])


@dataclass(frozen=True)
class Change:
    """The previous counts of some days; NaN for days without one."""

    days: NDArray[np.int64]
    before: NDArray[np.float64]

    def as_bytes(self) -> dict[str, bytes]:
        """Give the columns of the table of changes."""
        days = zlib.compress(self.days.astype("<i4").tobytes(), 1)
        if np.isnan(self.before).all():
            return {"days": days, "before": _nothing(self.before.size)}
        return {"days": days, "before": zlib.compress(pack(self.before), 1)}

    @classmethod
    def of_bytes(cls, days: bytes, before: bytes) -> Change:
        """Read a change from these columns."""
        numbers = np.frombuffer(zlib.decompress(days), "<i4").astype(np.int64)
        return cls(numbers, unpack(zlib.decompress(before)))
