"""The tables of this release. `migrations/` makes them; a test holds the two together.

Days are whole numbers, counted from 1970-01-01; counts of consecutive days are packed: 8 bytes each, float64,
little-endian, NaN for a missing day.
"""

import sqlalchemy as sa

TABLES = sa.MetaData()
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts only what it calls "integer"

# One row a name and metric, with what a list of them shows.
SERIES = sa.Table(
    "series",
    TABLES,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("metric", sa.String, nullable=False),
    sa.Column("first_day", sa.Integer, nullable=False),
    sa.Column("last_day", sa.Integer, nullable=False),
    sa.Column("n_days", sa.Integer, nullable=False),  # the known ones
    sa.Column("last_count", sa.Double, nullable=False),
    sa.UniqueConstraint("name", "metric", name="series_name_metric_key"),
)
# The counts of a series, packed, from its first day to its last. Apart: lists need not pass over them.
COUNTS = sa.Table(
    "counts",
    TABLES,
    sa.Column("series_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("counts", sa.LargeBinary, nullable=False),
)
# The days of events, past and planned, by the name of the series, whatever the metric.
EVENTS = sa.Table(
    "events",
    TABLES,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("event", sa.String, primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column(
        "value", sa.Double, nullable=False
    ),  # 0 says that there is none: it takes back what was planned
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
    sqlite_autoincrement=True,  # an id is never given twice
)
# What stood in the days that an upload changed, NaN for nothing. Of counts, `event` is empty; of an event's
# days, `metric` is. Both arrays are compressed with zlib.
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
    # What the half-widths were multiplied with, for what earlier forecasts of the series had missed.
    sa.Column("width_80", sa.Double, nullable=False),
    sa.Column("width_95", sa.Double, nullable=False),
    sa.Index("forecasts_by_last_day", "last_day"),
)
# What a challenger forecast, unseen, beside one of these: the median, 28 days, packed.
CHALLENGER_FORECASTS = sa.Table(
    "challenger_forecasts",
    TABLES,
    sa.Column("series_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("last_day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("model", sa.String, primary_key=True),
    sa.Column("median", sa.LargeBinary, nullable=False),
    sa.Index("challenger_forecasts_by_last_day", "last_day"),
)
# The training runs: those that wait or run, and the last that ended.
JOBS = sa.Table(
    "jobs",
    TABLES,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False, unique=True),  # first come, first served
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
    sa.Column("is_cancelled", sa.Boolean, nullable=False),  # somebody wants it to end
    sa.Column("retries_left", sa.Integer, nullable=False),  # how often it begins again when its process dies
    sa.Column("owner", sa.String),  # the process that it belongs to
    sa.Column(
        "lease_until", sa.Double
    ),  # seconds since 1970; until then the process has to say that it lives
    # Why it was queued.
    sa.Column("cause", sa.String, nullable=False, server_default="request"),
)
# When what starts trainings by itself was looked at last.
TRIGGERS = sa.Table(
    "triggers",
    TABLES,
    sa.Column("cause", sa.String, primary_key=True),
    sa.Column("last_look", sa.Double, nullable=False),  # seconds since 1970
)
