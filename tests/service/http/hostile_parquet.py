"""Parquet files with types, sizes and bytes that do not belong there."""

import io
from datetime import UTC, datetime, timedelta
from random import Random

import pyarrow as pa
from pyarrow import parquet

from tests.service.http.hostile_files import CELLS, DAYS, Upload
from tests.service.http.hostile_zips import flipped


def _parquet_columns(random: Random) -> dict[str, pa.Array]:
    n = len(DAYS)
    moments = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in DAYS]
    dates = [
        pa.array(DAYS),
        pa.array(
            moments,
            pa.timestamp(
                random.choice(["s", "ns"]), random.choice(["UTC", "+14:00", "Asia/Tokyo", "Nowhere/Land"])
            ),
        ),
        pa.array([random.choice([0, -(2**62), 2**62, 10**9]) for _ in DAYS], pa.int64()).cast(
            pa.timestamp("us")
        ),
        pa.array([random.choice([0, -(2**31), 2**31 - 1]) for _ in DAYS], pa.int32()).cast(pa.date32()),
        pa.array([str(day) for day in DAYS]).dictionary_encode(),
    ]
    counts = [
        pa.array(range(n)),
        pa.array([random.choice([None, 1.5, float("nan"), float("inf"), -1e308]) for _ in DAYS]),
        pa.array([random.choice([b"\xff\x00", b"5"]) for _ in DAYS]),
        pa.array([[i] for i in range(n)]),
        pa.array([{"a": i} for i in range(n)]),
        pa.nulls(n),
        pa.array([2**64 - 1] * n, pa.uint64()),
        pa.array([timedelta(days=i) for i in range(n)]),
        pa.array(random.choices([*CELLS[:20], "5"], k=n)),
    ]
    return {
        "date": random.choice(dates),
        random.choice(["views", "date ", "", "\x00"]): random.choice(counts),
    }


def broken_parquet(random: Random) -> Upload:
    """A Parquet file with odd types, or whose pages, footer or lengths are not what they should be."""
    stream = io.BytesIO()
    columns = (
        _parquet_columns(random) if random.random() < 0.6 else {"date": pa.array(DAYS), "views": range(30)}
    )
    compression = random.choice(["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
    parquet.write_table(
        pa.table(columns), stream, compression=compression, row_group_size=random.choice([7, 100])
    )
    content = bytearray(stream.getvalue())
    change = random.randrange(6)
    if change == 0:
        content[-8:-4] = random.choice([0, 1, 2**31 - 1, 2**32 - 1, len(content)]).to_bytes(4, "little")
    elif change == 1:
        at = random.randrange(len(content) - 400, len(content))  # the footer: sizes, offsets, types, counts
        content[at : at + 4] = random.randbytes(4)
    elif change == 2:
        content = content[: random.randrange(4, len(content))] + random.choice([b"", b"PAR1", b"PARE"])
    return Upload(
        "application/vnd.apache.parquet", flipped(random, bytes(content), most=random.choice([0, 8]))
    )
