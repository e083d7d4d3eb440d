"""The tables of this release. `migrations/` creates them; a test compares both.

Days are whole numbers, counted from 1970-01-01; counts of consecutive days are packed: 8 bytes each, float64,
little-endian, NaN for a missing day.
"""

import sqlalchemy as sa

TABLES = sa.MetaData()
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite generates ids only for "integer"

# One row for each name and metric, with the values shown in lists.
SERIES = sa.Table(
    "series",
    TABLES,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("metric", sa.String, nullable=False),
    sa.Column("first_day", sa.Integer, nullable=False),
    sa.Column("last_day", sa.Integer, nullable=False),
    sa.Column("n_days", sa.Integer, nullable=False),  # days with a count
    sa.Column("last_count", sa.Double, nullable=False),
    sa.UniqueConstraint("name", "metric", name="series_name_metric_key"),
)
# The packed counts of a series, first to last day. A separate table, so that lists do not read them.
COUNTS = sa.Table(
    "counts",
    TABLES,
    sa.Column("series_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("counts", sa.LargeBinary, nullable=False),
)
# The days of events, past and planned, by name of the series; they apply to all its metrics.
EVENTS = sa.Table(
    "events",
    TABLES,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("event", sa.String, primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("value", sa.Double, nullable=False),  # 0 cancels a planned event
    sqlite_with_rowid=False,
)
UPLOADS = sa.Table(
    "uploads",
    TABLES,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("received", sa.String, nullable=False),  # UTC, ISO 8601
    sa.Column("source", sa.String, nullable=False),
    sa.Column("n_series", sa.Integer, nullable=False),
    sa.Column("n_new", sa.Integer, nullable=False),
    sa.Column("n_changed", sa.Integer, nullable=False),
    sa.Column("n_unchanged", sa.Integer, nullable=False),
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("undone", sa.String),
    sa.Column("idempotency_key", sa.String, unique=True),
    sa.Column("fingerprint", sa.String),
    sqlite_autoincrement=True,  # an id is never used again
)
# The previous values of the days changed by an upload, NaN for none. `event` is empty for counts, `metric`
# for days of events. Both arrays are compressed with zlib.
CHANGES = sa.Table(
    "changes",
    TABLES,
    sa.Column("upload_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("metric", sa.String, primary_key=True),
    sa.Column("event", sa.String, primary_key=True),
    sa.Column("days", sa.LargeBinary, nullable=False),  # int32, little-endian
    sa.Column("before", sa.LargeBinary, nullable=False),
    sa.Index("changes_by_series", "name", "metric"),
)
# The first forecast after each last day of a series: 28 days, packed.
FORECASTS = sa.Table(
    "forecasts",
    TABLES,
    sa.Column("series_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("last_day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("median", sa.LargeBinary, nullable=False),
    sa.Column("lower_80", sa.LargeBinary, nullable=False),
    sa.Column("upper_80", sa.LargeBinary, nullable=False),
    sa.Column("lower_95", sa.LargeBinary, nullable=False),
    sa.Column("upper_95", sa.LargeBinary, nullable=False),
    # Factors of the half-widths, from the errors of earlier forecasts: of the first day, and of the
    # fourteenth and later ones.
    sa.Column("width_80", sa.Double, nullable=False),
    sa.Column("width_95", sa.Double, nullable=False),
    sa.Column("later_width_80", sa.Double, nullable=False),
    sa.Column("later_width_95", sa.Double, nullable=False),
    sa.Index("forecasts_by_last_day", "last_day"),
)
# The challenger's forecast beside one of these: medians of 28 days, packed.
CHALLENGER_FORECASTS = sa.Table(
    "challenger_forecasts",
    TABLES,
    sa.Column("series_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("last_day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("model", sa.String, primary_key=True),
    sa.Column("median", sa.LargeBinary, nullable=False),
    sa.Index("challenger_forecasts_by_last_day", "last_day"),
)
# The training runs: waiting and active ones, and the last that ended.
JOBS = sa.Table(
    "jobs",
    TABLES,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False, unique=True),  # order of the queue
    sa.Column("state", sa.String, nullable=False),
    sa.Column("step", sa.String, nullable=False),
    sa.Column("progress", sa.Double, nullable=False),
    sa.Column("queued", sa.String, nullable=False),  # this and the next two: UTC, ISO 8601
    sa.Column("started", sa.String),
    sa.Column("finished", sa.String),
    sa.Column("version", sa.String),
    sa.Column("took_over", sa.Boolean),
    sa.Column("scores", sa.JSON(none_as_null=True)),
    sa.Column("current_scores", sa.JSON(none_as_null=True)),
    sa.Column("error", sa.String),
    sa.Column("is_cancelled", sa.Boolean, nullable=False),  # asked to end
    sa.Column("retries_left", sa.Integer, nullable=False),  # restarts after its process has died
    sa.Column("owner", sa.String),  # the process it belongs to
    sa.Column("lease_until", sa.Double),  # seconds since 1970; by then the process must renew the lease
    # The cause of queueing.
    sa.Column("cause", sa.String, nullable=False, server_default="request"),
)
# The time at which each trigger of trainings was last checked.
TRIGGERS = sa.Table(
    "triggers",
    TABLES,
    sa.Column("cause", sa.String, primary_key=True),
    sa.Column("last_look", sa.Double, nullable=False),  # seconds since 1970
)
