"""Write totals as CSV: one row for each series and number of days, then the totals over all series."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO

from training.export.forecast_files import number_columns
from training.history.names import cell_of
from training.model.forecasts import Forecasts
from training.model.totals import SumOfSeries, Totals, TotalWidths

# The name in rows of totals over all series; no series has it.
ALL_SERIES = ""


class TotalsFile:
    """Writes totals as CSV: `series`, `days`, `total`, and a pair of columns for each level.

    Names are written as in `forecast_files`.

    Parameters
    ----------
    stream : binary file
    widths : TotalWidths
        The widths of the model that makes the forecasts.
    levels : sequence of int
        Levels of the intervals, in percent.
    """

    def __init__(self, stream: IO[bytes], widths: TotalWidths, levels: Sequence[int]) -> None:
        self._stream = stream
        self._widths = widths
        self._levels = levels
        self._sums = SumOfSeries(widths)
        self._write([["series", "days", "total", *number_columns(levels)[1:]]])

    def write(self, names: Sequence[str], forecasts: Forecasts) -> None:
        """Append the totals of some series."""
        totals = self._widths.totals(forecasts.views, self._levels, forecasts.own_share)
        self._sums.add(totals)
        self._write_totals(names, totals)

    def write_sum(self) -> None:
        """Append the totals over all written series; the name in these rows is empty."""
        self._write_totals([ALL_SERIES], self._sums.totals())

    def _write_totals(self, names: Sequence[str], totals: Totals) -> None:
        self._write(
            [cell_of(name), str(days), *(f"{number:.2f}" for number in row)]
            for name, rows in zip(names, totals.numbers.tolist(), strict=True)
            for days, row in zip(totals.days, rows, strict=True)
        )

    def _write(self, rows: Iterable[Sequence[str]]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        self._stream.write(text.getvalue().encode())
