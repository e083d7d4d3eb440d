"""What each upload changed is kept, so that it can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "uploads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("received", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("n_series", sa.Integer, nullable=False),
        sa.Column("n_new", sa.Integer, nullable=False),
        sa.Column("n_changed", sa.Integer, nullable=False),
        sa.Column("n_unchanged", sa.Integer, nullable=False),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("undone", sa.String),
        sa.Column("idempotency_key", sa.String, unique=True),
        sa.Column("fingerprint", sa.String),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "changes",
        sa.Column("upload_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("metric", sa.String, primary_key=True),
        sa.Column("event", sa.String, primary_key=True),
        sa.Column("days", sa.LargeBinary, nullable=False),
        sa.Column("before", sa.LargeBinary, nullable=False),
    )
    op.create_index("changes_by_series", "changes", ["name", "metric"])
