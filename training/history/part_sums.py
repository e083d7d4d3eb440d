"""Leave out totals among the parts of a day, like "All devices" beside each device.

A total that is not the sum of the other parts is refused: parts may be missing, or the name mislead.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.history.counts import count_text
from training.history.row_groups import grouped
from training.history.rows import Rows, TextColumn
from training.history.series import quoted
from training.history.title_words import is_total, key

# A part is a total when it equals the sum of several others on this many days with at least this count.
_TELLING_DAYS, _TELLING_COUNT = 3, 10
_ALL = [["all"], ["alle"], ["tous"], ["toutes"], ["todos"], ["todas"], ["tutti"], ["tutte"], ["все"]]


def without_sums(
    rows: Rows, codes: NDArray[np.int32], parts: list[TextColumn]
) -> tuple[Rows, NDArray[np.int32], list[TextColumn], list[str]]:
    """Leave out the rows that are totals of others.

    Returns the rows, the codes of their series, the columns that tell their parts apart, and notes. Raises
    `HistoryError` for a total that is not the sum of the others.
    """
    notes = []
    for place in range(len(parts)):
        part = parts[place]
        title = rows.layout.titles[part.column]
        day_parts = _DayParts.of(rows, codes, parts, place)
        is_sum = day_parts.totals() | day_parts.sums_by_count()
        if not is_sum.all() and (unequal := day_parts.unequal_total(is_sum)):
            line, problem = unequal
            raise rows.error(line, part.column, problem)
        if not is_sum.any() or is_sum.all():
            continue
        chosen = ~is_sum[part.codes]
        which = ", ".join(quoted(text) for text, is_one in zip(part.texts, is_sum, strict=True) if is_one)
        n_rows = int(np.count_nonzero(~chosen))
        rows_are = "row is" if n_rows == 1 else "rows are"
        notes.append(f"{n_rows} {rows_are} left out that sum up others, with {which} in {quoted(title)}")
        rows, codes = rows.only(chosen), codes[chosen]
        parts = [TextColumn(p.column, p.texts, p.codes[chosen]) for p in parts]
    return rows, codes, parts, notes


@dataclass(frozen=True)
class _DayParts:
    """One column that tells parts of a day apart: the latest row of each part, without the others.

    Attributes
    ----------
    texts : the distinct texts of the column
    codes : the position of each row's text in `texts`
    groups : equal for rows that a total may sum up: of one series, day and hour, equal in other columns
    counts, lines : the count and the line of each row
    """

    texts: list[str]
    codes: NDArray[np.int32]
    groups: NDArray[np.int64]
    counts: NDArray[np.float64]
    lines: NDArray[np.int32]

    @classmethod
    def of(cls, rows: Rows, codes: NDArray[np.int32], parts: list[TextColumn], place: int) -> "_DayParts":
        part, others = parts[place], parts[:place] + parts[place + 1 :]
        others += [o for o in rows.others if o.column == rows.layout.hour and o.column != part.column]
        groups = grouped([codes, rows.moments, *(other.codes for other in others)])
        same = grouped([groups, part.codes])
        latest = np.zeros(int(same.max(initial=-1)) + 1, np.int64)
        latest[same] = np.arange(same.size)
        counts = rows.counts[0, latest]
        is_known = np.bincount(groups[latest], np.isnan(counts)) == 0
        latest = latest[is_known[groups[latest]]]
        if len(parts) > 1:
            # A row that is alone may sum up rows that differ from it in another column as well.
            is_alone = np.bincount(groups[latest], minlength=is_known.size) == 1
            latest = latest[~is_alone[groups[latest]]]
        return cls(part.texts, part.codes[latest], groups[latest], rows.counts[0, latest], rows.lines[latest])

    def totals(self) -> NDArray[np.bool_]:
        """Find the texts that mean a total or an average."""
        return np.array([is_total(text.strip()) for text in self.texts])

    def sums_by_count(self) -> NDArray[np.bool_]:
        """Find the texts whose count is, on all days, the sum of the other parts of the day."""
        sums, sizes = np.bincount(self.groups, self.counts), np.bincount(self.groups)
        is_equal = np.abs(sums[self.groups] - 2 * self.counts) <= 1
        # A part equal to a single other part may be a coincidence, unless its name says "total".
        is_telling = is_equal & (sizes[self.groups] > 2) & (self.counts >= _TELLING_COUNT)
        is_sum: NDArray[np.bool_] = self._n_rows(is_telling) >= _TELLING_DAYS
        is_sum |= self._named_all()
        is_sum &= self._n_rows(is_equal) == self._n_rows(None)
        return is_sum

    def unequal_total(self, is_sum: NDArray[np.bool_]) -> tuple[int, str] | None:
        """Find a total that is not the sum of the others, if any: its line, and what is wrong with it."""
        is_total = self.totals() | self._whole(is_sum)
        is_whole, is_part = is_total[self.codes], ~(is_total | is_sum)[self.codes]
        n_groups = int(self.groups.max(initial=-1)) + 1
        sums = np.bincount(self.groups, np.where(is_part, self.counts, 0), n_groups)[self.groups]
        sizes = np.bincount(self.groups, is_part, n_groups)[self.groups]
        is_sum_or_mean = np.abs(self.counts - sums) <= 1
        is_sum_or_mean |= (sizes > 0) & (np.abs(sizes * self.counts - sums) <= sizes)
        wrong = np.flatnonzero(is_whole & ~is_sum_or_mean)
        if not wrong.size:
            return None
        first = wrong[0]
        total, others = count_text(float(self.counts[first])), count_text(float(sums[first]))
        return int(self.lines[first]), (
            f"{quoted(self.texts[self.codes[first]])} has {total}, and the other rows of its day add up to "
            f"{others}; leave out the one or the others"
        )

    def _whole(self, is_sum: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Find the texts like "All devices" that are not the sum, and never smaller than another part."""
        named: NDArray[np.bool_] = self._named_all() & ~is_sum
        is_other = ~(named | is_sum)[self.codes]
        largest = np.full(int(self.groups.max(initial=-1)) + 1, -np.inf)
        np.maximum.at(largest, self.groups[is_other], self.counts[is_other])
        is_smaller = self.counts < largest[self.groups]
        has_others = np.isfinite(largest)[self.groups]
        named &= (self._n_rows(is_smaller) == 0) & (self._n_rows(has_others) > 0)
        return named

    def _named_all(self) -> NDArray[np.bool_]:
        return np.array([key(text).split()[:1] in _ALL for text in self.texts], np.bool_)

    def _n_rows(self, chosen: NDArray[np.bool_] | None) -> NDArray[np.float64] | NDArray[np.intp]:
        """Count the chosen rows, or all, of each text."""
        return np.bincount(self.codes, chosen, len(self.texts))
