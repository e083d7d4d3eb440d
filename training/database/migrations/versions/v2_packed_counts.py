"""A series is a name and a metric, and its counts are one array: a lookup is one row, whatever there is."""

from itertools import groupby, islice
from operator import itemgetter

import numpy as np
import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"

_SERIES_AT_ONCE = 100


def upgrade() -> None:
    """Make new tables, carry everything over, and take their names."""
    series = op.create_table(
        "new_series",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("metric", sa.String, nullable=False),
        sa.Column("first_day", sa.Integer, nullable=False),
        sa.Column("last_day", sa.Integer, nullable=False),
        sa.Column("n_days", sa.Integer, nullable=False),
        sa.Column("last_count", sa.Double, nullable=False),
        sa.UniqueConstraint("name", "metric", name="series_name_metric_key"),
    )
    counts = op.create_table(
        "counts",
        sa.Column("series_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("counts", sa.LargeBinary, nullable=False),
    )
    events = op.create_table(
        "new_events",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("event", sa.String, primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("value", sa.Double, nullable=False),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    _pack_counts(connection, series, counts)
    connection.exec_driver_sql(
        "INSERT INTO new_events (name, event, day, value) SELECT series.name, event, day, value "
        "FROM events JOIN series ON series.id = events.series_id"
    )
    for table in "views", "events", "series":
        op.drop_table(table)
    op.rename_table("new_events", events.name.removeprefix("new_"))
    op.rename_table("new_series", "series")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER SEQUENCE new_series_id_seq RENAME TO series_id_seq")


def _pack_counts(connection: sa.Connection, series: sa.Table, counts: sa.Table) -> None:
    """Make an array of the rows of each series, a hundred series at a time."""
    rows = connection.exec_driver_sql(
        "SELECT series.id, series.name, day, views FROM views JOIN series ON series.id = views.series_id "
        "ORDER BY series.id, day"
    ).yield_per(10_000)
    groups = groupby(rows, itemgetter(0, 1))
    while batch := [
        (key, [(day, count) for *_, day, count in days]) for key, days in islice(groups, _SERIES_AT_ONCE)
    ]:
        new_series, new_counts = [], []
        for (_, name), days in batch:
            first, last = days[0][0], days[-1][0]
            packed = np.full(last - first + 1, np.nan)
            for day, count in days:
                packed[day - first] = count
            new_series.append(
                {"name": name, "metric": "views", "first_day": first, "last_day": last,
                 "n_days": len(days), "last_count": days[-1][1]}
            )  # fmt: skip
            new_counts.append({"counts": packed.astype("<f8").tobytes()})
        connection.execute(sa.insert(series), new_series)
        names = [row["name"] for row in new_series]
        ids = dict(
            connection.execute(sa.select(series.c.name, series.c.id).where(series.c.name.in_(names))).all()
        )
        for name, row in zip(names, new_counts, strict=True):
            row["series_id"] = ids[name]
        connection.execute(sa.insert(counts), new_counts)
