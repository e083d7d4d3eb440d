"""Parquet files, read column by column: what is done for each value is done once for each distinct value."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from training.history.fields import Fields, Positions, TextFields, are_digits
from training.history.headers import SampleTable, sample_of_cells
from training.history.line_blocks import Chunk
from training.history.rows import Codes, Counts
from training.history.series import LARGEST_VIEWS, HistoryError, shown
from training.history.sheets import SAMPLE_ROWS
from training.history.typed_tables import import_extra, typed_text

_BATCH_ROWS = 2**16


class ParquetSheet:
    """The table of a Parquet file; the titles are row 1. An index stored by pandas is a column."""

    notes: tuple[str, ...] = ()
    is_typed = True

    def __init__(self, stream: IO[bytes], file: str) -> None:
        import_extra("pyarrow", file)
        from pyarrow.parquet import ParquetFile

        self.file = file
        with _readable(file):
            self._parquet = ParquetFile(stream)
            names = self._parquet.schema_arrow.names
        self._titles = ["" if name.startswith("__index_level_") else name for name in names]

    def samples(self) -> Sequence[SampleTable]:
        """Give the first rows."""
        columns = next(self._batches(SAMPLE_ROWS - 1), [])
        return [sample_of_cells([self._titles, *map(list, zip(*columns, strict=True))])]

    def chunks(self, separator: str, width: int, after: int) -> Iterator[Chunk]:
        """Give the rows below row `after`."""
        if after < 1:
            yield Chunk(np.array([1], np.int32), [self._titles])
        line = 2
        for columns in self._batches(_BATCH_ROWS):
            n_rows = len(columns[0])
            n_above = min(max(0, after + 1 - line), n_rows)
            if n_above < n_rows:
                lines = np.arange(line + n_above, line + n_rows, dtype=np.int32)
                yield Chunk(lines, columns=[column.after(n_above) for column in columns])
            line += n_rows

    def _batches(self, n_rows: int) -> "Iterator[list[ArrowFields]]":
        with _readable(self.file):
            for batch in self._parquet.iter_batches(n_rows):
                yield [ArrowFields(values, self.file) for values in batch.columns]


class ArrowFields:
    """Fields that are an array of pyarrow; a number or a date has the text that a person would write."""

    def __init__(self, values: Any, file: str) -> None:
        self._values, self._file = values, file

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self._values)

    def __iter__(self) -> Iterator[str]:
        """Give the text of each field."""
        texts, codes = self._coded
        return map(texts.__getitem__, codes.tolist())

    def after(self, n_rows: int) -> "ArrowFields":
        """Leave out the first rows."""
        return ArrowFields(self._values.slice(n_rows), self._file)

    def distinct(self) -> set[str]:
        """Give each text once."""
        return set(self._coded[0])

    def positions(self, known: Positions) -> Codes:
        """Give the position of each text; texts that are not known are appended."""
        texts, codes = self._coded
        return known.of(texts)[codes]

    def counts(self) -> tuple[Counts, NDArray[np.intp], Fields]:
        """Give counts, NaN for other texts than digits; and the places of such texts, and their fields."""
        counts, is_plain = self._numbers() if self._are_numbers() else self._digits()
        odd = np.flatnonzero(~is_plain)
        if not odd.size:
            return counts, odd, TextFields(())
        counts[odd] = np.nan
        return counts, odd, ArrowFields(self._values.take(odd), self._file)

    def _are_numbers(self) -> bool:
        from pyarrow import types

        kind = self._values.type
        return bool(types.is_integer(kind) or types.is_floating(kind))

    def _numbers(self) -> tuple[Counts, NDArray[np.bool_]]:
        values = self._values.to_numpy(zero_copy_only=not self._values.null_count)
        counts = values.astype(np.float64) + 0.0  # no -0.0
        # Whole numbers of any size are read here, as digits are; fractions only below the limit.
        readable = (counts <= LARGEST_VIEWS) | (np.floor(counts) == counts)
        return counts, np.isfinite(counts) & (counts >= 0) & readable

    def _digits(self) -> tuple[Counts, NDArray[np.bool_]]:
        texts, codes = self._coded
        is_plain = are_digits(texts)
        counts = (float(text) if plain else np.nan for text, plain in zip(texts, is_plain, strict=True))
        return np.fromiter(counts, np.float64, len(texts))[codes], is_plain[codes]

    @cached_property
    def _coded(self) -> tuple[list[str], Codes]:
        """The distinct texts in order of first appearance, and the position of each row's."""
        import pyarrow as pa

        values = self._values
        with _readable(self._file):
            if pa.types.is_dictionary(values.type):
                values = values.cast(values.type.value_type)  # may have another order, and unused values
            try:
                encoded = values.dictionary_encode(null_encoding="encode")
            except pa.ArrowNotImplementedError:  # lists and records
                texts = list(map(typed_text, values.to_pylist()))
                return texts, np.arange(len(texts), dtype=np.int32)
            texts = list(map(typed_text, encoded.dictionary.to_pylist()))
            return texts, encoded.indices.to_numpy()


@contextmanager
def _readable(file: str) -> Iterator[None]:
    from pyarrow import ArrowException

    try:
        yield
    except (ArrowException, OSError, ValueError, OverflowError) as error:
        problem = f"the Parquet file cannot be read ({shown(str(error))})"
        raise HistoryError.at(file, None, None, problem) from error
